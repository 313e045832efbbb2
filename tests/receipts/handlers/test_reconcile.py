"""`receipts reconcile`, wired to a stack under moto."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from helpers.deployed import BUCKET, Stack
from helpers.fakes import START, a_batch
from helpers.fakes_agent import result
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsDeadLetterReader
from receipts.cli import app
from receipts.handlers import reconcile
from receipts.ledger import Entry, State
from receipts.messages import encode

COMMAND = ["reconcile", "--stack", "receipts"]


@pytest.fixture
def outputs(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What CloudFormation would say of the stack; the queues answer without waiting."""
    monkeypatch.setattr(reconcile, "SqsDeadLetterReader", _unhurried)
    return stack.outputs()


def _unhurried(url: str, client: Any) -> SqsDeadLetterReader:
    return SqsDeadLetterReader(url, client, wait_s=0)


def test_dead_letters_are_marked_and_lost_results_put_back(
    stack: Stack, outputs: dict[str, str]
) -> None:
    stack.describe(outputs)
    batch_id = result(1).batch_id
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    batch = a_batch(batch_id, expected=3)
    ledger.open_batch(batch, ["1.jpg", "2.jpg", "3.jpg"])
    for index in (1, 2):
        S3Objects(BUCKET, stack.client("s3")).put_result(result(index))
        read = Entry(index=index, name=f"{index}.jpg", state=State.READ, since=START)
        ledger.move(batch_id, read)
    stack.send("WriteDlq", encode(result(1)).decode())

    first = CliRunner().invoke(app, COMMAND, catch_exceptions=False)
    assert "1 dead-lettered, 1 put back on the write queue, 1 rejected" in first.stdout
    [back] = stack.waiting("WriteQueue")
    assert json.loads(back["Body"])["index"] == 2
    assert stack.depth("WriteDlq") == 1
    statement = ledger.snapshot(batch_id)
    assert statement is not None
    assert [entry.state for entry in statement.entries] == ["dead-lettered", "read", "rejected"]

    second = CliRunner().invoke(app, COMMAND, catch_exceptions=False)
    assert second.stdout == "nothing to settle\n"


def test_a_stack_of_another_template_is_named(stack: Stack, outputs: dict[str, str]) -> None:
    del outputs["WriteDlqUrl"]
    stack.describe(outputs)
    answer = CliRunner().invoke(app, COMMAND)
    assert "not among the outputs of the stack 'receipts': WriteDlqUrl" in str(answer.exception)
