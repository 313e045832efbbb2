"""The sender calls the API once a photo, and each answer is its receipt."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient
from diagrams.aws.network import APIGateway

# review: cutter = client
# review: fanout = direct
# review: retry = same
# review: broken = alone
# review: progress = yes

with Diagram("One call a photo", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        api = APIGateway("API")
        read = Lambda("Read, up to 200 at once")
        results = Dynamodb("Results")
    sender >> Edge(label="one photo") >> api >> read >> results
