"""`receipts correct` under moto: a record in the bucket, a message on the write queue."""

import json

import pytest
from typer.testing import CliRunner, Result

from commands.cli import app
from helpers.deployed import Stack
from helpers.fakes import a_batch
from helpers.fakes_agent import BATCH, result
from helpers.s3 import BUCKET
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.errors import CorrectionRefusedError, SettingsError
from receipts.ledger import Entry, State
from receipts.messages import CorrectionMessage, decode_row


@pytest.fixture
def read(described: Stack) -> Stack:
    objects = S3Objects(BUCKET, described.client("s3"))
    ledger = DynamoLedger("Ledger", described.client("dynamodb"))
    ledger.open_batch(a_batch(BATCH, expected=1), ["1.jpg"])
    one = objects.put_result(result(1))
    ledger.move(BATCH, Entry(index=1, name="1.jpg", state=State.STORED, since=one.read_at))
    return described


def correct(*values: str, receipt: str = f"{BATCH}-00001", by: str = "Ada") -> Result:
    words = ["correct", receipt, *values, "--by", by, "--stack", "receipts"]
    return CliRunner().invoke(app, words)


def sent(stack: Stack) -> list[CorrectionMessage]:
    rows = [decode_row(one["Body"]) for one in stack.waiting("WriteQueue")]
    return [one for one in rows if isinstance(one, CorrectionMessage)]


def test_what_is_corrected_is_said_noted_and_sent(read: Stack) -> None:
    said = correct("merchant=Corner = Shop", "total=12.50", "time=")
    assert said.exit_code == 0, said.output
    assert "merchant: Shop -> Corner = Shop" in said.stdout
    assert "total: nothing -> 12.50" in said.stdout
    assert f"correction 1 of {BATCH}-00001, by Ada: sent" in said.stdout
    noted = S3Objects(BUCKET, read.client("s3")).corrections(BATCH)
    assert sent(read) == list(noted)
    copy = S3Objects(BUCKET, read.client("s3")).get_result(BATCH, 1)
    assert copy == result(1)


def test_typed_again_it_is_sent_again_and_replay_sends_it_too(read: Stack) -> None:
    for _ in range(2):
        assert correct("total=12.50").exit_code == 0
    words = ["replay", "--batch", BATCH, "--stack", "receipts"]
    said = CliRunner().invoke(app, words, catch_exceptions=False)
    assert "1 put back on the write queue, with 1 correction, 0 without a copy" in said.stdout
    first, *others = sent(read)
    assert others == [first] * 2
    keys = read.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="corrections/")["Contents"]
    assert [one["Key"] for one in keys] == [f"corrections/{BATCH}/00001-001.json"]
    body = read.client("s3").get_object(Bucket=BUCKET, Key=keys[0]["Key"])["Body"].read()
    assert json.loads(body)["version"] == 2


@pytest.mark.parametrize(
    ("values", "receipt", "error"),
    [
        (["total=twelve"], f"{BATCH}-00001", CorrectionRefusedError),
        (["merchant=Shop"], f"{BATCH}-00001", CorrectionRefusedError),
        (["total=1"], "17", SettingsError),
    ],
)
def test_what_is_refused_leaves_nothing(
    read: Stack, values: list[str], receipt: str, error: type[Exception]
) -> None:
    refused = correct(*values, receipt=receipt)
    assert isinstance(refused.exception, error)
    assert sent(read) == []


def test_a_field_without_a_value_takes_nothing_away(read: Stack) -> None:
    refused = correct("merchant")
    assert refused.exit_code == 2
    assert "say FIELD=VALUE" in refused.output
    assert sent(read) == []
