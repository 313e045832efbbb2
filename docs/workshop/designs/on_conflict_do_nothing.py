"""Duplicates don't matter, the insert ignores them."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

# review: pace = spaced
# review: looks_first = yes
# review: role_limit = role
# review: switch = client
# review: key = untargeted
# review: order = commit_first
# review: bad_row = alone

with Diagram("ON CONFLICT DO NOTHING", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        results = SQS("Write queue, 10 days")
    with Cluster("Client's premises"):
        agent = TraditionalServer("Pull agent, 50 rows/s")
        database = PostgreSQL("PostgreSQL")
    read >> results >> agent >> Edge(label="INSERT … ON CONFLICT DO NOTHING") >> database
