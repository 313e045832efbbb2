"""The URL shortener of `template.yaml` beside it, drawn with the `diagrams` package alone."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import Users
from diagrams.aws.integration import SNS, SQS, Eventbridge
from diagrams.aws.network import APIGateway

from diagrams import Cluster, Diagram, Edge

with Diagram("URL shortener", filename="url_shortener", show=False):
    visitors = Users("Visitors")
    api = APIGateway("API", resource="ServerlessHttpApi")  # SAM's name for the API that it makes

    with Cluster("Links"):
        shorten = Lambda("Shorten", resource="ShortenFunction")
        redirect = Lambda("Redirect", resource="RedirectFunction")
        links = Dynamodb("Links table")

    with Cluster("Clicks, counted later"):
        clicks = SQS("Click queue")
        count = Lambda("Count", resource="CountFunction")
        dlq = SQS("Click DLQ")

    with Cluster("Report"):
        nightly = Eventbridge("Every night", aws="events")
        report = Lambda("Report", resource="ReportFunction")
        topic = SNS("Report topic")

    visitors >> api >> [shorten, redirect]
    shorten >> Edge(label="new link") >> links
    links >> Edge(label="target") >> redirect
    redirect >> Edge(label="click") >> clicks >> count >> links
    clicks >> Edge(label="after 5 tries", style="dashed") >> dlq
    nightly >> report >> topic
    links >> report
