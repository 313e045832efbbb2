"""The function on a schedule, wired to a stack under moto."""

import datetime as dt
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from helpers.deployed import Stack
from helpers.fakes import a_batch
from helpers.fakes_agent import result
from helpers.s3 import BUCKET
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsDeadLetterReader
from receipts.handlers import reconcile
from receipts.ledger import Entry, State
from receipts.messages import encode
from receipts.reconcile import Action


@pytest.fixture(autouse=True)
def queues_answer_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        reconcile,
        "SqsDeadLetterReader",
        lambda url, sqs: SqsDeadLetterReader(url, sqs, wait_s=0),
    )


def run(stack: Stack) -> dict[str, int]:
    done: dict[str, int] = stack.invoke("ReconcileFunction", {})
    return done


def unaccounted() -> list[Any]:
    """The numbers that the alarms were told."""
    cloudwatch = boto3.client("cloudwatch")
    found = cloudwatch.get_metric_statistics(
        Namespace="Receipts",
        MetricName="Unaccounted",
        Dimensions=[{"Name": "Stack", "Value": "receipts"}],
        StartTime=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1),
        EndTime=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1),
        Period=60,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    return [sum(it[name] for it in found) for name in ("Sum", "SampleCount")]


def test_it_settles_what_the_path_left_and_tells_both_alarms(stack: Stack) -> None:
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    batch = result(1).batch_id
    ledger.open_batch(a_batch(batch, expected=3), ["1.jpg", "2.jpg", "3.jpg"])
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=11)
    for index in (1, 2):
        ledger.move(batch, Entry(index=index, name="x.jpg", state=State.READ, since=old))
    S3Objects(BUCKET, stack.client("s3")).put_result(result(2))
    stack.send("WriteDlq", encode(result(3)).decode())
    assert run(stack) == {Action.DEAD_LETTERED: 1, Action.LEFT: 1, Action.PUT_BACK: 1}
    assert unaccounted() == [1, 1]
    assert stack.depth("WriteQueue") == 1
    assert stack.depth("WriteDlq") == 1


@pytest.mark.slow
def test_out_of_time_it_stops_and_tells_the_alarm_and_the_next_run_goes_on(stack: Stack) -> None:
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    batches = [f"{number:032x}" for number in range(4)]
    for batch_id in batches:
        ledger.open_batch(a_batch(batch_id, expected=1), ["1.jpg"])
    stack.remaining_ms = reconcile.STOPS_BEFORE_END_MS
    assert run(stack) == {}
    assert unaccounted() == [0, 1]
    stack.remaining_ms = reconcile.STOPS_BEFORE_END_MS + 1
    assert run(stack) == {Action.REJECTED: len(batches)}
    assert run(stack) == {}


def test_a_failed_run_tells_no_number_and_fails_the_invocation(stack: Stack) -> None:
    stack.client("dynamodb").delete_table(TableName="Ledger")
    with pytest.raises(ClientError):
        run(stack)
    assert unaccounted() == [0, 0]
