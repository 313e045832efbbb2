"""`receipts trace` under moto: asks ledger, bucket, queues and logs, and changes nothing."""

import time

import boto3
import pytest
from typer.testing import CliRunner

from commands.cli import app
from helpers.deployed import Stack
from helpers.fakes import START, a_batch
from helpers.fakes_agent import BATCH, result
from helpers.s3 import BUCKET
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.errors import SettingsError
from receipts.ledger import Entry, State

GROUP = "receipts-read"


@pytest.fixture
def traced(described: Stack) -> Stack:
    """A stored receipt, of which a function wrote a line a minute ago."""
    ledger = DynamoLedger("Ledger", described.client("dynamodb"))
    ledger.open_batch(a_batch(BATCH, expected=1), ["1.jpg"])
    S3Objects(BUCKET, described.client("s3")).put_result(result(1))
    ledger.move(BATCH, Entry(index=1, name="1.jpg", state=State.STORED, since=START))
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    at = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName="s",
        logEvents=[
            {"timestamp": at, "message": f'{{"message":"read","receipt_id":"{BATCH}-00001"}}'},
            {"timestamp": at, "message": f'{{"message":"read","receipt_id":"{BATCH}-00002"}}'},
        ],
    )
    listed = [
        {"ResourceType": "AWS::Logs::LogGroup", "PhysicalResourceId": GROUP},
        {"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "https://queue"},
    ]
    described.answer("cloudformation.ListStackResources", {"StackResourceSummaries": listed})
    return described


def test_one_receipts_way_is_printed(traced: Stack) -> None:
    command = ["trace", f"{BATCH}-00001", "--stack", "receipts", "--logs"]
    said = CliRunner().invoke(app, command, catch_exceptions=False).stdout.splitlines()
    assert said[0] == f"{BATCH}-00001: 1.jpg, of customer C-1"
    assert said[1] == "2026-01-28 09:00:00 UTC  accepted: a batch of 1, as single photos"
    assert sum("log: ? ?: read" in line for line in said) == 1
    assert said[-1] == "it is in the client's database"
    assert traced.depth("WriteDlq") == 0


def test_what_is_no_receipts_id_is_refused() -> None:
    answer = CliRunner().invoke(app, ["trace", BATCH, "--stack", "receipts"])
    assert isinstance(answer.exception, SettingsError)
    assert "not a receipt's id" in str(answer.exception)
