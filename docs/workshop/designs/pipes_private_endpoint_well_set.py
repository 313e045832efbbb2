"""A pipe to a private endpoint, set well: 1,000 receives, 15 minutes apart."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import EventbridgePipes, SQS
from diagrams.aws.network import Privatelink
from diagrams.onprem.database import PostgreSQL

# review: pace = requests
# review: rate = 50
# review: role_limit = role
# review: switch = dba
# review: tries = 1000
# review: visibility_s = 900
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Pipes, set well", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        results = SQS("Write queue, 14 days")
        pipe = EventbridgePipes("Pipe")
        private = Privatelink("Private connection")
    with Cluster("Client's premises"):
        endpoint = TraditionalServer("HTTPS endpoint")
        database = PostgreSQL("PostgreSQL")
    read >> results >> pipe >> private >> endpoint >> database
