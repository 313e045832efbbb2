"""The expected number is written when all messages were sent."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient
from diagrams.aws.integration import SQS
from diagrams.aws.storage import S3

# review: retry = same
# review: broken = alone
# review: counter = after
# review: progress = yes
# review: reader_dlq = watched

with Diagram("Counted at the end", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        uploads = S3("ZIP uploads")
        split = Lambda("Split")
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        ledger = Dynamodb("Ledger")
    sender >> Edge(label="one ZIP") >> uploads >> split >> receipts >> read >> ledger
    split >> Edge(label="300, when all are sent") >> ledger
