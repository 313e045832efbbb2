"""Reconciling by the hour: cut off anywhere, in parts, and two runs at once."""

import datetime as dt
from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from helpers.fakes import START, FakeClock, FakeLedger, FakeObjects, FakeQueue, a_batch
from helpers.fakes_agent import BATCH, result
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage, encode
from receipts.ports import DeadLetter
from receipts.reconcile import (
    NEVER_UPLOADED_AFTER,
    NOT_STORED_AFTER,
    Action,
    Finding,
    settle_batches,
)

LATE = START + NOT_STORED_AFTER + dt.timedelta(seconds=1)
PARTS = 24


class World:
    """A batch of four: two were read and are not stored since, two never came."""

    def __init__(self) -> None:
        self.ledger, self.objects, self.queue = FakeLedger(), FakeObjects(), FakeQueue()
        self.ledger.open_batch(a_batch(BATCH, expected=4), [f"{n}.jpg" for n in range(1, 5)])
        for index in (1, 2):
            self.objects.put_result(result(index))
            entry = Entry(index=index, name=f"{index}.jpg", state=State.READ, since=START)
            self.ledger.move(BATCH, entry)

    def settle(
        self,
        *letters: DeadLetter,
        now: dt.datetime = LATE,
        parts: int = 1,
        in_time: Callable[[], bool] = lambda: True,
    ) -> Iterator[Finding]:
        return settle_batches(
            ledger=self.ledger,
            objects=self.objects,
            upload_queue=self.queue,
            write_queue=self.queue,
            clock=FakeClock(now),
            letters=letters,
            parts=parts,
            in_time=in_time,
        )

    def put_back(self) -> list[int]:
        return [it.index for it in self.queue.sent if isinstance(it, ResultMessage)]

    def states(self) -> dict[int, State]:
        return {index: entry.state for (_, index), entry in self.ledger.entries.items()}


def lasting(answers: int) -> Callable[[], bool]:
    """Time for so many questions."""
    left = iter([True] * answers)
    return lambda: next(left, False)


def runs_of_a_day(world: World) -> Iterator[list[str | None]]:
    """What the run of each hour settles, which has time for its first part of the ledger alone."""
    for hour in range(PARTS):
        now = START + NEVER_UPLOADED_AFTER + dt.timedelta(hours=hour, seconds=1)
        there = list(world.ledger.batches(int(now.timestamp()) // 3600 % PARTS, PARTS))
        found = world.settle(now=now, parts=PARTS, in_time=lasting(len(there)))
        yield [finding.batch_id for finding in found]


def test_runs_that_get_through_one_part_have_seen_all_within_a_day() -> None:
    world, batches = World(), [f"{number:032x}" for number in range(100)]
    world.ledger = FakeLedger()
    for batch_id in batches:
        world.ledger.open_batch(a_batch(batch_id, expected=1), ["1.jpg"])
    seen = list(runs_of_a_day(world))
    assert sorted(it for run in seen for it in run if it) == batches
    assert max(map(len, seen)) < len(batches) / 4  # no run was a whole one


def test_a_run_with_time_enough_goes_through_all_parts() -> None:
    world = World()
    assert len(list(world.settle(parts=PARTS))) == 4


def test_out_of_time_a_run_stops_between_two_receipts_and_the_next_goes_on() -> None:
    world = World()
    list(world.settle(in_time=lasting(1)))  # for the batch, and none after its first receipt
    assert world.put_back() == [1]
    list(world.settle())
    assert world.put_back() == [1, 2]


def test_out_of_time_after_the_dead_letters_no_batch_is_looked_at() -> None:
    world = World()
    letter = DeadLetter(body=encode(result(3)).decode(), reason="why")
    found = world.settle(letter, letter, in_time=lambda: False)
    assert [finding.action for finding in found] == [Action.DEAD_LETTERED]


@given(turns=st.lists(st.booleans(), max_size=12))
def test_two_runs_at_once_settle_what_one_does(turns: list[bool]) -> None:
    alone, shared = World(), World()
    list(alone.settle())
    runs = (shared.settle(), shared.settle())
    for turn in turns:
        next(runs[turn], None)
    for run in runs:
        list(run)
    assert shared.states() == alone.states()
    assert set(shared.put_back()) == set(alone.put_back())
    assert list(shared.settle()) == []
