"""A receipt's way: what each place knows, in time's order, and where the receipt is."""

import datetime as dt

import pytest
from msgspec.structs import replace

from commands.letters.queues import Depth, Letter
from commands.way import LogLine, Way, find_way
from helpers.fakes import START, FakeLedger, FakeObjects, a_batch
from helpers.fakes_agent import BATCH, result
from receipts.errors import UnknownBatchError
from receipts.ledger import Entry, State
from receipts.uploads import archive_key, image_key

DEPTHS = {"receipt": Depth(waiting=7, in_hand=2), "write": Depth(waiting=40, in_hand=0)}


def minutes(count: float) -> dt.datetime:
    return START + dt.timedelta(minutes=count)


def letter(index: int | None = 2, reason: str = "the engine hung") -> Letter:
    return Letter(
        body="{}",
        reason=reason,
        sent_at=minutes(2),
        receives=5,
        handle="h",
        batch_id=BATCH,
        index=index,
        name="2.jpg",
    )


@pytest.fixture
def manifest(ledger: FakeLedger) -> FakeLedger:
    ledger.open_batch(a_batch(BATCH, expected=3), ["1.jpg", "2.jpg", "3.jpg"])
    return ledger


def way(ledger: FakeLedger, objects: FakeObjects, **more: object) -> Way:
    given = {"ledger": ledger, "objects": objects, "depths": DEPTHS, "letters": [], **more}
    return find_way(BATCH, 2, **given)  # type: ignore[arg-type]


def uploaded(objects: FakeObjects) -> None:
    objects.upload(image_key(BATCH, 2, "2.jpg"), b"photo")
    objects.since = minutes(1)


def moved(ledger: FakeLedger, state: State, reason: str | None = None) -> None:
    entry = Entry(index=2, name="2.jpg", state=state, since=minutes(9), reason=reason)
    ledger.entries[BATCH, 2] = entry


def test_a_stored_receipts_way_is_told_whole(manifest: FakeLedger, objects: FakeObjects) -> None:
    uploaded(objects)
    objects.results[BATCH, 2] = result(2, read_at=minutes(3), needs_review=True, duplicate_of="x-1")
    moved(manifest, State.STORED)
    told = way(manifest, objects)
    assert told.name == "2.jpg"
    assert [(step.at, step.what) for step in told.steps] == [
        (START, "accepted: a batch of 3, as single photos"),
        (minutes(1), "uploaded"),
        (minutes(3), "read by fake, to be reviewed by a person; the same image as x-1"),
        (minutes(9), "stored"),
    ]
    assert told.where == "in the client's database"


def test_one_that_nobody_read_waits_among_others(
    manifest: FakeLedger, objects: FakeObjects
) -> None:
    assert way(manifest, objects).where.startswith("with the customer: it was not uploaded")
    uploaded(objects)
    where = way(manifest, objects).where
    assert where.endswith("or with a reader (7 wait there, 2 are in hand)")


def test_one_that_was_read_waits_for_the_agent(manifest: FakeLedger, objects: FakeObjects) -> None:
    moved(manifest, State.READ)
    assert way(manifest, objects).where.startswith("on the write queue, or with the agent (40 wait")


def test_a_dead_letter_is_shown_with_its_reason(manifest: FakeLedger, objects: FakeObjects) -> None:
    moved(manifest, State.DEAD_LETTERED, "the engine hung")
    assert "on no dead-letter queue" in way(manifest, objects).where
    told = way(manifest, objects, letters=[("ReceiptDlq", letter()), ("WriteDlq", letter(3))])
    assert told.where == "on ReceiptDlq, until a person decides: receipts dlq"
    assert "received 5 times there: the engine hung" in told.steps[1].what
    assert len(told.steps) == 3


def test_an_archives_letter_is_every_receipts(ledger: FakeLedger, objects: FakeObjects) -> None:
    ledger.open_batch(a_batch(BATCH), [])
    objects.upload(archive_key(BATCH), b"zip")
    told = way(ledger, objects, letters=[("UploadDlq", letter(None))])
    assert told.where.startswith("on UploadDlq")
    assert told.name == "?"


def test_a_rejected_one_is_nowhere(manifest: FakeLedger, objects: FakeObjects) -> None:
    moved(manifest, State.REJECTED, "no image")
    told = way(manifest, objects)
    assert (told.steps[-1].what, told.where[:7]) == ("rejected: no image", "nowhere")
    batch = replace(a_batch(BATCH, expected=0), rejected="no ZIP")
    manifest.opened[BATCH], manifest.entries = batch, {}
    with pytest.raises(UnknownBatchError, match="has 0 receipts, no 2"):
        way(manifest, objects)


def test_log_lines_stand_where_they_belong(manifest: FakeLedger, objects: FakeObjects) -> None:
    moved(manifest, State.STORED)
    lines = [
        LogLine(at=minutes(10), group="g", text="START RequestId"),
        LogLine(
            at=minutes(4),
            group="g",
            text='{"level":"WARNING","message":"set aside","service":"read","reason":"hung"}',
        ),
    ]
    told = [step.what for step in way(manifest, objects, lines=lines).steps]
    assert told[1:] == ["log: read WARNING: set aside: hung", "stored", "log: START RequestId"]


def test_what_the_ledger_does_not_know_is_said(ledger: FakeLedger, objects: FakeObjects) -> None:
    with pytest.raises(UnknownBatchError, match="knows no batch"):
        way(ledger, objects)
