"""The last stage, on fakes: nothing lost, nothing twice, never faster than told."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from helpers.deployed import RESOURCES
from helpers.fakes_agent import (
    BATCH,
    FakeDeadLetters,
    FakeInbox,
    FakeReceiptLedger,
    FakeTime,
    FakeWriteQueue,
    bodies,
)
from helpers.nearly import nearly
from receipts.agent.gate import Closed, ClosedReason, Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import MAX_AHEAD, MAX_RECEIVES, MAX_UNMARKED, Cycle, Writer
from receipts.errors import BadRowError, NotDeletedError
from receipts.ledger import State
from receipts.messages import ResultMessage, decode
from receipts.ports import Delivery


class World:
    """A writer and its outside; `run` goes on until the queue is empty and the hand too."""

    def __init__(
        self,
        *waiting: str,
        rows: int = 50,
        rate: float = 100.0,
        background: Executor | None = None,
    ) -> None:
        self.time = FakeTime()
        self.queue = FakeWriteQueue(*waiting)
        self.log = self.queue.log
        self.dead = FakeDeadLetters()
        self.ledger = FakeReceiptLedger(self.log)
        self.inbox = FakeInbox(self.log)
        settings = OperatorSettings(ceiling=rate, share=1.0, paused=False, schedule=Schedule())
        breaker = Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0)
        self.gate = Gate(settings, rows, breaker, now=0.0)
        self.writer = Writer(
            queue=self.queue,
            dead_letters=self.dead,
            inbox=self.inbox,
            ledger=self.ledger,
            gate=self.gate,
            poll_s=5,
            clock=self.time.clock,
            now=self.time,
            background=background,
        )

    def run(self, cycles: int = 500) -> list[Cycle]:
        seen = []
        for _ in range(cycles):
            cycle = self.writer.cycle()
            seen.append(cycle)
            self.time.now += cycle.closed.wait_s if cycle.closed else 0.0
            if cycle == Cycle():
                break
        return seen

    def open(self) -> None:
        """Take over, and wait for the first pace."""
        self.time.now += 10
        self.writer.cycle()
        self.time.now += 10

    def states(self) -> dict[int, State]:
        return {index: entry.state for (_, index), entry in self.ledger.entries.items()}


class Later(Executor):
    """Does nothing until `run_next` or somebody waits: then everything, in order of submission."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = FutureLater(self)

        def run() -> None:
            try:
                future.set_result(call(*args, **kwargs))
            except ConnectionError as error:
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


@given(st.integers(1, 60), st.data())
def test_only_the_guilty_are_set_aside(count: int, data: st.DataObject) -> None:
    guilty = data.draw(st.sets(st.integers(1, count)))
    world = World(*bodies(*range(1, count + 1)), rows=data.draw(st.integers(1, 50)))
    world.inbox.refuses = lambda result: result.index in guilty
    world.run(cycles=5_000)
    assert {row.index for row in world.inbox.rows.values()} == set(range(1, count + 1)) - guilty
    assert {index for index, state in world.states().items() if state == "dead-lettered"} == guilty
    assert len(world.dead.sent) == len(guilty)
    assert not world.queue.in_flight
    assert not world.queue.waiting


def test_a_refused_row_is_dead_lettered_with_the_database_s_reason() -> None:
    world = World(*bodies(7))
    world.inbox.refuses = lambda _: True
    world.run()
    assert world.dead.sent == [(bodies(7)[0], "row 7 is bad")]
    assert world.ledger.entries[BATCH, 7].reason == "row 7 is bad"


@pytest.mark.parametrize(
    ("body", "in_ledger"),
    [
        ("not ours", False),
        ('{"batch_id": 3}', False),
    ],
)
def test_a_message_that_is_not_understood_goes_to_the_dlq_with_a_reason(
    body: str, *, in_ledger: bool
) -> None:
    world = World(body, *bodies(1))
    world.run()
    [(sent, reason)] = world.dead.sent
    assert sent == body
    assert reason.startswith("not a ResultMessage")
    assert (("b", 4) in world.ledger.entries) == in_ledger
    assert world.states()[1] == State.STORED


def test_while_the_database_is_away_nothing_is_received() -> None:
    world = World(*bodies(*range(1, 500)), rows=10)
    world.inbox.away = True
    world.run(cycles=200)
    assert not world.queue.asked
    assert world.inbox.asked > 10


def test_a_database_that_is_there_and_takes_nothing_burns_few_receives() -> None:
    world = World(*bodies(*range(1, 500)), rows=10)
    world.open()
    world.inbox.ensure_writer = lambda: False  # type: ignore[method-assign]
    world.inbox.away = True
    world.run(cycles=200)
    asked = [most for most, _ in world.queue.asked]
    assert asked == [10, 10, 10]  # the breaker's threshold; then control rows probe
    assert world.inbox.controls > 20


def test_after_an_outage_a_control_row_goes_first() -> None:
    world = World(*bodies(*range(1, 31)), rows=10)
    world.inbox.away = True
    world.run(cycles=20)
    world.inbox.away = False
    world.run()
    assert [most for most, _ in world.queue.asked[:2]] == [10, 10 * MAX_AHEAD]
    assert world.inbox.controls == 1
    assert len(world.inbox.rows) == 30


def test_without_a_control_row_one_receipt_goes_first_after_an_outage() -> None:
    world = World(*bodies(*range(1, 31)), rows=10)
    world.inbox.check_control_row = lambda suspect=None: suspect is not None  # type: ignore[method-assign]
    world.inbox.away = True
    world.run(cycles=20)
    world.inbox.away = False
    world.run()
    assert [most for most, _ in world.queue.asked[:2]] == [1, 10 * MAX_AHEAD]
    assert len(world.inbox.rows) == 30


