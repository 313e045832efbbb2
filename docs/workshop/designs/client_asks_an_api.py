"""The client's own app asks our API for new results, and writes them itself."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: pace = nothing
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("The client asks", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        results = S3("Results")
        api = APIGateway("Results API")
    with Cluster("Client's premises"):
        app = TraditionalServer("Expenses app")
        database = PostgreSQL("PostgreSQL")

    read >> results
    results << api << app >> database
