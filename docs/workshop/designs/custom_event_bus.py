"""A Custom Event Bus keeps events; the client's operators can have its subscriber paused."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import EventbridgeCustomEventBusResource
from diagrams.aws.network import Privatelink
from diagrams.onprem.database import PostgreSQL

# review: pace = requests
# review: rate = 50
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Custom Event Bus", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        bus = EventbridgeCustomEventBusResource("Results, 30 days")
        private = Privatelink("Private connection")
    with Cluster("Client's premises"):
        endpoint = TraditionalServer("HTTPS endpoint")
        database = PostgreSQL("PostgreSQL")
    read >> bus >> private >> endpoint >> database
