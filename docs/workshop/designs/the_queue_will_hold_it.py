"""A buffer, a careful rate, no arithmetic."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

# review: pace = ours
# review: looks_first = yes
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("The queue will hold it", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        results = SQS("Write queue, 4 days")
    with Cluster("Client's premises"):
        agent = TraditionalServer("Pull agent, 0.2 rows/s")
        database = PostgreSQL("PostgreSQL")
    read >> Edge(label="200,000") >> results >> agent >> database
