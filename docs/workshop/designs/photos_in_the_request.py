"""The baseline with more of everything: the photos are in the request."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import MobileClient
from diagrams.aws.network import APIGateway

# review: cutter = one_function
# review: retry = another
# review: broken = run
# review: counter = nobody
# review: progress = no

with Diagram("Photos in the request", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        api = APIGateway("API")
        read = Lambda("Read all")
    sender >> Edge(label="300 photos") >> api >> read
