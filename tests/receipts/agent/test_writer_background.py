"""While one transaction is marked and deleted the next ones are written: a few, and in order."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any
from unittest.mock import patch

import pytest

from helpers.fakes_agent import bodies
from helpers.writer_world import World
from receipts.agent.writer import MAX_UNMARKED
from receipts.errors import NotDeletedError
from receipts.ledger import State


class Later(Executor):
    """Does nothing until `run_next` or somebody waits: then everything, in order of submission."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = FutureLater(self)

        def run() -> None:
            try:
                future.set_result(call(*args, **kwargs))
            except (ConnectionError, NotDeletedError) as error:
                future.set_exception(error)

        self.waiting.append(run)
        return future

    def run_next(self) -> None:
        self.waiting.pop(0)()


class FutureLater(Future[Any]):
    def __init__(self, executor: Later) -> None:
        super().__init__()
        self.executor = executor

    def exception(self, timeout: float | None = None) -> BaseException | None:
        while not self.done():
            self.executor.run_next()
        return super().exception(timeout)


def write(world: World, transactions: int) -> None:
    """Cycle until so many are committed."""
    committed = 0
    while committed < transactions:
        cycle = world.writer.cycle()
        committed += cycle.stored > 0
        world.time.now += cycle.closed.wait_s if cycle.closed else 0.0


def test_the_next_transaction_is_written_while_the_last_one_is_marked_and_deleted() -> None:
    background = Later()
    world = World(*bodies(*range(1, 41)), rows=20, background=background)
    world.open()
    write(world, 2)
    assert world.log == ["commit 20", "commit 20"]
    background.run_next()
    assert world.log[2:] == ["ledger 20", "delete 20"]
    assert len(world.queue.in_flight) == 20


def test_a_few_transactions_wait_to_be_marked_and_the_next_one_waits_for_them() -> None:
    background = Later()
    world = World(*bodies(*range(1, 100)), rows=10, background=background)
    world.open()
    write(world, MAX_UNMARKED)
    assert len(background.waiting) == MAX_UNMARKED
    assert world.log == ["commit 10"] * MAX_UNMARKED
    write(world, 1)
    assert world.log[MAX_UNMARKED:] == ["ledger 10", "delete 10", "commit 10"]


def test_with_the_ledger_away_a_few_transactions_follow_and_no_more_until_all_are_marked() -> None:
    background = Later()
    world = World(*bodies(*range(1, 100)), rows=10, background=background)
    world.open()
    world.ledger.away = True
    write(world, MAX_UNMARKED)
    for _ in range(100):
        with pytest.raises(ConnectionError):
            world.writer.cycle()
        world.time.now += 60
    assert len(world.inbox.rows) == 10 * MAX_UNMARKED
    assert len(world.queue.asked) <= MAX_UNMARKED + 1
    world.ledger.away = False
    world.run()
    assert len(world.inbox.rows) == 99
    assert world.log.count("commit 10") == 9
    world.writer.stop()
    assert set(world.states().values()) == {State.STORED}
    assert not world.queue.in_flight


def test_what_went_wrong_in_the_background_is_heard_of_in_the_next_cycle() -> None:
    background = Later()
    world = World(*bodies(1), background=background)
    world.open()
    world.writer.cycle()
    world.ledger.away = True
    background.run_next()
    with pytest.raises(ConnectionError):
        world.writer.cycle()


def test_a_message_that_could_not_be_deleted_is_heard_of_once_and_left_to_come_again() -> None:
    world = World(*bodies(1, 2), rows=2)
    world.open()
    with patch.object(world.queue, "delete", side_effect=NotDeletedError):  # its handle is too old
        with pytest.raises(NotDeletedError):
            world.writer.cycle()
        assert world.writer.cycle().received == 0
    world.queue.expire()
    world.run()
    assert len(world.inbox.rows) == 2
    assert not world.queue.in_flight


def test_a_clean_stop_marks_and_deletes_what_is_committed_and_gives_back_the_rest() -> None:
    world = World(*bodies(1, 2, 3, 4), rows=2, background=Later())
    world.open()
    world.writer.cycle()
    world.writer.cycle()  # the next two are in hand
    world.writer.stop()
    assert world.log == ["commit 2", "release 2", "ledger 2", "delete 2"]


def test_a_stop_with_the_queue_away_marks_what_is_committed_all_the_same() -> None:
    world = World(*bodies(1, 2, 3, 4), rows=2, background=Later())
    world.open()
    world.writer.cycle()
    world.writer.cycle()
    with (
        patch.object(world.queue, "release", side_effect=ConnectionError),
        pytest.raises(ConnectionError),
    ):
        world.writer.stop()
    assert world.states() == dict.fromkeys((1, 2), State.STORED)


def test_what_is_in_hand_is_given_back_when_a_transaction_can_not_be_settled() -> None:
    """Else it waits until AWS is back, and its visibility may end meanwhile: so again and again."""
    background = Later()
    world = World(*bodies(1, 2, 3, 4), rows=2, background=background)
    world.open()
    world.writer.cycle()
    world.writer.cycle()  # the next two are in hand
    with patch.object(world.queue, "delete", side_effect=NotDeletedError):
        background.run_next()
        with pytest.raises(NotDeletedError):
            world.writer.cycle()
    assert len(world.queue.waiting) == 2
    assert "release 2" in world.log
