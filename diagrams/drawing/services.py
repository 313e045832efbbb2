"""What each class of the `diagrams` package stands for on a sheet: a service's name, and its icon.

The classes are the sheets' vocabulary. Their pictures in the wheel are those of 2019 to 2022; the
sheets draw the ones in `diagrams/icons`, whose README says where they come from. A class that isn't
listed here is drawn with the wheel's picture, and without a service's name.
"""

import functools
import pathlib
import re
from typing import NamedTuple

from drawing import icons

FOLDER = pathlib.Path(__file__).parents[1] / "icons"
SQUID_INK = re.compile("#(?:242f3e|232f3d)")  # AWS's line art: drawn in the text's colour


class Service(NamedTuple):
    """A service: its name as AWS writes it ("" for what has none), its icon, and its colour."""

    name: str
    icon: str
    colour: str = ""  # of an icon that brings none
    picture: pathlib.Path | None = None  # in the wheel, where the folder has no such icon


GROUPS = {
    "cloud": Service("", "AWSCloudlogo"),
    "vpc": Service("", "VirtualprivatecloudVPC"),
    "premises": Service("", "Corporatedatacenter"),
}  # by a zone's kind
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


def service(picture: str) -> Service:
    """What the class with this picture stands for; one that isn't listed keeps its picture."""
    key = picture.partition("/resources/")[2].removesuffix(".png")
    other = Service("", key.replace("/", "-"), picture=pathlib.Path(picture))
    return SERVICES.get(key, other)


def says(title: str, name: str) -> bool:
    """Whether a node's title names its service already, as "SQS queue" does Amazon SQS."""
    words = set(name.split()) - {"Amazon", "AWS"}
    return words <= set(title.split())


@functools.cache
def symbol(service: Service, name: str) -> str:
    """The icon as an SVG symbol of that id; dark lines take the colour of the text around them."""
    if service.picture:
        return _old_symbol(service.picture, name)
    drawn = (FOLDER / f"{service.icon}.svg").read_text()
    opening, inside = re.findall(r"<svg([^>]*)>(.*)</svg>", drawn, re.DOTALL)[0]
    (view,) = re.findall(r'viewBox="[^"]*"', opening)
    inside = re.sub(r"<title>.*?</title>", "", inside).strip()
    if service not in GROUPS.values():
        inside = SQUID_INK.sub("currentColor", inside)
    filled = f' fill="{service.colour}"' if service.colour else ""
    return f'<symbol id="{name}" {view}><g{filled}>{inside}</g></symbol>'


def _old_symbol(picture: pathlib.Path, name: str) -> str:
    """A picture of the wheel; one of dark lines is a stencil for the colour of the text around."""
    side = icons.SIDE
    image = f'<image width="{side}" height="{side}" href="{icons.data_uri(picture)}"/>'
    if icons.is_line_art(picture):
        image = (
            f'<mask id="{name}-mask" style="mask-type:alpha">{image}</mask>'
            f'<rect width="{side}" height="{side}" fill="currentColor" mask="url(#{name}-mask)"/>'
        )
    return f'<symbol id="{name}" viewBox="0 0 {side} {side}">{image}</symbol>'
