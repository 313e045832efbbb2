"""A topic calls an HTTPS endpoint at the client, as first drawn."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SNS
from diagrams.onprem.database import PostgreSQL

# review: pace = nothing
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("SNS to HTTPS", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        topic = SNS("Results")
    with Cluster("Client's premises"):
        endpoint = TraditionalServer("HTTPS endpoint")
        database = PostgreSQL("PostgreSQL")
    read >> topic >> endpoint >> database
