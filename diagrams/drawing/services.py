"""What each class of the `diagrams` package stands for on a sheet: a service's name, and its icon.

The classes are the sheets' vocabulary. Their pictures in the wheel are those of 2019 to 2022; the
sheets draw the ones in `diagrams/icons`, whose README says where they come from.
"""

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
    "aws/database/database-migration-service": Service("AWS DMS", "AWSDatabaseMigrationService"),
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
    "aws/network/api-gateway": Service("Amazon API Gateway", "AmazonAPIGateway"),
    "aws/integration/step-functions": Service("AWS Step Functions", "AWSStepFunctions"),
    "aws/network/internet-gateway": Service("", "AmazonVPCInternetGateway"),
    "aws/network/privatelink": Service("AWS PrivateLink", "AWSPrivateLink"),
    "aws/network/site-to-site-vpn": Service("AWS Site-to-Site VPN", "AWSSitetoSiteVPN"),
    "aws/security/secrets-manager": Service("AWS Secrets Manager", "AWSSecretsManager"),
    "aws/storage/simple-storage-service-s3": Service("Amazon S3", "AmazonSimpleStorageService"),
    "onprem/compute/server": Service("", "Server"),
    "onprem/database/postgresql": Service("PostgreSQL", "PostgreSQL", "#4169e1"),
    "programming/flowchart/decision": Service("", "Decision"),
}


def service(picture: str) -> Service | None:
    """The service whose class has this picture in the wheel; None for a class nobody drew yet."""
    return SERVICES.get(picture.partition("/resources/")[2].removesuffix(".png"))


def says(title: str, name: str) -> bool:
    """Whether a node's title names its service already, as "SQS queue" does Amazon SQS."""
    words = set(name.split()) - {"Amazon", "AWS"}
    return words <= set(title.split())


@functools.cache
def symbol(icon: str, name: str) -> str:
    """The icon as an SVG symbol of that id; dark lines take the colour of the text around them."""
    drawn = (FOLDER / f"{icon}.svg").read_text()
    opening, inside = re.findall(r"<svg([^>]*)>(.*)</svg>", drawn, re.DOTALL)[0]
    (view,) = re.findall(r'viewBox="[^"]*"', opening)
    inside = re.sub(r"<title>.*?</title>", "", inside).strip()
    if icon not in GROUPS.values():
        inside = SQUID_INK.sub("currentColor", inside)
    colour = next((it.colour for it in SERVICES.values() if it.icon == icon and it.colour), "")
    filled = f' fill="{colour}"' if colour else ""
    return f'<symbol id="{name}" {view}><g{filled}>{inside}</g></symbol>'