def test_a_database_that_refuses_every_row_sets_none_aside_and_takes_all_when_it_is_mended() -> (
    None
):
    world = World(*bodies(*range(1, 201)), rows=20)
    world.open()
    world.inbox.changed = True  # a constraint that none of them meets
    cycles = world.run(cycles=300)
    assert world.dead.sent == []
    assert len(world.queue.asked) == 3
    assert "control row" in str(cycles[-1].failure or cycles[-2].failure)
    world.inbox.changed = False
    world.run()
    assert len(world.inbox.rows) == 200
    assert world.dead.sent == []


def test_a_row_that_a_trigger_refuses_is_set_aside_alone_within_a_few_transactions() -> None:
    world = World(*bodies(*range(1, 201)), rows=20, rate=10_000)
    world.open()
    write = world.inbox.write

    def refuses(results: Sequence[ResultMessage]) -> int:
        if any(one.index == 50 for one in results):
            raise BadRowError("RaiseException [P0001]")  # a trigger of the client's
        return write(results)

    world.inbox.write = refuses  # type: ignore[method-assign]
    cycles = world.run()
    assert len(world.inbox.rows) == 199
    assert [reason for _, reason in world.dead.sent] == ["RaiseException [P0001]"]
    assert sum(cycle.offered > 0 for cycle in cycles) <= 20  # ten, and ten to find it
    assert not any(cycle.failure for cycle in cycles)


def test_while_the_ledger_is_away_nothing_more_is_received_and_the_rows_are_written_once() -> None:
    world = World(*bodies(*range(1, 41)), rows=20)
    world.open()
    world.ledger.away = True
    for _ in range(100):
        with pytest.raises(ConnectionError):
            world.writer.cycle()
        world.time.now += 60
    assert len(world.inbox.rows) == 20
    assert len(world.queue.asked) == 1
    assert world.log.count("commit 20") == 1
    world.ledger.away = False
    world.run()
    assert len(world.inbox.rows) == 40
    assert set(world.states().values()) == {State.STORED}
    assert not world.queue.in_flight


def test_a_message_of_a_version_to_come_stops_the_agent_and_is_not_set_aside() -> None:
    newer = '{"version": 2, "batch_id": "b", "index": 4, "receipt_id": "b-00004"}'
    world = World(*bodies(1), newer, rows=20)
    world.open()
    assert "upgrade" in str(world.writer.cycle().failure)
    assert world.writer.cycle().closed == Closed(ClosedReason.OUTDATED, 5.0)
    assert world.dead.sent == []
    assert len(world.queue.waiting) == 2
    assert len(world.queue.asked) == 1


def test_what_was_received_too_often_is_set_aside_with_a_reason_before_the_redrive_policy() -> None:
    world = World(*bodies(1, 2), rows=20)
    world.queue.waiting[0] = replace(world.queue.waiting[0], receives=MAX_RECEIVES - 1)
    world.open()
    world.inbox.changed = True
    world.writer.cycle()
    [(body, reason)] = world.dead.sent
    assert decode(body, ResultMessage).index == 1
    assert reason.startswith(f"received {MAX_RECEIVES} times and never stored")
    assert len(world.queue.waiting) == 1


def test_an_idle_writer_is_heard_of_before_the_server_ends_its_session() -> None:
    world = World(rows=20, rate=0.1)  # a transaction each 200 s
    world.open()
    asked = world.inbox.asked
    world.gate.took_over(world.time.now)
    for _ in range(30):
        cycle = world.writer.cycle()
        world.time.now += cycle.closed.wait_s if cycle.closed and cycle.closed.wait_s < 5 else 5
    assert world.inbox.asked - asked >= 9


def test_while_another_agent_writes_this_one_receives_nothing_and_then_takes_over() -> None:
    world = World(*bodies(1, 2))
    world.inbox.other_agent = True
    cycles = world.run(cycles=20)
    assert cycles[-1].closed == Closed(ClosedReason.STANDING_BY, 5.0)
    assert not world.queue.asked
    world.inbox.other_agent = False
    world.run()
    assert len(world.inbox.rows) == 2


def test_an_agent_that_takes_over_waits_as_if_a_transaction_had_just_been_offered() -> None:
    world = World(*bodies(1), rows=50, rate=10)
    world.time.now = 1_000
    assert world.writer.cycle().closed == Closed(ClosedReason.TOOK_OVER, 0.0)
    assert world.writer.cycle().closed == Closed(ClosedReason.PACE, nearly(5.0))


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


def test_what_the_database_did_not_take_is_given_back_at_once() -> None:
    world = World(*bodies(1, 2))
    world.open()
    world.inbox.ensure_writer = lambda: False  # type: ignore[method-assign]
    world.inbox.away = True
    cycle = world.writer.cycle()
    assert cycle.failure == "away"
    assert len(world.queue.waiting) == 2
    assert not world.queue.in_flight


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


def test_a_database_that_goes_away_right_after_a_transaction_burns_one_receive_at_most() -> None:
    world = World(*bodies(*range(1, 101)), rows=10, rate=100)
    world.open()
    world.writer.cycle()
    world.inbox.away = True
    world.run(cycles=200)
    assert [most for most, _ in world.queue.asked] == [10, 10 * MAX_AHEAD]
    assert len(world.queue.waiting) == 90
    assert max(message.receives for message in world.queue.waiting) == 1


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


def test_the_agent_gives_a_reason_before_the_queue_gives_up_without_one() -> None:
    redrive = RESOURCES["WriteQueue"]["Properties"]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= MAX_RECEIVES
