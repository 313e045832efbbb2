"""Each photo to S3; a Distributed Map reads them all."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import MobileClient, TraditionalServer
from diagrams.aws.integration import SQS, StepFunctions
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: retry = same
# review: broken = map_tolerates
# review: counter = map_run
# review: progress = yes
# review: reader_dlq = redrive
# review: pace = ours
# review: looks_first = yes
# review: rate = 50
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Distributed Map", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        uploads = S3("Photos")
        run = StepFunctions("Distributed Map")
        read = Lambda("Read, up to 200 at once")
        results = SQS("Write queue, 10 days")
    with Cluster("Client's premises"):
        agent = TraditionalServer("Pull agent")
        database = PostgreSQL("PostgreSQL")
    sender >> Edge(label="each photo") >> uploads >> run >> read >> results >> agent >> database
