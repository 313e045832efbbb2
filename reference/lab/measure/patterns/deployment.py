"""Deploys a pattern's template to the emulator, beside `template.yaml`.

`substituted` lists every change; the emulator itself invokes the function with the messages.
"""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, json

from lab.measure.patterns import instrumented_handler
from lab.measure.patterns.catalogue import Pattern
from lab.run.local.deployment import CODE_BUCKET, create_stack, zip_sources
from lab.run.local.emulator import Emulator
from lab.run.local.system import LocalSystem
from lab.support.paths import REFERENCE
from receipts.messages import Source

CODE_KEY = "patterns.zip"
PACKAGED = (
    "lab.__init__",
    "lab.alternatives.__init__",
    "lab.alternatives.patterns.__init__",
    "lab.alternatives.patterns.handlers",
    "lab.measure.__init__",
    "lab.measure.patterns.__init__",
    "lab.measure.patterns.instrumented_handler",
)
"""Modules of the lab that run in the function."""

VISIBILITY_S = 5
"""When a message is delivered again whose function died; on AWS it is after six minutes."""

MAX_RECEIVES = 4
"""Tries of the poison message, after 5, 10 and 20 s; on AWS they are ten within twenty minutes."""


class DeployedPattern(Struct, frozen=True, kw_only=True):
    """A pattern's stack on the emulator.

    `address` takes the messages; `queue_url` is the pattern's own queue, or empty. Invocations
    leave their records in `folder`.
    """

    pattern: Pattern
    emulator: Emulator
    address: str
    queue_url: str
    dlq_url: str
    folder: Path
    sqs: Any
    """One client for all calls: making one reads the service's whole description."""


def substituted(
    pattern: Pattern, *, concurrency: int, environment: dict[str, str]
) -> dict[str, Any]:
    """The pattern's template for the emulator.

    The changes, and why:

    - `CodeUri` is where the package was uploaded, as `sam package` would write it.
    - `Handler` and three variables put the instrumented handler around the real one.
    - `MaximumConcurrency` is the laptop's, `VisibilityTimeout` seconds instead of minutes, and
      `MAX_RECEIVES` small: all tries of a message must come while somebody is watching.
    - The bus's archive is left out: the emulator's CloudFormation doesn't support it.
    """
    local = copy.deepcopy(pattern.template())
    resources = local["Resources"]
    function = resources["ReadFunction"]["Properties"]
    function["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": CODE_KEY}
    function["Handler"] = "lab.measure.patterns.instrumented_handler.handler"
    function["Environment"]["Variables"] |= environment
    if pattern.has_queue:
        scaling = resources["ReadMapping"]["Properties"]["ScalingConfig"]
        scaling["MaximumConcurrency"] = concurrency
        resources["ReceiptQueue"]["Properties"]["VisibilityTimeout"] = VISIBILITY_S
        function["Environment"]["Variables"]["MAX_RECEIVES"] = str(MAX_RECEIVES)
    resources.pop("ReceiptArchive", None)
    return local


def upload(system: LocalSystem, images: Sequence[Path]) -> list[Source]:
    """Put the images into the bucket once, for all patterns, without the splitter."""
    s3 = system.deployment.emulator.client("s3")
    bucket = system.deployment.outputs["ReceiptsBucketName"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    sources = []
    for number, image in enumerate(images, 1):
        key = f"uploads/patterns/{number:05d}/{image.name}"
        s3.put_object(Bucket=bucket, Key=key, Body=image.read_bytes())
        sources.append(Source(bucket=bucket, key=key))
    return sources


def deploy(
    system: LocalSystem, pattern: Pattern, concurrency: int, faults: instrumented_handler.Faults
) -> DeployedPattern:
    """Create the pattern's stack. Raises `DeploymentError`."""
    emulator, outputs = system.deployment.emulator, system.deployment.outputs
    folder = system.folder / pattern.name
    folder.mkdir()
    sqs = emulator.client("sqs")
    template = substituted(
        pattern,
        concurrency=concurrency,
        environment={
            instrumented_handler.HANDLER: pattern.handler,
            instrumented_handler.FOLDER: str(folder),
            instrumented_handler.FAULTS: json.encode(faults).decode(),
        },
    )
    emulator.client("s3").put_object(Bucket=CODE_BUCKET, Key=CODE_KEY, Body=package())
    taken = ("LedgerTable", "LedgerRetentionDays", "ReceiptsBucketName", "WriteQueueUrl")
    write_queue = sqs.get_queue_attributes(
        QueueUrl=outputs["WriteQueueUrl"], AttributeNames=["QueueArn"]
    )
    parameters = {name: outputs[name] for name in taken} | {
        "WriteQueueArn": write_queue["Attributes"]["QueueArn"],
        "AlarmTopicArn": emulator.client("sns").create_topic(Name="alarms")["TopicArn"],
    }
    named, resources = create_stack(emulator, f"pattern-{pattern.name}", template, parameters)
    return DeployedPattern(
        pattern=pattern,
        emulator=emulator,
        address=named[pattern.output],
        queue_url=resources.get("ReceiptQueue", ""),
        dlq_url=named["ReceiptDlqUrl"],
        folder=folder,
        sqs=sqs,
    )


def package() -> bytes:
    """The sources that are deployed, the patterns' handlers and the instrumented one, as a ZIP."""
    paths = [f"{module.replace('.', '/')}.py" for module in PACKAGED]
    return zip_sources({path: REFERENCE / path for path in paths})
