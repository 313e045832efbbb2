"""Puts the same receipt messages into each service, and counts the calls and the bytes sent."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from lab.patterns.local import Deployed
from lab.support.errors import LabError
from receipts.adapters.sqs import SqsQueue
from receipts.messages import ReceiptMessage, encode

ENTRIES = 10
"""Most that SQS, SNS and EventBridge take in a call; Kinesis takes 500, and as many bytes."""
RECORDS = 500


class NotTakenError(LabError):
    """A service did not take every message."""


class Sent(Struct, frozen=True, kw_only=True):
    """What producing cost: calls, and bytes of their bodies."""

    calls: int
    bytes: int


def produce(deployed: Deployed, messages: Sequence[ReceiptMessage]) -> Sent:
    """Send all of them. Raises `NotTakenError`, or what the adapter raises."""
    service, send = _PRODUCERS[deployed.pattern.name]
    client = deployed.emulator.client(service)
    bodies: list[int] = []
    client.meta.events.register(
        "before-send", lambda request, **_: bodies.append(len(request.body or b""))
    )
    send(client, deployed.address, messages)
    return Sent(calls=len(bodies), bytes=sum(bodies))


def _to_queue(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> None:  # noqa: ANN401  boto3's own
    SqsQueue(address, client).send(messages)


def _to_topic(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> None:  # noqa: ANN401  boto3's own
    for some in _by(ENTRIES, messages):
        entries = [{"Id": str(i), "Message": encode(it).decode()} for i, it in enumerate(some)]
        answer = client.publish_batch(TopicArn=address, PublishBatchRequestEntries=entries)
        _taken(answer.get("Failed"))


def _to_bus(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> None:  # noqa: ANN401  boto3's own
    for some in _by(ENTRIES, messages):
        entries = [
            {
                "EventBusName": address,
                "Source": "receipts",
                "DetailType": "receipt to read",
                "Detail": encode(message).decode(),
            }
            for message in some
        ]
        answer = client.put_events(Entries=entries)
        _taken([it for it in answer["Entries"] if "ErrorCode" in it])


def _to_stream(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> None:  # noqa: ANN401  boto3's own
    for some in _by(RECORDS, messages):
        # Receipts need no order among themselves: the key spreads them over shards and lanes.
        records = [{"Data": encode(it), "PartitionKey": it.receipt_id} for it in some]
        answer = client.put_records(StreamName=address, Records=records)
        _taken([it for it in answer["Records"] if "ErrorCode" in it])


_PRODUCERS: dict[str, tuple[str, Callable[[Any, str, Sequence[ReceiptMessage]], None]]] = {
    "sqs": ("sqs", _to_queue),
    "sns": ("sns", _to_topic),
    "eventbridge": ("events", _to_bus),
    "kinesis": ("kinesis", _to_stream),
    "sns-sqs": ("sns", _to_topic),
}


def _taken(refused: Sequence[dict[str, Any]] | None) -> None:
    if refused:
        raise NotTakenError(f"{len(refused)} messages were refused, the first: {refused[0]}")


def _by(size: int, messages: Iterable[ReceiptMessage]) -> Iterable[list[ReceiptMessage]]:
    rest = iter(messages)
    while some := list(itertools.islice(rest, size)):
        yield some
