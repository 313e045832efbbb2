"""`receipts forget` under moto: what is kept of a customer is gone, and nothing else."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import botocore.client
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from commands.cli import app
from commands.operations.options import NOT_ALL
from helpers.deployed import Stack
from helpers.fakes import OWNER, START, a_batch
from helpers.fakes_agent import correction, result
from helpers.s3 import BUCKET
from receipts.aws.dynamodb import DynamoLedger, DynamoSeenImages
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsDeadLetters
from receipts.batch import Claim
from receipts.ledger import Entry, State
from receipts.messages import encode
from receipts.uploads import archive_key

MINE, MINE_TOO, OTHERS, ELSEWHERE = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def forget(*words: str, customer: str = "C-1") -> Result:
    command = ["forget", customer, "--owner", OWNER, "--stack", "receipts", *words]
    return CliRunner().invoke(app, command, catch_exceptions=False)


def fill(stack: Stack, batch_id: str, state: State = State.STORED, **batch: object) -> None:
    """A batch of two with everything that the path leaves behind."""
    dynamodb, s3 = stack.client("dynamodb"), stack.client("s3")
    ledger = DynamoLedger("Ledger", dynamodb)
    one = replace(a_batch(batch_id, expected=2), **batch)
    ledger.open_batch(one, ["1.jpg", "2.jpg"])
    ledger.claim_key(f"key of {batch_id}", Claim(request_digest="x", accepted_at=START))
    s3.put_object(Bucket=BUCKET, Key=archive_key(batch_id), Body=b"zip")
    seen = DynamoSeenImages("Ledger", dynamodb, retention=START - START)
    customer = (one.owner, one.customer_reference)
    for index in (1, 2):
        sha256 = batch_id[0] * 63 + str(index)
        changes = {"batch_id": batch_id, "receipt_id": f"{batch_id}-{index:05d}"}
        made = result(index, image_sha256=sha256, **changes)
        S3Objects(BUCKET, s3).put_result(made)
        S3Objects(BUCKET, s3).put_correction(correction(index, 1, **changes))
        seen.first_with(sha256, customer, made.receipt_id)
        ledger.move(batch_id, Entry(index=index, name=f"{index}.jpg", state=state, since=START))
    letters = SqsDeadLetters(stack.urls["WriteDlq"], stack.client("sqs"))
    letters.send(encode(made).decode(), "why")


@pytest.fixture
def filled(described: Stack) -> Stack:
    fill(described, MINE)
    fill(described, MINE_TOO)
    fill(described, OTHERS, customer_reference="C-2")
    fill(described, ELSEWHERE, owner="another client")
    return described


def kept(stack: Stack) -> dict[str, set[str]]:
    """Whatever names a batch: objects by key, items by both keys, letters by receipt."""
    objects = stack.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    items = stack.client("dynamodb").scan(TableName="Ledger")["Items"]
    letters = stack.waiting("WriteDlq")
    return {
        "objects": {one["Key"] for one in objects if not one["Key"].startswith("operations/")},
        "items": {
            f"{one['batch_id']['S']} {one['entry']['S']} {one.get('receipt_id', {}).get('S', '')}"
            for one in items
            if not one["batch_id"]["S"].startswith("#key")
        },
        "letters": {json.loads(one["Body"])["receipt_id"] for one in letters},
    }


def test_without_yes_it_only_counts(filled: Stack) -> None:
    before = kept(filled)
    said = forget().stdout
    assert (
        f"batch {MINE}: 1 uploads, 2 results, 2 corrections, 4 items of the ledger, 2 images"
        in said
    )
    assert "2 batches and 2 dead letters would be forgotten; --yes does it" in said
    assert kept(filled) == before


def test_all_of_a_customer_goes_and_nothing_of_another(filled: Stack) -> None:
    before = kept(filled)
    said = forget("--yes")
    assert said.exit_code == 0
    assert "2 batches and 2 dead letters forgotten" in said.stdout
    for table in ("receipt", "correction"):
        assert f"receipts_inbox.{table} WHERE customer_reference = 'C-1';" in said.stdout
    after = kept(filled)
    for kind, found in after.items():
        assert found == {one for one in before[kind] if OTHERS in one or ELSEWHERE in one}
        assert len(found) >= 2
    assert "0 batches and 0 dead letters" in forget("--yes").stdout


def test_what_is_on_its_way_is_left_and_named(filled: Stack) -> None:
    fill(filled, "e" * 32, State.READ, accepted_at=dt.datetime.now(dt.UTC))
    said = forget("--yes")
    assert said.exit_code == NOT_ALL
    assert f"left, not settled yet: batch {'e' * 32}" in said.stdout
    assert any("e" * 32 in key for key in kept(filled)["objects"])
    assert not any(MINE in key for key in kept(filled)["objects"])


def test_a_batch_that_never_settled_is_no_obstacle_once_queues_have_forgotten(
    filled: Stack,
) -> None:
    fill(filled, "e" * 32, State.READ)  # accepted at START, long ago
    assert forget("--yes").exit_code == 0
    assert not any("e" * 32 in key for key in kept(filled)["objects"])


def test_the_note_names_no_customer(filled: Stack) -> None:
    forget("--yes")
    s3 = filled.client("s3")
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="operations/")["Contents"]
    texts = [s3.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in listed]
    assert len(texts) == 2
    assert not any(b"C-1" in text for text in texts)


def counted_calls(run: Callable[[], object], stop_at: int | None = None) -> int:
    """Run it, cut off at this call that deletes; answer how many deleting calls there were."""
    make = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001
    calls = 0

    def counted(self: Any, operation: str, asked: Any) -> Any:
        nonlocal calls
        if operation.startswith(("Delete", "BatchWrite")):
            calls += 1
            if calls == stop_at:
                raise KeyboardInterrupt
        return make(self, operation, asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
        run()
    return calls


def test_wherever_it_is_cut_off_a_second_run_forgets_the_rest(described: Stack) -> None:
    fill(described, MINE)
    calls = counted_calls(lambda: forget("--yes"))
    assert calls >= 4
    for stop_at in range(1, calls + 1):
        fill(described, MINE)
        counted_calls(lambda: forget("--yes"), stop_at)
        forget("--yes")
        assert kept(described) == {"objects": set(), "items": set(), "letters": set()}, stop_at
