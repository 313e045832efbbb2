"""The ledger's laws: states in one order, repeated events harmless, counts that add up."""

from hypothesis import given
from hypothesis import strategies as st

from helpers.fakes import START, FakeLedger, a_batch
from reading.files.left_out import SYSTEM, LeftOut, sum_up
from receipts.ledger import FOLLOWS, Entry, State, count

BATCH = "b" * 32
SOME = sum_up([(".DS_Store", SYSTEM)])
RECEIPTS = 6

indices = st.integers(1, RECEIPTS)
states = st.sampled_from(State)
histories = st.lists(st.tuples(indices, states), max_size=60)


def opened(expected: int | None = RECEIPTS) -> FakeLedger:
    ledger = FakeLedger()
    batch = a_batch(BATCH, expected=expected)
    ledger.open_batch(batch, [])
    return ledger


def entry(index: int, state: State) -> Entry:
    return Entry(index=index, name=f"{index}.jpg", state=state, since=START)


def played(history: list[tuple[int, State]]) -> FakeLedger:
    ledger = opened()
    for index, state in history:
        ledger.move(BATCH, entry(index, state))
    return ledger


def test_every_state_has_its_rule() -> None:
    assert set(FOLLOWS) == set(State)
    assert all(None in before for before in FOLLOWS.values())


@given(histories, indices, histories)
def test_stored_dominates_whatever_comes_before_and_after(
    before: list[tuple[int, State]], index: int, after: list[tuple[int, State]]
) -> None:
    ledger = played([*before, (index, State.STORED), *after])
    assert ledger.state(BATCH, index) is State.STORED


@given(histories, indices, states)
def test_a_repeated_event_changes_nothing(
    history: list[tuple[int, State]], index: int, state: State
) -> None:
    ledger = played([*history, (index, state)])
    once = dict(ledger.entries)
    assert not ledger.move(BATCH, entry(index, state))
    assert ledger.entries == once


@given(histories)
def test_states_come_only_in_their_order(history: list[tuple[int, State]]) -> None:
    ledger = opened()
    for index, state in history:
        before = ledger.state(BATCH, index)
        moved = ledger.move(BATCH, entry(index, state))
        assert moved == (before in FOLLOWS[state])
        assert ledger.state(BATCH, index) is (state if moved else before)


@given(histories)
def test_a_rejected_receipt_is_read_by_nobody(history: list[tuple[int, State]]) -> None:
    ledger = opened()
    for index, state in history:
        was_rejected = ledger.state(BATCH, index) is State.REJECTED
        ledger.move(BATCH, entry(index, state))
        if was_rejected:
            assert ledger.state(BATCH, index) in {State.REJECTED, State.STORED}


@given(histories)
def test_the_counts_add_up_to_the_number_expected(history: list[tuple[int, State]]) -> None:
    statement = played(history).snapshot(BATCH)
    assert statement is not None
    counts = count(statement.batch, statement.entries)
    parts = (counts.waiting, counts.read, counts.stored, counts.rejected, counts.dead_lettered)
    assert sum(parts) == RECEIPTS
    assert min(parts) >= 0


def test_a_redrive_takes_a_dead_letter_up_again() -> None:
    ledger = played([(1, State.DEAD_LETTERED), (1, State.READ)])
    assert ledger.state(BATCH, 1) is State.READ


def test_what_an_archive_holds_is_written_once() -> None:
    ledger = opened(expected=None)
    ledger.expect(BATCH, 3, SOME)
    batch = ledger.expect(BATCH, 5, LeftOut())
    assert (batch.expected, batch.left_out) == (3, SOME)
