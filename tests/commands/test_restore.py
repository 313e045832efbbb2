"""After a restore: what has lost its row is found, and comes back from its canonical copy."""

import datetime as dt
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from commands.restore import (
    AT_ONCE,
    EVER,
    BatchAudit,
    audit_batches,
    audit_corrections,
    replay,
    stored_receipts,
)
from helpers.fakes import START, FakeLedger, FakeObjects, FakeQueue, a_batch
from helpers.fakes_agent import BATCH, NOON, correction, result
from receipts.batch import receipt_id_for
from receipts.errors import NoResultError
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage

BATCHES = ["a" * 32, "b" * 32]
HOUR = dt.timedelta(hours=1)
LATER = START + dt.timedelta(days=1000)


class World:
    """Two batches of six with a canonical copy each, and the keys of the database's rows."""

    def __init__(self) -> None:
        self.ledger, self.objects, self.queue = FakeLedger(), FakeObjects(), FakeQueue()
        self.rows: set[str] = set()
        for batch_id in BATCHES:
            self.ledger.open_batch(a_batch(batch_id, expected=6), [])
            for index in range(1, 7):
                self.objects.put_result(replace(result(index), batch_id=batch_id))

    def store(self, batch_id: str, *indices: int, at: dt.datetime = START) -> None:
        """As the agent does: the row, then the mark."""
        for index in indices:
            self.rows.add(receipt_id_for(batch_id, index))
            entry = Entry(index=index, name="x", state=State.STORED, since=at)
            self.ledger.move(batch_id, entry)

    def lose(self, batch_id: str, *indices: int) -> None:
        self.rows -= {receipt_id_for(batch_id, index) for index in indices}

    def audit(self, since: dt.datetime = EVER, until: dt.datetime = LATER) -> list[BatchAudit]:
        self.strange = set(self.rows)
        return list(audit_batches(self.strange, ledger=self.ledger, since=since, until=until))

    def missing(self, since: dt.datetime = EVER, until: dt.datetime = LATER) -> list[object]:
        return [(one.batch_id, index) for one in self.audit(since, until) for index in one.missing]

    def replay(self, places: Iterable[tuple[str, int]]) -> list[object]:
        """Answers the places without a copy."""
        gone = replay(places, objects=self.objects, write_queue=self.queue)
        return [place for place, error in gone if error]

    def drain(self) -> None:
        """The agent stores what is on the queue."""
        for message in self.queue.sent:
            assert isinstance(message, ResultMessage)
            self.store(message.batch_id, message.index)


@pytest.fixture
def world() -> World:
    return World()


def test_where_ledger_and_database_agree_nothing_is_missing(world: World) -> None:
    world.store(BATCHES[0], 1, 2, 3)
    first, second = world.audit()
    assert (first.stored, first.missing, first.unmarked) == (3, [], [])
    assert (second.stored, second.missing, second.unmarked) == (0, [], [])
    assert world.strange == set()


def test_a_row_that_is_gone_is_missing_by_batch_and_number(world: World) -> None:
    for batch_id in BATCHES:
        world.store(batch_id, 1, 2, 3)
    world.lose(BATCHES[1], 1, 3)
    assert world.missing() == [(BATCHES[1], 1), (BATCHES[1], 3)]


@pytest.mark.parametrize("state", [None, State.READ, State.REJECTED, State.DEAD_LETTERED])
def test_a_row_that_the_ledger_does_not_call_stored_is_told_and_not_missing(
    world: World, state: State | None
) -> None:
    world.rows.add(receipt_id_for(BATCHES[0], 4))
    if state:
        world.ledger.move(BATCHES[0], Entry(index=4, name="x", state=state, since=START))
    assert world.audit()[0].unmarked == [4]
    assert world.missing() == []
    assert world.strange == set()


def test_a_row_of_no_batch_in_the_ledger_is_left_over(world: World) -> None:
    old = receipt_id_for("c" * 32, 1)
    world.rows.add(old)
    assert world.missing() == []
    assert world.strange == {old}


