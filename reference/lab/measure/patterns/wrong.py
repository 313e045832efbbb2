"""Wrong choices, shown failing: one on the emulator, one by the model.

*A FIFO queue with one message group.* While its first message is poison, nothing behind it comes.
The emulator keeps the order of a message group as AWS documents it, so it is shown on a real queue,
with a standard queue beside it.

*A service that stops trying.* An API destination tries for a day, an HTTPS subscription for an
hour: what comes at the beginning of a longer outage is given up before its end. That is arithmetic.
"""

import time
from typing import Any

from msgspec import Struct, json
from samtranslator.yaml_helper import yaml_parse

from lab.measure.patterns.catalogue import PATTERNS
from lab.measure.patterns.local import depth
from lab.measure.patterns.run import PatternError
from lab.plan import facts
from lab.plan.transport import lost_share
from lab.run.local.system import LocalSystem
from lab.support.paths import TEMPLATE

MESSAGES = 10
POISON = "0"
PATIENCE_S = 60.0
"""Several times what it takes: poison tried until it is dead-lettered, a visibility each."""
VISIBILITY_S = 1
"""On AWS it is the template's; here somebody is watching."""
OUTAGES_H = {"a night": 12.0, "a weekend": 63.0, "a holiday week": 216.0}
"""Hours in which the client's premises can't be reached: 63 is Friday at six to Monday at nine."""


class Blocked(Struct, frozen=True, kw_only=True):
    """A queue whose first message is poison, `good` others behind it.

    `good_meanwhile` came while the poison had tries left; `first_good_s` is when the first came.
    """

    good: int
    good_meanwhile: int
    first_good_s: float
    aws_first_good_s: float
    """Visibility timeout times tries, as sqs.yaml has them: computed, not seen."""


class Window(Struct, frozen=True, kw_only=True):
    """Of what comes evenly in an outage, the share that each way gives up before its end."""

    outage: str
    hours: float
    lost: dict[str, float]


class Wrong(Struct, frozen=True, kw_only=True):
    """What went wrong, as it should."""

    fifo: Blocked
    standard: Blocked
    windows: tuple[Window, ...]


def wrong(system: LocalSystem) -> Wrong:
    """Show them all."""
    sqs = system.deployment.emulator.client("sqs")
    return Wrong(fifo=blocked(sqs, fifo=True), standard=blocked(sqs, fifo=False), windows=windows())


def blocked(
    sqs: Any,  # noqa: ANN401  boto3's own
    *,
    fifo: bool,
    visibility_s: int = VISIBILITY_S,
    patience_s: float = PATIENCE_S,
) -> Blocked:
    """Take messages one at a time, as a reader that fails on the first and is done with others.

    Raises `PatternError` where the poison is not dead-lettered within `patience_s`.
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
        if time.monotonic() - started > patience_s:
            raise PatternError(
                f"after {patience_s:.0f} s {len(good_at)} of {MESSAGES - 1} good messages had come,"
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
    return Blocked(
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
    dlq_url = sqs.create_queue(QueueName=f"wrong-dlq{suffix}", Attributes=kind)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["QueueArn"])["Attributes"]
    redrive = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": tries}
    attributes = kind | {
        "VisibilityTimeout": str(visibility_s),
        "RedrivePolicy": json.encode(redrive).decode(),
    }
    url: str = sqs.create_queue(QueueName=f"wrong{suffix}", Attributes=attributes)["QueueUrl"]
    return url, dlq_url


def windows() -> tuple[Window, ...]:
    """What each way gives up in an outage."""
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
        Window(
            outage=name,
            hours=outage,
            lost={way: round(lost_share(outage, tries), 3) for way, tries in hours.items()},
        )
        for name, outage in OUTAGES_H.items()
    )
