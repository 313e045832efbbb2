"""The last stage, on fakes: nothing twice, nothing out of order, never faster than told."""

from collections.abc import Sequence

import msgspec
import pytest

from helpers.fakes_agent import (
    bodies,
)
from helpers.nearly import nearly
from helpers.writer_world import World
from receipts.agent.gate import Closed, ClosedReason, OperatorSettings
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Cycle
from receipts.ledger import State
from receipts.ports import Delivery


def test_a_receipt_is_committed_then_marked_stored_and_only_then_deleted() -> None:
    world = World(*bodies(1, 2, 3))
    world.run()
    assert world.log == ["commit 3", "ledger 3", "delete 3"]
    assert world.states() == dict.fromkeys((1, 2, 3), State.STORED)


def test_a_redelivered_receipt_is_written_once() -> None:
    world = World(*bodies(1, 2), *bodies(1, 2))
    cycles = world.run()
    assert sum(cycle.new for cycle in cycles) == 2
    assert sum(cycle.stored for cycle in cycles) == 4
    assert not world.queue.in_flight


def test_a_receipt_that_the_ledger_did_not_hear_of_is_not_deleted() -> None:
    world = World(*bodies(1))
    world.ledger.away = True
    world.open()
    with pytest.raises(ConnectionError):
        world.writer.cycle()
    assert world.queue.in_flight
    assert "delete 1" not in world.log

    world.ledger.away = False
    world.queue.expire()
    world.run()
    assert world.states() == {1: State.STORED}
    assert len(world.inbox.rows) == 1


def test_what_is_in_hand_for_too_long_is_given_back_and_not_offered() -> None:
    world = World(*bodies(1, 2, 3, 4), rows=4)
    world.inbox.refuses = lambda result: result.index == 1
    world.open()
    world.writer.cycle()  # refused: two halves in hand
    world.time.now += 61
    world.writer.cycle()
    assert "release 4" in world.log


def test_a_pause_gives_back_what_is_in_hand() -> None:
    world = World(*bodies(1, 2, 3, 4), rows=4)
    world.inbox.refuses = lambda result: result.index == 1
    world.open()
    world.writer.cycle()
    settings = OperatorSettings(ceiling=100, share=1.0, paused=True, schedule=Schedule())
    world.gate.apply(settings, world.time.now)
    assert world.writer.cycle().closed == Closed(ClosedReason.PAUSED, 5.0)
    assert len(world.queue.waiting) == 4


def test_the_pacer_is_charged_for_what_was_received_and_not_for_the_poll() -> None:
    world = World(*bodies(1, 2, 3), rows=2, rate=10)
    world.open()
    world.writer.cycle()
    assert world.writer.cycle().received == 1  # the next is in hand before it may be offered
    assert world.writer.cycle().closed == Closed(ClosedReason.PACE, nearly(0.2))


def test_a_round_trip_to_the_queue_takes_nothing_from_the_pace() -> None:
    world = World(*bodies(*range(1, 102)), rows=10, rate=100)
    receive = world.queue.receive

    def slowly(most: int, wait_s: float) -> Sequence[Delivery]:
        world.time.now += 0.05  # half of what a transaction of ten pays for
        return receive(most, wait_s)

    world.queue.receive = slowly  # type: ignore[method-assign]
    world.open()
    started = world.time()
    world.run()
    assert len(world.inbox.rows) == 101
    assert world.time() - started == pytest.approx(0.05 + 10 * 0.1 + 0.05)  # the last poll is empty


def test_a_database_that_has_just_taken_a_transaction_is_not_asked_before_the_next() -> None:
    world = World(*bodies(*range(1, 101)), rows=10, rate=100)
    world.open()
    asked = world.inbox.asked
    world.run()
    assert len(world.inbox.rows) == 100
    assert world.inbox.asked == asked + 1  # before the first
    world.time.now += 1.5
    world.writer.cycle()
    assert world.inbox.asked == asked + 2


def test_what_the_pace_lets_out_in_a_second_is_received_at_once_and_written_in_order() -> None:
    world = World(*bodies(*range(1, 100)), rows=10, rate=35)
    world.open()
    world.run()
    assert [most for most, _ in world.queue.asked[:3]] == [10, 35, 35]
    assert world.log[:9:3] == ["commit 10"] * 3
    assert [row.index for row in world.inbox.rows.values()] == list(range(1, 100))


def test_what_has_to_wait_for_long_is_left_on_the_queue_until_shortly_before() -> None:
    world = World(*bodies(*range(1, 9)), rows=2, rate=0.5)
    world.open()
    world.writer.cycle()
    assert world.writer.cycle().closed == Closed(ClosedReason.PACE, nearly(4.0))
    assert len(world.queue.asked) == 1
    world.time.now += 3.5
    assert world.writer.cycle().received == 2


def test_an_agent_that_has_not_written_yet_takes_nothing_in_hand_ahead() -> None:
    world = World(*bodies(1), rows=50, rate=100)
    assert world.writer.cycle().closed == Closed(ClosedReason.PACE, nearly(0.5))
    assert not world.queue.asked


def test_a_pause_gives_back_what_was_taken_in_hand_ahead() -> None:
    world = World(*bodies(1, 2, 3, 4), rows=2)
    world.open()
    world.writer.cycle()
    world.writer.cycle()
    world.gate.apply(
        OperatorSettings(ceiling=100, share=1.0, paused=True, schedule=Schedule()), world.time.now
    )
    assert world.writer.cycle().closed == Closed(ClosedReason.PAUSED, 5.0)
    assert world.log[-1] == "release 2"
    world.writer.cycle()
    assert len(world.queue.waiting) == 2


def test_an_empty_poll_costs_nothing() -> None:
    world = World()
    world.open()
    assert world.writer.cycle() == Cycle()
    assert world.writer.cycle() == Cycle()


def test_a_clean_stop_gives_back_what_was_not_offered() -> None:
    world = World(*bodies(1, 2, 3, 4), rows=4)
    world.inbox.refuses = lambda result: result.index == 1
    world.open()
    world.writer.cycle()  # refused: two halves in hand
    world.writer.release()
    assert len(world.queue.waiting) == 4
    world.writer.release()
    assert world.log == ["release 4"]


def test_a_receipt_without_contents_is_stored_all_the_same() -> None:
    [body] = bodies(1)
    world = World(body)
    world.run()
    stored = next(iter(world.inbox.rows.values()))
    assert msgspec.to_builtins(stored)["receipt"]["total"] is None
