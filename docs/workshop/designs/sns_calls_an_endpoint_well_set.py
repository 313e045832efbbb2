"""A topic calls an HTTPS endpoint, set well: at most 50 deliveries a second."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SNS
from diagrams.onprem.database import PostgreSQL

# review: pace = requests
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("SNS to HTTPS, set well", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        topic = SNS("Results, 50 rows/s")
    with Cluster("Client's premises"):
        endpoint = TraditionalServer("HTTPS endpoint")
        database = PostgreSQL("PostgreSQL")
    read >> topic >> endpoint >> database
