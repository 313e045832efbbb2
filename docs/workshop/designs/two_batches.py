"""Nothing makes a repeated request the same batch."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3

# review: retry = another
# review: broken = alone
# review: counter = before
# review: progress = yes
# review: reader_dlq = watched

with Diagram("Sent again", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        api = APIGateway("API, a new batch each time")
        uploads = S3("ZIP uploads")
        split = Lambda("Split")
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        ledger = Dynamodb("Ledger")
    sender >> Edge(label="no answer? again") >> api
    sender >> Edge(label="one ZIP") >> uploads >> split >> receipts >> read >> ledger
    split >> ledger
