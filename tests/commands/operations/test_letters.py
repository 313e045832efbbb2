"""`receipts dlq` under moto: dry first, back to work or given up, noted."""

import json
from typing import Any

import botocore.client
import pytest
from typer.testing import CliRunner, Result

from commands.cli import app
from helpers.deployed import Stack
from helpers.fakes import START, a_batch
from helpers.fakes_agent import BATCH, result
from helpers.s3 import BUCKET, notification
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.sqs import SqsDeadLetters
from receipts.ledger import Entry, State
from receipts.messages import ReceiptMessage, Source, encode
from receipts.uploads import archive_key


def dlq(*words: str) -> Result:
    return CliRunner().invoke(app, ["dlq", *words, "--stack", "receipts"], catch_exceptions=False)


def receipt(index: int) -> ReceiptMessage:
    return ReceiptMessage(
        batch_id=BATCH,
        index=index,
        receipt_id=f"{BATCH}-{index:05d}",
        owner="client-1",
        customer_reference="C-1",
        name=f"{index}.jpg",
        source=Source(bucket=BUCKET, key="k"),
    )


@pytest.fixture
def filled(described: Stack) -> Stack:
    """Twelve results that the database refused, two photos that hung, one archive's event."""
    sqs = described.client("sqs")
    write = SqsDeadLetters(described.urls["WriteDlq"], sqs)
    for index in range(1, 13):
        write.send(encode(result(index)).decode(), "23514: total_check" if index > 2 else "timeout")
    read = SqsDeadLetters(described.urls["ReceiptDlq"], sqs)
    for index in (20, 21):
        read.send(encode(receipt(index)).decode(), "the engine hung")
    described.send("UploadDlq", notification(archive_key(BATCH), "e"))
    ledger = DynamoLedger("Ledger", described.client("dynamodb"))
    ledger.open_batch(a_batch(BATCH, expected=30), [])
    for index in (*range(1, 13), 20, 21):
        state = State.STORED if index == 12 else State.DEAD_LETTERED
        ledger.move(BATCH, Entry(index=index, name=f"{index}.jpg", state=state, since=START))
    return described


def notes(stack: Stack) -> list[dict[str, Any]]:
    s3 = stack.client("s3")
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="operations/").get("Contents", [])
    keys = sorted(one["Key"] for one in listed)
    assert all(key.endswith(("-begun.json", "-ended.json")) for key in keys)
    return [json.load(s3.get_object(Bucket=BUCKET, Key=key)["Body"]) for key in keys]


def depths(stack: Stack) -> dict[str, int]:
    names = ("UploadDlq", "ReceiptDlq", "WriteDlq", "UploadQueue", "ReceiptQueue", "WriteQueue")
    return {name: stack.depth(name) for name in names}


def test_the_list_counts_by_queue_and_reason(filled: Stack) -> None:
    before = depths(filled)
    said = dlq("list").stdout
    assert "WriteDlq: 12\n  10, first sent" in said
    assert "    23514: total_check" in said
    assert f"such as {BATCH}-00020\n    the engine hung" in said
    assert "UploadDlq: 1" in said
    assert "moved by the redrive policy" in said
    assert depths(filled) == before


def test_without_yes_nothing_moves_and_nothing_is_noted(filled: Stack) -> None:
    before = depths(filled)
    assert "12 would go back to work from WriteDlq" in dlq("redrive", "--queue", "write").stdout
    assert "2 would be given up" in dlq("discard", "--queue", "receipt", "--because", "x").stdout
    assert depths(filled) == before
    assert notes(filled) == []


def test_chosen_letters_go_back_as_they_were(filled: Stack) -> None:
    said = dlq("redrive", "--queue", "write", "--reason", "23514", "--rate", "10000", "--yes")
    assert "10 put back to work" in said.stdout
    assert (filled.depth("WriteDlq"), filled.depth("WriteQueue")) == (2, 10)
    bodies = {message["Body"] for message in filled.waiting("WriteQueue")}
    assert bodies == {encode(result(index)).decode() for index in range(3, 13)}
    begun, ended = notes(filled)
    assert begun["letters"] == ended["put_back"] == 10
    assert begun["who"].startswith("arn:aws:sts")
    assert begun["about"][0] == f"{BATCH}-00003"


def test_photos_go_back_in_their_customers_group(filled: Stack) -> None:
    dlq("redrive", "--queue", "receipt", "--yes")
    sqs = filled.client("sqs")
    found = sqs.receive_message(
        QueueUrl=filled.urls["ReceiptQueue"],
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["All"],
    )["Messages"]
    assert [one["Attributes"]["MessageGroupId"] for one in found] == ["C-1", "C-1"]
    assert filled.depth("ReceiptDlq") == 0


def test_what_the_queue_did_not_take_stays(filled: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    make = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def moody(self: Any, operation: str, asked: Any) -> Any:
        if operation == "SendMessageBatch":
            asked = {**asked, "Entries": asked["Entries"][:1]}
            refused = [{"Id": "1", "Code": "ThrottledException", "SenderFault": False}]
            return {**make(self, operation, asked), "Failed": refused}
        return make(self, operation, asked)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", moody)
    assert "1 put back to work" in dlq("redrive", "--queue", "receipt", "--yes").stdout
    assert (filled.depth("ReceiptDlq"), filled.depth("ReceiptQueue")) == (1, 1)


def test_what_is_given_up_is_rejected_and_what_is_stored_stays(filled: Stack) -> None:
    because = ("--because", "no total on it")
    said = dlq("discard", "--queue", "write", *because, "--yes", "--rate", "9e9")
    assert "11 given up: the customer is told" in said.stdout
    assert "1 deleted: its receipt is stored" in said.stdout
    assert filled.depth("WriteDlq") == 0
    found = DynamoLedger("Ledger", filled.client("dynamodb")).snapshot(BATCH)
    assert found is not None
    states = {entry.index: (entry.state, entry.reason) for entry in found.entries}
    assert states[1] == (State.REJECTED, "no total on it")
    assert states[12][0] is State.STORED
    assert notes(filled)[1]["done"] == {
        "given up: the customer is told": 11,
        "deleted: its receipt is stored": 1,
    }


def test_a_run_that_is_cut_off_leaves_its_note_and_its_letters(
    filled: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr("time.sleep", _cut_off)
        assert dlq("redrive", "--queue", "write", "--yes").exit_code != 0
    assert (filled.depth("WriteDlq"), filled.depth("WriteQueue")) == (2, 10)
    assert len(notes(filled)) == 1


def _cut_off(_: float) -> None:
    raise KeyboardInterrupt
