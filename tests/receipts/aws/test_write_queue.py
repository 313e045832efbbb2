"""The write queue, on moto."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from helpers.moto_calls import mocked_aws
from receipts.aws.sqs import SqsWriteQueue
from receipts.errors import NotDeletedError
from receipts.ports import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def client() -> Iterator["SQSClient"]:
    with mocked_aws():
        yield boto3.client(
            "sqs",
            region_name="eu-central-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106  not a real one
        )


@pytest.fixture
def url(client: "SQSClient") -> str:
    return client.create_queue(QueueName="write")["QueueUrl"]


def fill(client: "SQSClient", url: str, count: int) -> None:
    for number in range(count):
        client.send_message(QueueUrl=url, MessageBody=f"m{number}")


def waiting(client: "SQSClient", url: str) -> int:
    answer = client.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@pytest.mark.parametrize(("count", "most"), [(3, 50), (35, 50), (35, 20), (35, 7), (0, 50)])
def test_it_collects_up_to_as_many_as_asked_for(
    client: "SQSClient", url: str, count: int, most: int
) -> None:
    fill(client, url, count)
    found = SqsWriteQueue(url, client).receive(most, wait_s=0)
    assert len({delivery.body for delivery in found}) == min(count, most)
    assert all(delivery.receives == 1 for delivery in found)


class Calls:
    """A client that notes how each receive is asked: at most how many, and how long it may wait."""

    def __init__(self, client: "SQSClient") -> None:
        self.client = client
        self.receives: list[tuple[int, int]] = []

    def receive_message(self, **asked: Any) -> Any:
        self.receives.append((asked["MaxNumberOfMessages"], asked["WaitTimeSeconds"]))
        return self.client.receive_message(**asked | {"WaitTimeSeconds": 0})


def test_where_there_are_many_it_asks_for_all_at_once_and_waits_a_little(
    client: "SQSClient", url: str
) -> None:
    fill(client, url, 51)
    calls = Calls(client)
    queue = SqsWriteQueue(url, cast("SQSClient", calls))
    asked = []
    for _ in range(5):
        queue.receive(20, wait_s=5)
        asked.append(sorted(calls.receives))
        calls.receives.clear()
    assert asked == [
        [(10, 1), (10, 5)],  # it doesn't know yet: one call waits, and comes back full
        [(10, 1), (10, 1)],
        [(10, 1), (10, 1)],  # eleven are left: again as many as a call takes
        [(10, 1), (10, 1)],  # none
        [(10, 5)],
    ]


def test_what_is_deleted_is_gone_and_what_is_released_comes_again(
    client: "SQSClient", url: str
) -> None:
    fill(client, url, 25)
    queue = SqsWriteQueue(url, client)
    found = queue.receive(25, wait_s=0)
    queue.delete(found[:12])
    queue.release(found[12:])
    assert waiting(client, url) == 13
    assert {delivery.receives for delivery in queue.receive(13, wait_s=0)} == {2}


def test_a_refused_delete_is_not_taken_for_done(client: "SQSClient", url: str) -> None:
    gone = Delivery(body="", handle="not a handle", receives=1)
    with pytest.raises(NotDeletedError):
        SqsWriteQueue(url, client).release([gone])
