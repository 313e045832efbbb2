"""Runs `delivery` on the emulator: from the queue that a topic or a bus fills, or from a stream."""

import base64
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from botocore.config import Config
from msgspec import Struct, json

from lab.patterns import delivery
from lab.patterns.local import Deployed

Event = dict[str, Any]
WAIT_S = 900.0
"""No function runs longer."""


class Relay(Struct, frozen=True):
    """A running delivery: `check` raises where it failed; `busy` are lanes that may have more."""

    check: Callable[[], None]
    busy: set[int]


@contextmanager
def relay(deployed: Deployed, concurrency: int) -> Iterator[Relay]:
    """Deliver while the block runs, as many at once as `concurrency`.

    Nothing to do for a queue: the emulator's own mapping does it as AWS's does.
    """
    busy: set[int] = set()
    match deployed.pattern.name:
        case "sns" | "eventbridge":
            work = partial(_asynchronous, deployed)
        case "kinesis":
            busy |= set(range(concurrency))
            work = partial(_lane, deployed, concurrency, busy)
        case _:
            yield Relay(lambda: None, busy)
            return
    with delivery.lanes(concurrency, work) as check:
        yield Relay(check, busy)


def _asynchronous(deployed: Deployed, lane: int, stop: threading.Event) -> None:
    del lane
    sqs, invoke = deployed.emulator.client("sqs"), _invoking(deployed)
    configured = _read_function(deployed)["EventInvokeConfig"]
    while not stop.is_set():
        found = sqs.receive_message(
            QueueUrl=deployed.relay_url, MaxNumberOfMessages=1, WaitTimeSeconds=delivery.POLL_S
        )
        for message in found.get("Messages", []):
            delivery.try_asynchronously(
                _event(deployed, json.decode(message["Body"])),
                invoke,
                configured["MaximumRetryAttempts"],
                lambda record: _dead(sqs, deployed, record),
            )
            sqs.delete_message(QueueUrl=deployed.relay_url, ReceiptHandle=message["ReceiptHandle"])


def _event(deployed: Deployed, body: Event) -> Event:
    """What the function gets: a rule sends the event itself, a topic a record around it."""
    if deployed.pattern.name == "eventbridge":
        return body
    record = {"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": body}
    return {"Records": [record | {"EventSubscriptionArn": f"{body['TopicArn']}:relay"}]}


def _lane(deployed: Deployed, lanes: int, busy: set[int], lane: int, stop: threading.Event) -> None:
    """One of the shard's lanes: records of the same partition key come in the same, in order."""
    kinesis, sqs = deployed.emulator.client("kinesis"), deployed.emulator.client("sqs")
    mapping = deployed.pattern.template()["Resources"]["ReadMapping"]["Properties"]
    invoke, name = _invoking(deployed), deployed.address
    stream = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    [shard] = stream["Shards"]
    place = kinesis.get_shard_iterator(
        StreamName=name,
        ShardId=shard["ShardId"],
        ShardIteratorType=mapping["StartingPosition"],
    )["ShardIterator"]
    while not stop.is_set():
        answer = kinesis.get_records(ShardIterator=place, Limit=delivery.READ_AT_ONCE)
        place = answer["NextShardIterator"]
        mine = [
            _record(stream["StreamARN"], shard["ShardId"], record)
            for record in answer["Records"]
            if zlib.crc32(record["PartitionKey"].encode()) % lanes == lane
        ]
        size = mapping["BatchSize"]
        for start in range(0, len(mine), size):
            delivery.try_in_order(
                mine[start : start + size],
                invoke,
                mapping["MaximumRetryAttempts"],
                lambda told: _dead(sqs, deployed, told),
            )
        if answer["Records"]:
            busy.add(lane)
        else:
            busy.discard(lane)
            stop.wait(delivery.POLL_S)


def _record(stream_arn: str, shard_id: str, record: dict[str, Any]) -> delivery.Record:
    return {
        "eventID": f"{shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "eventSource": "aws:kinesis",
        "eventSourceARN": stream_arn,
        "eventVersion": "1.0",
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": base64.b64encode(record["Data"]).decode(),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
        },
    }


def _invoking(deployed: Deployed) -> delivery.Invoke:
    emulator = deployed.emulator
    # Asked again, the function would run a second time beside the first: whoever waits, waits.
    patient = Config(read_timeout=WAIT_S, retries={"total_max_attempts": 1})
    functions = emulator.session().client("lambda", endpoint_url=emulator.url, config=patient)

    def invoke(event: Event) -> Event | None:
        answer = functions.invoke(FunctionName=deployed.function, Payload=json.encode(event))
        if "FunctionError" in answer:
            return None
        return json.decode(answer["Payload"].read()) or {}

    return invoke


def _dead(sqs: Any, deployed: Deployed, body: str) -> None:  # noqa: ANN401  boto3's own
    sqs.send_message(QueueUrl=deployed.dlq_url, MessageBody=body)


def _read_function(deployed: Deployed) -> dict[str, Any]:
    properties: dict[str, Any] = deployed.pattern.template()["Resources"]["ReadFunction"][
        "Properties"
    ]
    return properties
