"""What a customer is told of a batch."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fakes import OWNER, START, FakeLedger, a_batch
from reading.files.left_out import FILMS, SYSTEM, LeftOut, sum_up
from receipts.errors import UnknownBatchError
from receipts.ledger import Entry, State
from receipts.report_batch import MAX_REASONS, Report, list_receipts, report_batch

BATCH = "b" * 32
MINUTE = dt.timedelta(minutes=1)


def opened(expected: int | None, *states: State, needs_review: bool = False) -> FakeLedger:
    """A batch whose receipt n came into its state n minutes after the batch was accepted."""
    ledger = FakeLedger()
    batch = a_batch(BATCH, expected=expected)
    ledger.open_batch(batch, [])
    for index, state in enumerate(states, start=1):
        entry = Entry(
            index=index,
            name=f"{index}.jpg",
            state=state,
            since=START + index * MINUTE,
            reason="why" if state in {State.REJECTED, State.DEAD_LETTERED} else None,
            needs_review=needs_review,
        )
        ledger.move(BATCH, entry)
    return ledger


def report(ledger: FakeLedger) -> Report:
    return report_batch(BATCH, OWNER, ledger=ledger, now=START + 10 * MINUTE)


def test_a_batch_is_open_until_its_number_is_known() -> None:
    told = report(opened(None))
    assert told.expected is None
    assert not told.settled
    assert told.oldest_seconds == 600


def test_a_batch_is_settled_when_every_receipt_is_stored_or_given_up() -> None:
    told = report(opened(3, State.STORED, State.REJECTED, State.DEAD_LETTERED))
    assert told.settled
    assert told.oldest_seconds is None
    assert [reason.index for reason in told.reasons] == [2, 3]


def test_the_oldest_is_the_one_that_was_read_first() -> None:
    assert report(opened(2, State.READ, State.READ)).oldest_seconds == 9 * 60


def test_a_receipt_that_still_waits_is_as_old_as_its_batch() -> None:
    assert report(opened(3, State.READ, State.STORED)).oldest_seconds == 600


def test_doubtful_receipts_are_counted() -> None:
    assert report(opened(2, State.STORED, State.READ, needs_review=True)).needs_review == 2


def test_a_rejected_archive_is_settled_and_says_why() -> None:
    ledger = opened(None)
    ledger.reject_batch(BATCH, "not a ZIP", LeftOut())
    told = report(ledger)
    assert (told.settled, told.expected, told.rejected) == (True, 0, "not a ZIP")


def test_a_report_names_what_was_left_out_of_the_archive() -> None:
    ledger = opened(None)
    ledger.expect(BATCH, 2, sum_up([(".DS_Store", SYSTEM), ("IMG_1.MOV", FILMS)]))
    told = report(ledger)
    assert (told.expected, told.left_out.count) == (2, 2)
    assert str(told.left_out) == "system files 1 (.DS_Store), films 1 (IMG_1.MOV)"


def test_nothing_is_left_out_of_a_manifest() -> None:
    assert report(opened(2)).left_out == LeftOut()


def test_a_report_tells_the_first_reasons_and_the_list_all() -> None:
    ledger = opened(50, *[State.REJECTED] * 50)
    assert len(report(ledger).reasons) == MAX_REASONS
    assert len(list_receipts(BATCH, OWNER, 0, 100, ledger=ledger).receipts) == 50


@given(st.integers(0, 30), st.integers(1, 12))
def test_the_pages_hold_every_receipt_once(receipts: int, limit: int) -> None:
    ledger = opened(30, *[State.READ] * receipts)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = list_receipts(BATCH, OWNER, after, limit, ledger=ledger)
        assert len(page.receipts) <= limit
        seen += [entry.index for entry in page.receipts]
        after = page.receipts[-1].index if page.next else None
    assert seen == list(range(1, receipts + 1))


def test_a_batch_of_nobody_is_unknown() -> None:
    with pytest.raises(UnknownBatchError):
        report_batch(BATCH, OWNER, ledger=FakeLedger(), now=START)
    with pytest.raises(UnknownBatchError):
        list_receipts(BATCH, OWNER, 0, 10, ledger=FakeLedger())


def test_a_batch_of_somebody_else_is_as_unknown() -> None:
    ledger = opened(1, State.READ)
    with pytest.raises(UnknownBatchError) as of_else:
        report_batch(BATCH, "somebody else", ledger=ledger, now=START)
    with pytest.raises(UnknownBatchError):
        list_receipts(BATCH, "somebody else", 0, 10, ledger=ledger)
    with pytest.raises(UnknownBatchError) as of_nobody:
        report_batch(BATCH, "somebody else", ledger=FakeLedger(), now=START)
    assert str(of_else.value) == str(of_nobody.value)
