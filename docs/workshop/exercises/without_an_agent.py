"""An exercise: as first drawn, for a client on whose premises nothing of ours may run."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway, SiteToSiteVpn
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: retry = another
# review: broken = alone
# review: progress = yes
# review: reader_dlq = unwatched
# review: pace = concurrency
# review: rate = 286
# review: role_limit = own_pool
# review: switch = vendor
# review: key = at_insert
# review: order = delete_first
# review: bad_row = batch
# review: visibility_s = 120

with Diagram("Without an agent", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        api = APIGateway("API")
        uploads = S3("ZIP uploads")
        split = Lambda("Split")
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        counter = Dynamodb("Count of what was read")
        results = SQS("Write queue, 4 days, 5 receives")
        store = Lambda("Store, max 2")
        way = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    sender >> api
    sender >> Edge(label="one ZIP") >> uploads >> split >> receipts >> read >> results
    read >> counter
    results >> store >> way >> database
