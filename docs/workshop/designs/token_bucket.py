"""The consumer is rate-limited by a token bucket of 50 a second."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

# review: pace = bucket
# review: looks_first = yes
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Token bucket", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        results = SQS("Write queue, 10 days")
    with Cluster("Client's premises"):
        agent = TraditionalServer("Pull agent, a token bucket: 50 rows/s")
        database = PostgreSQL("PostgreSQL")
    read >> results >> agent >> database
