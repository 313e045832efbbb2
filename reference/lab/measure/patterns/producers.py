"""Sends the receipt messages to each service, and counts calls and bytes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from lab.measure.patterns.deployment import DeployedPattern
from lab.support.errors import LabError
from receipts.aws.sqs import SqsQueue
from receipts.messages import ReceiptMessage, encode

MAX_MESSAGES = {"kinesis": 500}
"""Most messages of one call, where that isn't ten."""


class MessagesRefusedError(LabError):
    """A service refused some messages."""


class ProducerCall(Struct, frozen=True):
    """One call of a service: the number of messages, and the bytes of the body."""

    messages: int
    bytes: int


def produce(
    deployed: DeployedPattern, messages: Sequence[ReceiptMessage]
) -> Iterator[ProducerCall]:
    """Send the messages; yields after each call.

    Raises `MessagesRefusedError`, or what the adapter raises.
    """
    name = deployed.pattern.name
    service, send = _PRODUCERS[name]
    client, size = deployed.emulator.client(service), MAX_MESSAGES.get(name, 10)
    bodies: list[int] = []
    client.meta.events.register(
        "before-send", lambda request, **_: bodies.append(len(request.body or b""))
    )
    for start in range(0, len(messages), size):
        part = messages[start : start + size]
        if refused := send(client, deployed.address, part):
            raise MessagesRefusedError(
                f"{len(refused)} messages were refused, the first: {refused[0]}"
            )
        yield ProducerCall(len(part), sum(bodies))
        bodies.clear()


Refused = Sequence[dict[str, Any]]


def _to_queue(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> Refused:  # noqa: ANN401  boto3's own
    SqsQueue(address, client).send_receipts(messages)
    return ()


def _to_topic(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> Refused:  # noqa: ANN401  boto3's own
    entries = [{"Id": str(i), "Message": encode(it).decode()} for i, it in enumerate(messages)]
    answer = client.publish_batch(TopicArn=address, PublishBatchRequestEntries=entries)
    refused: Refused = answer.get("Failed") or ()
    return refused


def _to_bus(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> Refused:  # noqa: ANN401  boto3's own
    common = {"EventBusName": address, "Source": "receipts", "DetailType": "receipt to read"}
    answer = client.put_events(
        Entries=[common | {"Detail": encode(it).decode()} for it in messages]
    )
    return [it for it in answer["Entries"] if "ErrorCode" in it]


def _to_stream(client: Any, address: str, messages: Sequence[ReceiptMessage]) -> Refused:  # noqa: ANN401  boto3's own
    # Receipts need no order among themselves: the key spreads them over shards.
    records = [{"Data": encode(it), "PartitionKey": it.receipt_id} for it in messages]
    answer = client.put_records(StreamName=address, Records=records)
    return [it for it in answer["Records"] if "ErrorCode" in it]


_PRODUCERS: dict[str, tuple[str, Callable[[Any, str, Sequence[ReceiptMessage]], Refused]]] = {
    "sqs": ("sqs", _to_queue),
    "sns": ("sns", _to_topic),
    "eventbridge": ("events", _to_bus),
    "kinesis": ("kinesis", _to_stream),
    "sns-sqs": ("sns", _to_topic),
}
