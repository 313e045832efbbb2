"""The how-to "We restored the ledger": its script, and what reconciling does of it afterwards."""

import datetime as dt
import importlib.util
import re
from types import ModuleType
from typing import Any

import pytest

from helpers.deployed import Stack
from helpers.fakes import START, a_batch
from helpers.fakes_agent import result
from helpers.s3 import BUCKET
from lab.support.paths import ROOT
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsQueue
from receipts.ledger import Entry, State
from receipts.reconcile import Action, settle_batches

HOW_TO = ROOT / "docs/how-to"
BATCH = result(1).batch_id
COPY = "receipts-restored"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("copy_ledger", HOW_TO / "copy_ledger.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def damaged(stack: Stack) -> DynamoLedger:
    """A ledger that was restored beside: one receipt is stored since, the other was deleted."""
    dynamodb = stack.client("dynamodb")
    ledger = DynamoLedger("Ledger", dynamodb, dt.timedelta(days=90))
    ledger.open_batch(a_batch(BATCH, expected=2), ["1.jpg", "2.jpg"])
    for index in (1, 2):
        S3Objects(BUCKET, stack.client("s3")).put_result(result(index))
        ledger.move(BATCH, entry(index, State.READ))
    dynamodb.update_continuous_backups(
        TableName="Ledger",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    dynamodb.restore_table_to_point_in_time(
        SourceTableName="Ledger", TargetTableName=COPY, UseLatestRestorableTime=True
    )
    ledger.move(BATCH, entry(1, State.STORED))
    for key in ("#batch", "#manifest", "00002"):
        dynamodb.delete_item(
            TableName="Ledger", Key={"batch_id": {"S": BATCH}, "entry": {"S": key}}
        )
    assert ledger.batch(BATCH) is None
    return ledger


def entry(index: int, state: State) -> Entry:
    return Entry(index=index, name=f"{index}.jpg", state=state, since=START)


def test_what_was_deleted_comes_back_and_what_is_newer_stays(
    damaged: DynamoLedger, script: ModuleType
) -> None:
    assert script.copy(COPY, "Ledger", []) == (3, 1)
    batch = damaged.batch(BATCH)
    assert batch is not None
    assert batch.expected == 2
    assert damaged.state(BATCH, 1) is State.STORED
    assert damaged.state(BATCH, 2) is State.READ
    assert list(damaged.names(BATCH)) == ["1.jpg", "2.jpg"]
    assert script.copy(COPY, "Ledger", []) == (0, 4)


def test_batches_that_were_not_named_are_left_alone(
    damaged: DynamoLedger, script: ModuleType
) -> None:
    assert script.copy(COPY, "Ledger", ["another"]) == (0, 0)
    assert script.copy(COPY, "Ledger", ["another", BATCH]) == (3, 1)
    assert damaged.state(BATCH, 2) is State.READ


def test_reconciling_then_puts_back_what_is_only_read(
    stack: Stack, damaged: DynamoLedger, script: ModuleType
) -> None:
    script.copy(COPY, "Ledger", [])
    sqs = stack.client("sqs")
    found = settle_batches(
        ledger=damaged,
        objects=S3Objects(BUCKET, stack.client("s3")),
        upload_queue=SqsQueue(stack.urls["UploadQueue"], sqs),
        write_queue=SqsQueue(stack.urls["WriteQueue"], sqs),
        clock=lambda: START + dt.timedelta(minutes=1),
        not_stored_after=dt.timedelta(0),
    )
    assert [(one.action, one.index) for one in found] == [(Action.PUT_BACK, 2)]


def test_the_how_to_s_commands_are_calls_that_there_are(stack: Stack) -> None:
    page = (HOW_TO / "restore-the-ledger.md").read_text().replace("\\\n", " ")
    client = stack.client("dynamodb")
    known = client.meta.service_model
    for line in re.findall(r"^aws dynamodb (?!wait)(.+)$", page, re.MULTILINE):
        command, *_ = line.split()
        operation = known.operation_model(command.title().replace("-", ""))
        assert operation.input_shape is not None
        members: dict[str, Any] = dict(operation.input_shape.members)
        options = {it.title().replace("-", "") for it in re.findall(r" --([\w-]+)", line)}
        assert {it.lower() for it in options} <= {it.lower() for it in members}, line
