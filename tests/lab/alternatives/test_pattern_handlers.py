"""The read stage behind a topic, a bus and a stream: the events are as the services send them."""

import base64
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from helpers.fakes import FakeEngine, FakeLedger, FakeObjects, FakeQueue, FakeSeenImages
from helpers.photos import photo
from lab.alternatives.patterns import handlers
from reading.engine import OcrEngineError
from reading.review import USUAL
from receipts.batch import receipt_id_for
from receipts.handlers import wiring
from receipts.ledger import State
from receipts.messages import ReceiptMessage, encode

FIRST_SEQUENCE = 49590338271490256608559692538361571095921575989136588898
CONTEXT: Any = SimpleNamespace(function_name="read")


class FakeDeadLetters:
    """Collects what was set aside, with the reason."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, body: str, reason: str) -> None:
        self.sent.append((body, reason))


@pytest.fixture
def wired(
    ledger: FakeLedger,
    objects: FakeObjects,
    queue: FakeQueue,
    monkeypatch: pytest.MonkeyPatch,
) -> SimpleNamespace:
    ports = SimpleNamespace(
        ledger=ledger,
        objects=objects,
        seen=FakeSeenImages(),
        queue=queue,
        dead_letters=FakeDeadLetters(),
        engine=FakeEngine(),
        limit_s=30.0,
        least=USUAL,
    )
    monkeypatch.setattr(wiring, "reader", lambda: ports)
    return ports


def message(objects: FakeObjects, index: int = 1) -> ReceiptMessage:
    return ReceiptMessage(
        batch_id="b",
        index=index,
        receipt_id=receipt_id_for("b", index),
        owner="client-1",
        customer_reference="C-1",
        name=f"{index}.png",
        source=objects.upload(f"uploads/b/{index}.png", photo(index)),
    )


def from_topic(body: str) -> dict[str, Any]:
    sns: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:receipts",
        "Subject": None,
        "Message": body,
        "Timestamp": "2026-01-28T09:00:00.000Z",
        "SignatureVersion": "1",
        "MessageAttributes": {},
    }
    record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn"}
    return {"Records": [record | {"Sns": sns}]}


def from_bus(body: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "receipt to read",
        "source": "receipts",
        "account": "123456789012",
        "time": "2026-01-28T09:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": json.loads(body),
    }


def from_stream(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": str(number),
                    "sequenceNumber": str(FIRST_SEQUENCE + number),
                    "data": base64.b64encode(body.encode()).decode(),
                    "approximateArrivalTimestamp": 1545084650.987,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000006:{number}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::123456789012:role/read",
                "awsRegion": "eu-central-1",
                "eventSourceARN": "arn:aws:kinesis:eu-central-1:123456789012:stream/receipts",
            }
            for number, body in enumerate(bodies)
        ]
    }


WAYS: dict[str, tuple[Callable[..., Any], Callable[..., dict[str, Any]]]] = {
    "topic": (handlers.topic, from_topic),
    "bus": (handlers.bus, from_bus),
    "stream": (handlers.stream, from_stream),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_receipt_is_read_onto_the_write_queue(wired: SimpleNamespace, way: str) -> None:
    handler, event = WAYS[way]
    handler(event(encode(message(wired.objects)).decode()), CONTEXT)
    assert [result.index for result in wired.queue.sent] == [1]
    assert wired.ledger.state("b", 1) is State.READ


@pytest.mark.parametrize("way", WAYS)
def test_a_receipt_that_comes_twice_is_read_once(wired: SimpleNamespace, way: str) -> None:
    handler, event = WAYS[way]
    once = event(encode(message(wired.objects)).decode())
    handler(once, CONTEXT)
    handler(once, CONTEXT)
    assert wired.engine.reads == 1


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_message_of_ours_is_set_aside_and_not_tried_again(
    wired: SimpleNamespace, way: str
) -> None:
    handler, event = WAYS[way]
    handler(event('{"not": "ours"}'), CONTEXT)
    [(body, reason)] = wired.dead_letters.sent
    assert json.loads(body) == {"not": "ours"}
    assert "not a ReceiptMessage" in reason


@pytest.mark.parametrize("way", ["topic", "bus"])
def test_what_fails_is_raised_for_the_service_to_try_again(
    wired: SimpleNamespace, way: str
) -> None:
    wired.engine = FakeEngine(fails_on=lambda _: True)
    handler, event = WAYS[way]
    once = event(encode(message(wired.objects)).decode())
    with pytest.raises(OcrEngineError):
        handler(once, CONTEXT)
    assert not wired.queue.sent
    wired.engine = FakeEngine()
    handler(once, CONTEXT)
    assert [result.index for result in wired.queue.sent] == [1]


def test_a_stream_goes_on_from_the_first_record_that_fails(wired: SimpleNamespace) -> None:
    messages = [message(wired.objects, index) for index in (1, 2, 3)]
    del wired.objects.uploads[messages[1].source.key]  # rejected: that is no failure
    failing = FakeEngine(fails_on=lambda _: failing.reads == 2)
    wired.engine = failing
    event = from_stream(*(encode(one).decode() for one in messages))
    answer = handlers.stream(event, CONTEXT)
    [failure] = answer["batchItemFailures"]
    assert failure["itemIdentifier"] == event["Records"][2]["kinesis"]["sequenceNumber"]
    assert [result.index for result in wired.queue.sent] == [1]
    assert wired.ledger.state("b", 2) is State.REJECTED
    handlers.stream({"Records": event["Records"][2:]}, CONTEXT)  # as the mapping goes on
    assert [result.index for result in wired.queue.sent] == [1, 3]
