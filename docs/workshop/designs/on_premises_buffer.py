"""Solutions A and B of the workshop, as a plain drawing."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import MobileClient, TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: retry = same
# review: broken = alone
# review: counter = before
# review: progress = yes
# review: reader_dlq = watched
# review: pace = ours
# review: looks_first = yes
# review: rate = 50
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone
# review: tries = 1000
# review: visibility_s = 120

with Diagram("Batch fan-out and on-premises buffer", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        api = APIGateway("API")
        uploads = S3("ZIP uploads")
        split = Lambda("Split")
        receipts = SQS("Receipt queue")
        read = Lambda("Read\nup to 200 at once")
        results = SQS("Write queue\n10 days")
        ledger = Dynamodb("Ledger")
    with Cluster("Client's premises"):
        agent = TraditionalServer("Pull agent")
        database = PostgreSQL("PostgreSQL")
        app = TraditionalServer("Expenses app")

    sender >> api
    sender >> Edge(label="one ZIP") >> uploads >> split >> receipts >> read >> results
    split >> ledger
    read >> ledger
    agent << Edge(label="asks, HTTPS out") << results
    agent >> database
    app >> database
