"""What Lambda does between a service and a function, for the emulator, which does less.

Behind a topic or a bus: Lambda's asynchronous queue, which tries again and then tells the
on-failure destination. Behind a stream: the mapping, which reads partial answers, halves a failing
batch and gives up on the one record that is guilty. As AWS documents it, but for the waits between
tries.

- https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
- https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import json

Invoke = Callable[[dict[str, Any]], dict[str, Any] | None]
"""Invokes the function with an event: its answer, or None where it raised."""

Record = dict[str, Any]
POLL_S = 1
READ_AT_ONCE = 100


def try_asynchronously(
    event: dict[str, Any], invoke: Invoke, retries: int, on_failure: Callable[[str], None]
) -> None:
    """Invoke until it succeeds, at most `retries` times more; then send the event on as it was."""
    for _ in range(1 + retries):
        if invoke(event) is not None:
            return
    record = {
        "version": "1.0",
        "requestContext": {
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1 + retries,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
    }
    on_failure(json.encode(record).decode())


def try_in_order(
    batch: Sequence[Record], invoke: Invoke, retries: int, on_failure: Callable[[str], None]
) -> None:
    """Take a shard's batch through, in order.

    Where a record fails, what was before it is done, and the rest is tried again: halved while it
    is more than one, which uses up no try. A record that fails alone is tried `retries` times more;
    then the destination is told where it stood, and not what it said.
    """
    waiting = [(list(batch), retries)]
    while waiting:
        records, left = waiting.pop(0)
        failed = _first_failed(records, invoke({"Records": records}))
        if failed is None:
            continue
        rest = records[failed:]
        if failed:
            waiting.insert(0, (rest, left))
        elif len(rest) > 1:
            half = len(rest) // 2
            waiting[:0] = [(rest[:half], left), (rest[half:], left)]
        elif left:
            waiting.insert(0, (rest, left - 1))
        else:
            on_failure(_place(rest[0], 1 + retries))


def _first_failed(records: Sequence[Record], answer: dict[str, Any] | None) -> int | None:
    if answer is None:
        return 0
    failed = {one["itemIdentifier"] for one in answer.get("batchItemFailures", [])}
    numbers = [record["kinesis"]["sequenceNumber"] for record in records]
    return min((numbers.index(one) for one in failed), default=None)


def _place(record: Record, tries: int) -> str:
    sequence = record["kinesis"]["sequenceNumber"]
    told = {
        "version": "1.0",
        "requestContext": {
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": tries,
        },
        "KinesisBatchInfo": {
            "shardId": record["eventID"].partition(":")[0],
            "startSequenceNumber": sequence,
            "endSequenceNumber": sequence,
            "batchSize": 1,
            "streamArn": record["eventSourceARN"],
        },
    }
    return json.encode(told).decode()


@contextmanager
def lanes(
    number: int, work: Callable[[int, threading.Event], None]
) -> Iterator[Callable[[], None]]:
    """Run `work(lane, stop)` in threads of its own until the block ends.

    Gives a check that raises what a lane failed with; whoever waits for the lanes' work calls it.
    """
    stop = threading.Event()
    errors: list[Exception] = []

    def run(lane: int) -> None:
        try:
            work(lane, stop)
        except Exception as error:  # noqa: BLE001  told by whoever started the lanes
            errors.append(error)

    threads = [threading.Thread(target=run, args=(lane,), daemon=True) for lane in range(number)]
    for thread in threads:
        thread.start()

    def check() -> None:
        if errors:
            raise errors[0]

    try:
        yield check
    finally:
        stop.set()
        for thread in threads:
            thread.join()
