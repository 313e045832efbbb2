"""Deploys a pattern's template to the emulator, beside `template.yaml`.

`substituted` lists every change. Three patterns need one that the core's template doesn't: between
a topic, a bus or a stream and a function, the emulator tries nothing again and reads no partial
answers. There the laptop's template leads to `delivery`, which does what Lambda does.
"""

import copy
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, json

from lab.local.deployment import CODE_BUCKET, core_package, create_stack
from lab.local.emulator import Emulator
from lab.local.system import LocalSystem
from lab.patterns import observed
from lab.patterns.catalogue import Pattern
from lab.support.paths import LAB, REFERENCE

CODE_KEY = "patterns.zip"
VISIBILITY_S = 5
"""What a reader did not finish comes again after so long; on AWS it is six minutes."""


class Deployed(Struct, frozen=True, kw_only=True):
    """A pattern's stack on the emulator.

    `address` is where messages go, `queue_url` the pattern's own queue if it has one, `relay_url`
    the queue that stands in for Lambda's own; `folder` is where invocations leave their lines.
    """

    pattern: Pattern
    emulator: Emulator
    address: str
    queue_url: str
    dlq_url: str
    function: str
    relay_url: str
    folder: Path
    sqs: Any
    """A client, made once: making one reads a service's whole description."""

    def depth(self, url: str) -> int:
        """Messages on a queue, in flight or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)


def substituted(
    pattern: Pattern, *, concurrency: int, relay_arn: str, environment: dict[str, str]
) -> dict[str, Any]:
    """The pattern's template for the emulator.

    The changes, and why:

    - `CodeUri` is where the package was uploaded, as `sam package` would write it.
    - `Handler` and three variables put the meter and the faults around the real handler.
    - `MaximumConcurrency` is the laptop's, and `VisibilityTimeout` seconds instead of minutes: a
      message that failed is to come again while somebody is watching.
    - What a topic or a bus sends to the function goes to a queue of `delivery`; a stream's mapping
      is not enabled, for `delivery` reads the stream.
    - The bus's archive is left out: the emulator's CloudFormation doesn't know it.
    """
    local = copy.deepcopy(pattern.template())
    resources = local["Resources"]
    function = resources["ReadFunction"]["Properties"]
    function["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": CODE_KEY}
    function["Handler"] = "lab.patterns.observed.handler"
    function["Environment"]["Variables"] |= environment
    for name, resource in list(resources.items()):
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::Lambda::EventSourceMapping" if "ScalingConfig" in properties:
                properties["ScalingConfig"]["MaximumConcurrency"] = concurrency
            case "AWS::Lambda::EventSourceMapping":
                properties["Enabled"] = False
            case "AWS::SQS::Queue" if "VisibilityTimeout" in properties:
                properties["VisibilityTimeout"] = VISIBILITY_S
            case "AWS::SNS::Subscription" if properties["Protocol"] == "lambda":
                properties |= {"Protocol": "sqs", "Endpoint": relay_arn}
            case "AWS::Events::Rule":
                properties["Targets"][0]["Arn"] = relay_arn
            case "AWS::Events::Archive":
                del resources[name]
    return local


def deploy(
    system: LocalSystem, pattern: Pattern, concurrency: int, faults: observed.Faults
) -> Deployed:
    """Create the pattern's stack. Raises `DeploymentError`."""
    emulator, outputs = system.deployment.emulator, system.deployment.outputs
    folder = system.folder / pattern.name
    folder.mkdir()
    sqs = emulator.client("sqs")
    relay_url = sqs.create_queue(
        QueueName=f"delivery-{pattern.name}", Attributes={"VisibilityTimeout": "600"}
    )["QueueUrl"]
    template = substituted(
        pattern,
        concurrency=concurrency,
        relay_arn=_arn(sqs, relay_url),
        environment={
            observed.HANDLER: pattern.handler,
            observed.FOLDER: str(folder),
            observed.FAULTS: json.encode(faults).decode(),
        },
    )
    emulator.client("s3").put_object(Bucket=CODE_BUCKET, Key=CODE_KEY, Body=package())
    parameters = {
        **{name: outputs[name] for name in ("LedgerTable", "LedgerRetentionDays")},
        **{name: outputs[name] for name in ("ReceiptsBucketName", "WriteQueueUrl")},
        "WriteQueueArn": _arn(sqs, outputs["WriteQueueUrl"]),
        "AlarmTopicArn": emulator.client("sns").create_topic(Name="alarms")["TopicArn"],
    }
    named, resources = create_stack(emulator, f"pattern-{pattern.name}", template, parameters)
    return Deployed(
        pattern=pattern,
        emulator=emulator,
        address=named[pattern.output],
        queue_url=resources.get("ReceiptQueue", ""),
        dlq_url=named["ReceiptDlqUrl"],
        function=resources["ReadFunction"],
        relay_url=relay_url,
        folder=folder,
        sqs=sqs,
    )


def package() -> bytes:
    """The core's sources and the patterns' as a ZIP."""
    packed = io.BytesIO(core_package())
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for path in _sources():
            archive.write(path, path.relative_to(REFERENCE))
    return packed.getvalue()


def _sources() -> Iterator[Path]:
    yield LAB / "__init__.py"
    for name in ("__init__", "entrypoints", "observed"):
        yield LAB / "patterns" / f"{name}.py"


def _arn(sqs: Any, url: str) -> str:  # noqa: ANN401  boto3's own
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn: str = answer["Attributes"]["QueueArn"]
    return arn
