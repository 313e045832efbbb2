"""`receipts reconcile`, `audit` and `replay`, wired to a stack under moto."""

import datetime as dt
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.cli import app
from commands.operations.options import NOT_ALL
from helpers.deployed import Stack
from helpers.fakes import START, a_batch
from helpers.fakes_agent import BATCH, correction, result
from helpers.s3 import BUCKET, notification
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.batch import receipt_id_for
from receipts.errors import SettingsError
from receipts.handlers import reconcile
from receipts.ledger import Entry, State
from receipts.messages import encode
from receipts.uploads import archive_key, parse_event

COMMAND = ["reconcile", "--stack", "receipts"]


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


def test_an_archive_whose_event_was_lost_is_told_of_again(
    stack: Stack, outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.describe(outputs)
    batch_id = result(1).batch_id
    DynamoLedger("Ledger", stack.client("dynamodb")).open_batch(a_batch(batch_id), [])
    stack.client("s3").put_object(Bucket=BUCKET, Key=archive_key(batch_id), Body=b"zip")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    monkeypatch.setattr(reconcile, "utc_now", lambda: later)
    told = [CliRunner().invoke(app, COMMAND, catch_exceptions=False).stdout for _ in range(2)]
    assert "1 sent again to the upload queue" in told[0]
    assert told[1] == "nothing to settle\n"
    [event] = stack.waiting("UploadQueue")
    assert parse_event(event["Body"])[0].batch_id == batch_id


def test_an_archive_whose_event_is_on_the_dlq_is_left_to_a_person(
    stack: Stack, outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.describe(outputs)
    batch_id = result(1).batch_id
    DynamoLedger("Ledger", stack.client("dynamodb")).open_batch(a_batch(batch_id), [])
    stack.client("s3").put_object(Bucket=BUCKET, Key=archive_key(batch_id), Body=b"zip")
    stack.send("UploadDlq", notification(archive_key(batch_id), "e"))
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    monkeypatch.setattr(reconcile, "utc_now", lambda: later)
    said = CliRunner().invoke(app, COMMAND, catch_exceptions=False).stdout
    assert said.endswith("1 left for a person to look at\n")
    assert stack.depth("UploadQueue") == 0


STORED = 12
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def stored(stack: Stack, outputs: dict[str, str]) -> Sequence[str]:
    """A batch that is stored since yesterday, with its copies; answers the rows' keys."""
    stack.describe(outputs)
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    ledger.open_batch(a_batch(BATCH, expected=STORED), [])
    for index in range(1, STORED + 1):
        S3Objects(BUCKET, stack.client("s3")).put_result(result(index))
        since = NOW - dt.timedelta(days=1)
        ledger.move(BATCH, Entry(index=index, name="x", state=State.STORED, since=since))
    return [receipt_id_for(BATCH, index) for index in range(1, STORED + 1)]


def audit(*ids: str, **options: str) -> Result:
    return typed("audit", "--ids", "-", stdin="".join(f"{key}\n" for key in ids), **options)


def typed(*command: str, stdin: str = "", **options: str) -> Result:
    given = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return CliRunner().invoke(app, [*command, "--stack", "receipts", *given], input=stdin)


def test_a_database_that_has_all_rows_passes_the_audit(stored: Sequence[str]) -> None:
    answer = audit(*stored)
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert "0 missing" in answer.stderr
    assert "12 stored" in answer.stderr


def test_what_the_audit_prints_is_what_replay_takes(stack: Stack, stored: Sequence[str]) -> None:
    found = audit(*stored[2:], "of-no-batch")
    assert found.exit_code == NOT_ALL
    assert found.stdout == f"{BATCH} 1\n{BATCH} 2\n"
    assert "2 missing" in found.stderr
    assert "1 of no batch in the ledger" in found.stderr
    answer = typed("replay", "--missing", "-", stdin=found.stdout)
    assert (answer.exit_code, answer.stdout) == (
        0,
        "2 put back on the write queue, 0 without a copy\n",
    )
    bodies = [json.loads(message["Body"]) for message in stack.waiting("WriteQueue")]
    assert sorted(body["index"] for body in bodies) == [1, 2]


def test_a_lost_correction_is_found_and_comes_back(stack: Stack, stored: Sequence[str]) -> None:
    made = correction(3, corrected_at=NOW - dt.timedelta(days=1))
    S3Objects(BUCKET, stack.client("s3")).put_correction(made)
    found = audit(*stored)
    assert (found.exit_code, found.stdout) == (NOT_ALL, f"{BATCH} 3\n")
    assert "0 missing" in found.stderr
    assert "1 without a correction" in found.stderr
    answer = typed("replay", "--missing", "-", stdin=found.stdout)
    assert "1 put back on the write queue, with 1 correction," in answer.stdout
    whole = audit(*stored, made.correction_id)
    assert (whole.exit_code, whole.stdout) == (0, "")
    assert "0 of no batch in the ledger" in whole.stderr


@pytest.mark.parametrize(("minutes_before_the_mark", "missing"), [(-6, 3), (0, 0), (60, 0)])
def test_what_was_stored_after_the_ids_were_taken_is_not_missing(
    stored: Sequence[str], tmp_path: Path, minutes_before_the_mark: int, missing: int
) -> None:
    file = tmp_path / "ids"
    file.write_text("\n".join(stored[3:]))
    marked_at = (NOW - dt.timedelta(days=1)).timestamp()
    os.utime(file, times=(0, marked_at - 60 * minutes_before_the_mark))
    answer = typed("audit", "--ids", str(file))
    assert answer.stdout.count("\n") == missing


def test_what_may_be_purged_is_left_out(stored: Sequence[str]) -> None:
    assert audit(*stored[3:], stored_since=f"{NOW - dt.timedelta(days=2):%Y-%m-%d}").exit_code == 3
    assert audit(*stored[3:], stored_since=NOW.isoformat()).exit_code == 0


def test_an_empty_list_is_taken_for_a_query_that_failed(stored: Sequence[str]) -> None:
    assert stored
    answer = audit()
    assert answer.exit_code == 2
    assert "no ids" in answer.stderr


def test_a_copy_that_is_gone_is_named(stack: Stack, stored: Sequence[str]) -> None:
    assert stored
    stack.client("s3").delete_object(Bucket=BUCKET, Key=f"results/{BATCH}/00002.json")
    answer = typed("replay", batch=BATCH)
    assert answer.exit_code == NOT_ALL
    assert f"batch {BATCH}, receipt 2: results/{BATCH}/00002.json is gone" in answer.stdout
    assert answer.stdout.endswith("11 put back on the write queue, 1 without a copy\n")
    assert stack.depth("WriteQueue") == STORED - 1


def test_what_was_stored_since_is_replayed(stack: Stack, stored: Sequence[str]) -> None:
    assert typed("replay", stored_since=NOW.isoformat()).stdout.startswith("0 put back")
    day = f"{NOW - dt.timedelta(days=2):%Y-%m-%d}"
    assert typed("replay", stored_since=day).stdout.startswith(f"{len(stored)} put back")
    assert stack.depth("WriteQueue") == len(stored)


@pytest.mark.parametrize("options", [{}, {"missing": "-", "batch": BATCH}])
def test_replay_is_told_what_to_replay(stored: Sequence[str], options: dict[str, str]) -> None:
    assert stored
    answer = typed("replay", **options)
    assert answer.exit_code == 2
    assert "--stored-since" in answer.stderr


def test_a_list_that_is_no_audit_s_is_refused(stored: Sequence[str]) -> None:
    assert stored
    answer = typed("replay", "--missing", "-", stdin="what is this\n")
    assert isinstance(answer.exception, SettingsError)
