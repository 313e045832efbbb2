"""Results in a file; the client's own loader takes it at night."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: pace = nothing
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Nightly file", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        files = S3("Result files")
    with Cluster("Client's premises"):
        loader = TraditionalServer("Night loader")
        database = PostgreSQL("PostgreSQL")
    read >> files >> loader >> database
