"""Receive, delete, write; or the framework deletes for them."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

# review: pace = spaced
# review: looks_first = yes
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = delete_first
# review: bad_row = alone

with Diagram("Delete, then write", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        results = SQS("Write queue, 10 days")
    with Cluster("Client's premises"):
        agent = TraditionalServer("Pull agent, 50 rows/s")
        database = PostgreSQL("PostgreSQL")
    (
        read
        >> results
        >> Edge(label="1 receive 2 delete")
        >> agent
        >> Edge(label="3 insert")
        >> database
    )
