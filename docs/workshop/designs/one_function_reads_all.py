"""A script that everybody has written: one function loops over the archive."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient
from diagrams.aws.storage import S3

# review: retry = same
# review: broken = run
# review: counter = before
# review: progress = yes

with Diagram("One function", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        uploads = S3("ZIP uploads")
        loop = Lambda("Read all, in a loop")
        results = Dynamodb("Results")
    sender >> Edge(label="one ZIP") >> uploads >> loop >> results
