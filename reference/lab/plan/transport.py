"""The cost of bringing receipts to the reader: by queue, topic, bus or stream.

Closed forms in Decimal. Reading itself costs the same behind each of them.
"""

import math
from decimal import Decimal
from typing import Literal

import msgspec

from lab.plan import facts
from lab.plan.cost import MESSAGE_KB, lambda_usd, queue_usd

Way = Literal["sqs", "sns", "eventbridge", "kinesis", "sns-sqs"]
MILLION = 1_000_000


class TransportCost(msgspec.Struct, frozen=True, kw_only=True):
    """USD for a million receipts in a month.

    `service` is the service's own bill, `idle` the part of it that falls due when nothing comes,
    `invocations` Lambda's for being called, `reading` for the time that reading takes. `unverified`
    is the part of all of it whose price has no date.
    """

    service: Decimal
    idle: Decimal
    invocations: Decimal
    reading: Decimal
    unverified: Decimal

    @property
    def total(self) -> Decimal:
        """Everything together."""
        return self.service + self.invocations + self.reading


def per_million(
    way: Way,
    *,
    batch: int,
    read_seconds: Decimal,
    memory_mb: int,
    shards: int = 1,
    retention_hours: int = 24,
) -> TransportCost:
    """What a million receipts of up to 64 KB a call cost.

    `batch` is how many the reader is handed at once, by the pattern's template, `read_seconds` what
    one takes. `shards` and `retention_hours` are the stream's.
    """
    idle = unverified = Decimal(0)
    sends = Decimal(MILLION) / facts.QUEUE_BATCH.value
    takes = Decimal(2 * MILLION) / batch  # a receive and a delete
    match way:
        case "sqs":
            ten_kb = MESSAGE_KB * facts.QUEUE_BATCH.value
            service = queue_usd(sends, ten_kb, fair=True) + queue_usd(takes, MESSAGE_KB, fair=True)
        case "sns":
            service = _published()
        case "sns-sqs":  # putting a message on a queue is the topic's affair, and free
            service = _published() + queue_usd(takes, MESSAGE_KB)
        case "eventbridge":
            service = MILLION * facts.BUS_EVENT.value
        case "kinesis":
            units = MILLION * math.ceil(MESSAGE_KB / facts.STREAM_PUT_UNIT.value)
            hours = shards * facts.MONTH_HOURS.value
            extended = facts.SHARD_HOUR_EXTENDED.value if retention_hours > 24 else Decimal(0)  # noqa: PLR2004  a day is in the price
            unverified = hours * extended
            idle = hours * facts.SHARD_HOUR.value + unverified
            service = idle + units * facts.STREAM_PUT.value
    return TransportCost(
        service=service,
        idle=idle,
        invocations=lambda_usd(MILLION // batch, Decimal(0), memory_mb),
        reading=lambda_usd(0, MILLION * read_seconds, memory_mb),
        unverified=unverified,
    )


def _published() -> Decimal:
    # Ten in a call may cost less; the sources don't agree, so each counts as a publish.
    return MILLION * facts.TOPIC_PUBLISH.value


def lost_share(outage_hours: float, tries_for_hours: float) -> float:
    """Of what comes evenly during an outage, the share that is given up before its end.

    What came in the outage's last `tries_for_hours` is still being tried when it ends.
    """
    if outage_hours <= 0:
        return 0.0
    return max(0.0, outage_hours - tries_for_hours) / outage_hours
