"""What each class of the `diagrams` package stands for on a sheet: a service's name, and its icon.

The classes are the sheets' vocabulary. Their pictures in the wheel are those of 2019 to 2022; the
sheets draw the ones in `diagrams/icons`, whose README says where they come from.
"""

import base64
import functools
import pathlib
import re
from typing import NamedTuple

FOLDER = pathlib.Path(__file__).parents[1] / "icons"
GROUPS = {
    "cloud": "AWSCloudlogo",
    "vpc": "VirtualprivatecloudVPC",
    "premises": "Corporatedatacenter",
}  # by a zone's kind
SQUID_INK = re.compile("#(?:242f3e|232f3d)")  # AWS's line art: drawn in the text's colour


class Service(NamedTuple):
    """A service: its name as AWS writes it ("" for what has none), the icon's file, its colour."""

    name: str
    icon: str
    colour: str = ""  # of an icon that brings none


# By the picture in the wheel, which is a class's identity: aliases such as SQS share it.
SERVICES = {
    "aws/analytics/kinesis-data-streams": Service(
        "Amazon Kinesis\nData Streams", "AmazonKinesisDataStreams"
    ),
    "aws/compute/lambda": Service("AWS Lambda", "AWSLambda"),
    "aws/database/database-migration-service": Service(
        "AWS Database\nMigration Service", "AWSDatabaseMigrationService"
    ),
    "aws/database/dynamodb": Service("Amazon DynamoDB", "AmazonDynamoDB"),
    "aws/database/rds": Service("Amazon RDS", "AmazonRDS"),
    "aws/general/mobile-client": Service("", "Mobileclient"),
    "aws/general/traditional-server": Service("", "Server"),
    "aws/general/user": Service("", "User"),
    "aws/general/users": Service("", "Users"),
    "aws/integration/eventbridge": Service("Amazon EventBridge", "AmazonEventBridge"),
    "aws/integration/eventbridge-custom-event-bus-resource": Service(
        "Amazon EventBridge", "AmazonEventBridgeCustomEventBus"
    ),
    "aws/integration/eventbridge-pipes": Service("EventBridge Pipes", "AmazonEventBridgePipes"),
    "aws/integration/eventbridge-rule": Service("Amazon EventBridge", "AmazonEventBridgeRule"),
    "aws/integration/eventbridge-scheduler": Service(
        "EventBridge Scheduler", "AmazonEventBridgeScheduler"
    ),
    "aws/integration/simple-notification-service-sns": Service(
        "Amazon SNS", "AmazonSimpleNotificationService"
    ),
    "aws/integration/simple-notification-service-sns-http-notification": Service(
        "Amazon SNS", "AmazonSimpleNotificationServiceHTTPNotification"
    ),
    "aws/integration/simple-queue-service-sqs": Service("Amazon SQS", "AmazonSimpleQueueService"),
    "aws/integration/step-functions": Service("AWS Step Functions", "AWSStepFunctions"),
    "aws/network/api-gateway": Service("Amazon API Gateway", "AmazonAPIGateway"),
    "aws/network/internet-gateway": Service("", "AmazonVPCInternetGateway"),
    "aws/network/privatelink": Service("AWS PrivateLink", "AWSPrivateLink"),
    "aws/network/site-to-site-vpn": Service("AWS Site-to-Site VPN", "AWSSitetoSiteVPN"),
    "aws/security/secrets-manager": Service("AWS Secrets Manager", "AWSSecretsManager"),
    "aws/storage/simple-storage-service-s3": Service("Amazon S3", "AmazonSimpleStorageService"),
    "aws/storage/simple-storage-service-s3-bucket": Service(
        "Amazon S3", "AmazonSimpleStorageServiceBucket"
    ),
    "onprem/compute/server": Service("", "Server"),
    "onprem/database/postgresql": Service("PostgreSQL", "PostgreSQL", "#4169e1"),
    "onprem/network/haproxy": Service("HAProxy", "HAProxy", "#106da9"),
    "programming/flowchart/decision": Service("", "Decision"),
}


def service(picture: str) -> Service | None:
    """The service whose class has this picture in the wheel; None for a class nobody drew yet."""
    return SERVICES.get(picture.partition("/resources/")[2].removesuffix(".png"))


def says(title: str, name: str) -> bool:
    """Whether a node's title names its service already, as "SQS queue" does Amazon SQS."""
    words = set(name.split()) - {"Amazon", "AWS"}
    return words <= set(title.split())


def symbol(icon: str, name: str) -> str:
    """The icon as an SVG symbol of that id; dark lines take the colour of the text around them."""
    view, drawn = _read(icon)
    if icon not in GROUPS.values():
        drawn = SQUID_INK.sub("currentColor", drawn)
    return f'<symbol id="{name}" {view}>{drawn}</symbol>'


def data_uri(icon: str) -> str:
    """The icon as an image, for a page that draws with images."""
    view, drawn = _read(icon)
    image = f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{drawn}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(image.encode()).decode()


def is_line_art(icon: str) -> bool:
    """Whether the icon is dark lines on a transparent ground, to be recoloured in dark mode."""
    return SQUID_INK.search(_read(icon)[1]) is not None


@functools.cache
def _read(icon: str) -> tuple[str, str]:
    """The icon's viewBox, and what is in it, in its colour."""
    text = (FOLDER / f"{icon}.svg").read_text()
    opening, inside = re.findall(r"<svg([^>]*)>(.*)</svg>", text, re.DOTALL)[0]
    (view,) = re.findall(r'viewBox="[^"]*"', opening)
    inside = re.sub(r"<title>.*?</title>", "", inside).strip()
    colour = next((it.colour for it in SERVICES.values() if it.icon == icon and it.colour), "")
    filled = f' fill="{colour}"' if colour else ""
    return view, f"<g{filled}>{inside}</g>"
