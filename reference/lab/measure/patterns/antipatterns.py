"""Two antipatterns and how they fail: one run on the emulator, one computed.

*A FIFO queue with one message group.* A poison message at its head blocks all others. The emulator
keeps the order of a message group as AWS documents it, so this runs on a real queue, with a
standard queue for comparison.

*A service with limited retries.* An API destination retries for a day, an HTTPS subscription for an
hour: in a longer outage they give up what came early. That is arithmetic.
"""

import time
from typing import Any

from msgspec import Struct, json
from samtranslator.yaml_helper import yaml_parse

from lab.measure.patterns.catalogue import PATTERNS
from lab.measure.patterns.run import PatternError
from lab.plan import facts
from lab.plan.transport import lost_share
from lab.run.local.system import LocalSystem, depth
from lab.support.paths import TEMPLATE

MESSAGES = 10
POISON = "0"
TIMEOUT_S = 60.0
"""Several times what it takes until poison is dead-lettered: a visibility timeout for each try."""
VISIBILITY_S = 1
"""Short, because somebody is watching; on AWS it is the template's."""
OUTAGES_H = {"a night": 12.0, "a weekend": 63.0, "a holiday week": 216.0}
"""Hours in which the client can't be reached: 63 is from Friday at six to Monday at nine."""


class BlockedQueue(Struct, frozen=True, kw_only=True):
    """A queue whose first message is poison, with `good` others behind it.

    `good_meanwhile` were read while the poison had tries left, the first after `first_good_s`.
    """

    good: int
    good_meanwhile: int
    first_good_s: float
    aws_first_good_s: float
    """Visibility timeout times tries, as in sqs.yaml, for poison that kills its reader; computed.
    A failure that its reader reports comes again in seconds."""


class OutageLoss(Struct, frozen=True, kw_only=True):
    """The share of the messages of an outage, evenly spread, that each service gives up."""

    outage: str
    hours: float
    lost: dict[str, float]


class Antipatterns(Struct, frozen=True, kw_only=True):
    """The measured and computed failures."""

    fifo: BlockedQueue
    standard: BlockedQueue
    windows: tuple[OutageLoss, ...]


def measure_antipatterns(system: LocalSystem) -> Antipatterns:
    """Run and compute all of them."""
    sqs = system.deployment.emulator.client("sqs")
    return Antipatterns(
        fifo=measure_blocked_queue(sqs, fifo=True),
        standard=measure_blocked_queue(sqs, fifo=False),
        windows=outage_losses(),
    )


def measure_blocked_queue(
    sqs: Any,  # noqa: ANN401  boto3's own
    *,
    fifo: bool,
    visibility_s: int = VISIBILITY_S,
    timeout_s: float = TIMEOUT_S,
) -> BlockedQueue:
    """Take messages one at a time, like a reader that fails on poison and settles all others.

    Raises `PatternError` where the poison is not dead-lettered within `timeout_s`.
    """
    queue = PATTERNS["sqs"].template()["Resources"]["ReceiptQueue"]["Properties"]
    tries = queue["RedrivePolicy"]["maxReceiveCount"]
    url, dlq_url = _queues(sqs, tries, visibility_s, fifo=fifo)
    for number in range(MESSAGES):
        group: dict[str, str] = {}
        if fifo:
            group = {"MessageGroupId": "one", "MessageDeduplicationId": str(number)}
        sqs.send_message(QueueUrl=url, MessageBody=str(number), **group)
    started, good_at, poison, meanwhile = time.monotonic(), list[float](), 0, 0
    while len(good_at) < MESSAGES - 1 or not depth(sqs, dlq_url):
        if time.monotonic() - started > timeout_s:
            raise PatternError(
                f"after {timeout_s:.0f} s {len(good_at)} of {MESSAGES - 1} good messages had come,"
                f" and the poison {poison} times of {tries}: it is not dead-lettered"
            )
        found = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=visibility_s
        )
        for message in found.get("Messages", []):
            if message["Body"] == POISON:
                poison += 1
                continue
            good_at.append(time.monotonic() - started)
            meanwhile += poison < tries
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return BlockedQueue(
        good=len(good_at),
        good_meanwhile=meanwhile,
        first_good_s=round(good_at[0], 1),
        aws_first_good_s=float(queue["VisibilityTimeout"] * tries) if fifo else 0.0,
    )


def _queues(
    sqs: Any,  # noqa: ANN401  boto3's own
    tries: int,
    visibility_s: int,
    *,
    fifo: bool,
) -> tuple[str, str]:
    suffix, kind = (".fifo", {"FifoQueue": "true"}) if fifo else ("", {})
    dlq_url = sqs.create_queue(QueueName=f"antipattern-dlq{suffix}", Attributes=kind)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["QueueArn"])["Attributes"]
    redrive = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": tries}
    attributes = kind | {
        "VisibilityTimeout": str(visibility_s),
        "RedrivePolicy": json.encode(redrive).decode(),
    }
    url: str = sqs.create_queue(QueueName=f"antipattern{suffix}", Attributes=attributes)["QueueUrl"]
    return url, dlq_url


def outage_losses() -> tuple[OutageLoss, ...]:
    """What each service gives up in an outage."""
    receipts = PATTERNS["sqs"].template()["Resources"]["ReceiptQueue"]["Properties"]
    writes = yaml_parse(TEMPLATE.read_text())["Resources"]["WriteQueue"]["Properties"]
    hours = {
        "HTTPS subscription": float(facts.WEBHOOK_CLOCK.value),
        "asynchronous call": float(facts.ASYNC_CLOCK.value),
        "API destination": float(facts.DESTINATION_CLOCK.value),
        "receipt queue": receipts["MessageRetentionPeriod"] / 3600,
        "write queue": writes["MessageRetentionPeriod"] / 3600,
    }
    return tuple(
        OutageLoss(
            outage=name,
            hours=outage,
            lost={way: round(lost_share(outage, tries), 3) for way, tries in hours.items()},
        )
        for name, outage in OUTAGES_H.items()
    )
