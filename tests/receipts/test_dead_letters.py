"""Giving up on a message loses nothing: first the queue, then the ledger."""

import pytest

from helpers.fakes import START, CutOffError, FakeClock, FakeLedger
from helpers.fakes_agent import FakeDeadLetters, correction, result
from receipts.dead_letters import set_aside
from receipts.ledger import Entry, State
from receipts.messages import encode


class CutOffLedger(FakeLedger):
    def move(self, batch_id: str, entry: Entry) -> bool:
        raise CutOffError(f"before {batch_id} {entry.index} was written")


def test_a_dead_letter_is_on_the_queue_with_its_reason_and_in_the_ledger(
    ledger: FakeLedger, clock: FakeClock
) -> None:
    dead, message = FakeDeadLetters(), result(3)
    set_aside("body", "why", message, dead_letters=dead, ledger=ledger, clock=clock)
    assert dead.sent == [("body", "why")]
    [entry] = ledger.entries.values()
    assert (entry.index, entry.state, entry.reason) == (3, State.DEAD_LETTERED, "why")
    assert entry.since == START


def test_a_message_that_nobody_understands_is_on_the_queue_alone(
    ledger: FakeLedger, clock: FakeClock
) -> None:
    dead = FakeDeadLetters()
    set_aside("?", "why", None, dead_letters=dead, ledger=ledger, clock=clock)
    assert dead.sent == [("?", "why")]
    assert not ledger.entries


def test_cut_off_before_the_ledger_the_message_is_on_the_queue(clock: FakeClock) -> None:
    dead = FakeDeadLetters()
    with pytest.raises(CutOffError):
        set_aside("body", "why", result(3), dead_letters=dead, ledger=CutOffLedger(), clock=clock)
    assert dead.sent == [("body", "why")]


def test_a_stored_receipt_is_never_called_dead(ledger: FakeLedger, clock: FakeClock) -> None:
    message = result(3)
    stored = Entry(index=3, name="3.jpg", state=State.STORED, since=START)
    ledger.move(message.batch_id, stored)
    set_aside("body", "why", message, dead_letters=FakeDeadLetters(), ledger=ledger, clock=clock)
    assert ledger.state(message.batch_id, 3) is State.STORED


@pytest.mark.parametrize("understood", [True, False])
def test_a_receipt_whose_correction_is_set_aside_is_where_it_was(
    ledger: FakeLedger, clock: FakeClock, *, understood: bool
) -> None:
    dead, told = FakeDeadLetters(), correction(3)
    message, body = told if understood else None, encode(told).decode()
    set_aside(body, "why", message, dead_letters=dead, ledger=ledger, clock=clock)
    assert dead.sent == [(body, "why")]
    assert not ledger.entries
