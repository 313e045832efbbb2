"""A rule of a Classic bus calls an API destination at the client."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import Eventbridge
from diagrams.onprem.database import PostgreSQL

# review: pace = requests
# review: rate = 50
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("API destination", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        bus = Eventbridge("Results")
    with Cluster("Client's premises"):
        endpoint = TraditionalServer("HTTPS endpoint")
        database = PostgreSQL("PostgreSQL")
    read >> bus >> Edge(label="API destination") >> endpoint >> database
