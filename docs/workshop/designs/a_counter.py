"""Each reader adds one; at 300 the batch is done."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient
from diagrams.aws.integration import SQS
from diagrams.aws.storage import S3

# review: retry = same
# review: broken = alone
# review: progress = yes
# review: reader_dlq = watched

with Diagram("A counter", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        uploads = S3("ZIP uploads")
        split = Lambda("Split")
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        counter = Dynamodb("Counter: 287 of 300")
    (
        sender
        >> Edge(label="one ZIP")
        >> uploads
        >> split
        >> receipts
        >> read
        >> Edge(label="+1")
        >> counter
    )