def test_what_was_stored_outside_of_the_period_is_not_compared(world: World) -> None:
    for index, at in enumerate((START, START + HOUR, START + 2 * HOUR), start=1):
        world.store(BATCHES[0], index, at=at)
    world.lose(BATCHES[0], 1, 2, 3)
    assert world.missing(START + HOUR, START + HOUR) == [(BATCHES[0], 2)]
    assert world.audit(START + HOUR, START + HOUR)[0].stored == 1


def test_a_correction_without_a_row_is_told_by_its_receipt(world: World) -> None:
    made = [correction(index, number) for index in (1, 2) for number in (1, 2)]
    for one in made:
        world.objects.put_correction(one)
    rows = {made[0].correction_id, made[1].correction_id, made[3].correction_id, "strange"}

    def audit(since: dt.datetime = EVER, until: dt.datetime = LATER) -> tuple[int, Sequence[int]]:
        there = world.objects
        return audit_corrections(rows, BATCH, corrections=there, since=since, until=until)

    assert audit(since=NOON + HOUR) == (0, [])
    rows |= {one.correction_id for one in (made[0], made[1], made[3])}
    assert audit(until=NOON - HOUR) == (0, [])
    rows |= {one.correction_id for one in (made[0], made[1], made[3])}
    assert audit() == (4, [2])
    assert rows == {"strange"}


def test_what_was_stored_since_a_time_is_replayed_and_no_earlier(world: World) -> None:
    world.store(BATCHES[0], 1)
    world.store(BATCHES[0], 2, at=START + HOUR)
    world.store(BATCHES[1], 3, at=START + 2 * HOUR)
    places = list(stored_receipts(world.ledger, since=START + HOUR))
    assert places == [(BATCHES[0], 2), (BATCHES[1], 3)]
    assert world.replay(places) == []
    assert [(one.batch_id, one.index) for one in world.queue.sent] == places


def test_of_one_batch_what_is_stored_is_replayed(world: World) -> None:
    world.store(BATCHES[0], 1)
    world.store(BATCHES[1], 2)
    world.ledger.move(BATCHES[1], Entry(index=3, name="x", state=State.READ, since=START))
    assert list(stored_receipts(world.ledger, batch_ids=[BATCHES[1]])) == [(BATCHES[1], 2)]


def test_a_copy_that_is_gone_is_named_and_the_others_go_on(world: World) -> None:
    del world.objects.results[BATCHES[0], 2]
    places = [(BATCHES[0], index) for index in (1, 2, 3)]
    [(place, error)] = [
        (place, error)
        for place, error in replay(places, objects=world.objects, write_queue=world.queue)
        if error
    ]
    assert place == (BATCHES[0], 2)
    assert isinstance(error, NoResultError)
    assert [one.index for one in world.queue.sent] == [1, 3]


def test_copies_are_sent_a_few_at_a_time_however_many_there_are(world: World) -> None:
    taken = 0

    def places() -> Iterable[tuple[str, int]]:
        nonlocal taken
        for _ in range(10 * AT_ONCE):
            taken += 1
            yield BATCHES[0], 1

    for _ in replay(places(), objects=world.objects, write_queue=world.queue):
        assert taken - len(world.queue.sent) <= AT_ONCE
    assert len(world.queue.sent) == 10 * AT_ONCE


numbers = st.sets(st.tuples(st.sampled_from(BATCHES), st.integers(1, 6)))


@given(numbers, numbers, numbers)
def test_after_audit_replay_and_the_agent_the_database_has_all_that_the_ledger_calls_stored(
    stored: set[tuple[str, int]], lost: set[tuple[str, int]], gone: set[tuple[str, int]]
) -> None:
    world = World()
    for batch_id, index in sorted(stored):
        world.store(batch_id, index)
    for place in lost:
        world.lose(*place)
    for place in gone:
        del world.objects.results[place]
    assert set(world.missing()) == stored & lost
    without_copy = world.replay(sorted(stored & lost))
    assert set(without_copy) == stored & lost & gone
    world.drain()
    assert set(world.missing()) == set(without_copy)
    assert world.rows >= {receipt_id_for(*place) for place in stored - set(without_copy)}
