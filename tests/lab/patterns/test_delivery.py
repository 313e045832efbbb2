"""What Lambda does between a service and a function: tries again, halves, gives up, keeps order."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.delivery import lanes, try_asynchronously, try_in_order


def records(count: int) -> list[dict[str, Any]]:
    return [
        {
            "eventID": f"shard-0:{number}",
            "eventSourceARN": "arn:aws:kinesis:eu-central-1:123456789012:stream/receipts",
            "kinesis": {"sequenceNumber": str(number)},
        }
        for number in range(count)
    ]


class Function:
    """Reads records in order; `fails` says how often each fails first, None for always."""

    def __init__(self, fails: dict[str, int | None]) -> None:
        self.fails = dict(fails)
        self.read: list[str] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        for record in event["Records"]:
            number = record["kinesis"]["sequenceNumber"]
            left = self.fails.get(number, 0)
            if left is None or left > 0:
                self.fails[number] = None if left is None else left - 1
                return {"batchItemFailures": [{"itemIdentifier": number}]}
            self.read.append(number)
        return {"batchItemFailures": []}


@given(
    st.integers(1, 12),
    st.dictionaries(st.integers(0, 11), st.none() | st.integers(1, 3)),
    st.integers(3, 5),
)
def test_every_record_is_read_once_in_order_or_given_up_by_itself(
    count: int, failing: dict[int, int | None], retries: int
) -> None:
    function = Function({str(number): times for number, times in failing.items()})
    dead: list[str] = []
    try_in_order(records(count), function, retries, dead.append)
    poison = [str(number) for number in range(count) if failing.get(number, 0) is None]
    assert function.read == [str(n) for n in range(count) if str(n) not in poison]
    told = [json.loads(one)["KinesisBatchInfo"] for one in dead]
    assert [it["startSequenceNumber"] for it in told] == poison
    assert all(it["batchSize"] == 1 for it in told)


def test_a_function_that_raises_fails_its_whole_batch() -> None:
    tried: list[int] = []

    def raises(event: dict[str, Any]) -> None:
        tried.append(len(event["Records"]))

    dead: list[str] = []
    try_in_order(records(2), raises, 1, dead.append)
    assert tried == [2, 1, 1, 1, 1]
    assert len(dead) == 2


@pytest.mark.parametrize(("fails", "dead_letters"), [(0, 0), (2, 0), (3, 1)])
def test_an_asynchronous_call_is_tried_twice_more_and_then_told_of(
    fails: int, dead_letters: int
) -> None:
    answers = iter([None] * fails + [{}] * 3)
    dead: list[str] = []
    try_asynchronously({"detail": 1}, lambda _: next(answers), 2, dead.append)
    assert len(dead) == dead_letters
    assert all(json.loads(one)["requestPayload"] == {"detail": 1} for one in dead)


def test_what_a_lane_fails_with_is_raised_to_whoever_waits_for_it() -> None:
    def work(lane: int, stop: Any) -> None:
        if lane == 1:
            raise ValueError("the lane's own")
        stop.wait()

    def wait(check: Callable[[], None]) -> None:
        while True:
            check()

    with lanes(2, work) as check, pytest.raises(ValueError, match="the lane's own"):
        wait(check)
