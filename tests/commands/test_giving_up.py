"""A letter that is given up is never lost in silence."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from commands.letters.giving_up import Verdict, chosen, give_up
from commands.letters.queues import Letter, paced
from helpers.fakes import START, FakeClock, FakeLedger, a_batch
from receipts.ledger import Entry, State

BATCH = "b" * 32


def letter(index: int | None = 1, batch_id: str | None = BATCH, reason: str = "why") -> Letter:
    return Letter(
        body="{}",
        reason=reason,
        sent_at=START,
        receives=3,
        handle="h",
        batch_id=batch_id,
        index=index,
        name="1.jpg",
    )


def ledger_with(state: State | None) -> FakeLedger:
    ledger = FakeLedger()
    ledger.open_batch(a_batch(BATCH, expected=1), ["1.jpg"])
    if state:
        entry = Entry(index=1, name="1.jpg", state=state, since=START, reason="before")
        ledger.entries[BATCH, 1] = entry
    return ledger


@pytest.mark.parametrize(
    ("before", "verdict", "after"),
    [
        (None, Verdict.REJECTED, State.REJECTED),
        (State.DEAD_LETTERED, Verdict.REJECTED, State.REJECTED),
        (State.REJECTED, Verdict.REJECTED, State.REJECTED),
        (State.READ, Verdict.ON_ITS_WAY, State.READ),
        (State.STORED, Verdict.STORED, State.STORED),
    ],
)
def test_the_customer_is_told_unless_the_receipt_went_another_way(
    before: State | None, verdict: Verdict, after: State, clock: FakeClock
) -> None:
    ledger = ledger_with(before)
    for _ in range(2):  # cut off before the letter was deleted, it is given up again
        assert give_up(letter(), "send it again", ledger=ledger, clock=clock) is verdict
        assert ledger.state(BATCH, 1) is after
    if before in (None, State.DEAD_LETTERED):
        assert ledger.entries[BATCH, 1].reason == "send it again"


def test_an_archive_is_rejected_whole(clock: FakeClock) -> None:
    ledger = FakeLedger()
    ledger.open_batch(a_batch(BATCH), [])
    assert give_up(letter(None), "broken", ledger=ledger, clock=clock) is Verdict.REJECTED
    assert ledger.opened[BATCH].rejected == "broken"


def test_what_names_no_receipt_is_nobodys(clock: FakeClock) -> None:
    verdict = give_up(letter(None, None), "?", ledger=FakeLedger(), clock=clock)
    assert verdict is Verdict.NOBODYS


def test_letters_are_chosen_by_reason_and_batch() -> None:
    some = [letter(reason="23514 check"), letter(2, reason="timeout"), letter(3, "c" * 32)]
    assert [one.index for one in chosen(some, "check", ())] == [1]
    assert [one.index for one in chosen(some, None, [BATCH])] == [1, 2]
    assert list(chosen(some, None, ())) == some


@given(count=st.integers(0, 300), rate=st.floats(0.1, 1_000))
def test_no_more_go_back_than_the_rate_says(count: int, rate: float) -> None:
    now_s, gone = 0.0, 0

    def sleep(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    for some in paced([letter(n + 1) for n in range(count)], rate, sleep):
        gone += len(some)
        assert gone - 10 <= now_s * rate * (1 + 1e-9)
    assert gone == count


def test_a_letter_says_what_it_is_about() -> None:
    assert letter(7).about == f"{BATCH}-00007"
    assert letter(None).about == BATCH
    assert letter(None, None).about == "?"
    assert letter().sent_at.tzinfo is dt.UTC


@pytest.mark.parametrize("before", [None, State.DEAD_LETTERED, State.READ])
def test_a_correction_is_given_up_and_its_receipt_is_where_it_was(
    before: State | None, clock: FakeClock
) -> None:
    ledger = ledger_with(before)
    entries = dict(ledger.entries)
    verdict = give_up(replace(letter(), corrects=True), "why", ledger=ledger, clock=clock)
    assert verdict is Verdict.CORRECTION
    assert ledger.entries == entries
