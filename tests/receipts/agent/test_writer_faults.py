"""The last stage where something is away, refuses or lies: nothing lost, nothing blamed wrongly."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from helpers.deployed import RESOURCES
from helpers.fakes_agent import (
    BATCH,
    bodies,
    result,
)
from helpers.nearly import nearly
from helpers.writer_world import World
from receipts.agent.gate import Closed, ClosedReason
from receipts.agent.writer import MAX_AHEAD, MAX_RECEIVES, RECEIVING_PROBE
from receipts.errors import BadRowError, InboxMisconfiguredError
from receipts.ledger import State
from receipts.messages import ResultMessage, Row, decode


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
    world.inbox.took_rows = True
    world.open()
    world.inbox.ensure_writer = lambda: False  # type: ignore[method-assign]
    world.inbox.away = True
    world.run(cycles=200)
    asked = [most for most, _ in world.queue.asked]
    assert asked == [10, 10, 10]  # the breaker's threshold; then control rows probe
    assert world.inbox.controls > 20


def test_after_an_outage_a_control_row_goes_first() -> None:
    world = World(*bodies(*range(1, 31)), rows=10)
    world.inbox.took_rows = True
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
    world.inbox.took_rows = True
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

    def refuses(messages: Sequence[Row]) -> int:
        if any(one.index == 50 for one in messages):
            raise BadRowError("RaiseException [P0001]")  # a trigger of the client's
        return write(messages)

    world.inbox.write = refuses  # type: ignore[method-assign]
    cycles = world.run()
    assert len(world.inbox.rows) == 199
    assert [reason for _, reason in world.dead.sent] == ["RaiseException [P0001]"]
    assert sum(cycle.offered > 0 for cycle in cycles) <= 21  # ten, ten to find it, one to be sure
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
    newer = '{"version": 3, "batch_id": "b", "index": 4, "receipt_id": "b-00004"}'
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


def test_a_take_over_counts_from_when_the_lock_was_taken_however_long_that_took() -> None:
    world = World(*bodies(1), rows=50, rate=10)
    ensure_writer = world.inbox.ensure_writer

    def slow() -> bool:
        world.time.now += 4
        return ensure_writer()

    world.inbox.ensure_writer = slow  # type: ignore[method-assign]
    assert world.writer.cycle().closed is not None  # a new pacer's own wait
    world.time.now += 1_000
    assert world.writer.cycle().closed == Closed(ClosedReason.TOOK_OVER, 0.0)
    assert world.gate.closed(world.time.now, world.time.clock()) == Closed(
        ClosedReason.PACE, nearly(5.0)
    )


def test_what_the_database_did_not_take_is_given_back_at_once() -> None:
    world = World(*bodies(1, 2))
    world.open()
    world.inbox.ensure_writer = lambda: False  # type: ignore[method-assign]
    world.inbox.away = True
    cycle = world.writer.cycle()
    assert cycle.failure == "away"
    assert len(world.queue.waiting) == 2
    assert not world.queue.in_flight


def test_a_database_that_goes_away_right_after_a_transaction_burns_one_receive_at_most() -> None:
    world = World(*bodies(*range(1, 101)), rows=10, rate=100)
    world.open()
    world.writer.cycle()
    world.inbox.away = True
    world.run(cycles=200)
    assert [most for most, _ in world.queue.asked] == [10, 10 * MAX_AHEAD]
    assert len(world.queue.waiting) == 90
    assert max(message.receives for message in world.queue.waiting) == 1


def test_the_agent_gives_a_reason_before_the_queue_gives_up_without_one() -> None:
    redrive = RESOURCES["WriteQueue"]["Properties"]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= MAX_RECEIVES


@given(st.integers(1, 60), st.data())
def test_only_what_has_the_key_of_another_image_s_row_is_set_aside(
    count: int, data: st.DataObject
) -> None:
    taken = data.draw(st.sets(st.integers(1, count)))
    repeated = data.draw(st.sets(st.integers(1, count))) - taken
    world = World(*bodies(*range(1, count + 1)), rows=data.draw(st.integers(1, 50)))
    others = [result(index, image_sha256="1" * 64) for index in taken]
    world.inbox.rows = {r.receipt_id: r for r in [*others, *map(result, repeated)]}
    world.run(cycles=5_000)
    assert {index for index, state in world.states().items() if state == "dead-lettered"} == taken
    assert {index for index, state in world.states().items() if state == "stored"} == set(
        range(1, count + 1)
    ) - taken
    assert len(world.inbox.rows) == count
    assert not world.queue.in_flight


def test_an_agent_that_starts_while_the_disk_is_full_burns_no_receives_either() -> None:
    world = World(*bodies(*range(1, 6)), rows=20)
    world.open()
    world.inbox.full = True  # it has not taken a row yet from which a control row could be made
    world.run(cycles=2_000)
    assert len(world.queue.asked) <= 3 + 1_000 // RECEIVING_PROBE
    world.inbox.full = False
    world.run()
    assert len(world.inbox.rows) == 5
    assert world.dead.sent == []


def test_an_agent_whose_very_first_receipt_is_to_blame_goes_on_with_the_others() -> None:
    world = World(*bodies(1, 2, 3), rows=1)
    world.open()
    world.inbox.refuses = lambda result: result.index == 1
    check = world.inbox.check_control_row

    def like_the_suspect(suspect: Row | None = None) -> bool:
        if suspect and suspect.index == 1 and not world.inbox.rows:
            raise InboxMisconfiguredError("a row like it is refused, too")
        return check(suspect)

    world.inbox.check_control_row = like_the_suspect  # type: ignore[method-assign]
    world.run(cycles=300)
    assert len(world.inbox.rows) == 2
    assert [decode(body, ResultMessage).index for body, _ in world.dead.sent] == [1]


def test_a_table_that_is_mended_just_before_the_control_row_costs_no_receipt() -> None:
    world = World(*bodies(1), rows=20)
    world.open()
    world.inbox.changed = True
    check = world.inbox.check_control_row

    def mended(suspect: Row | None = None) -> bool:
        world.inbox.changed = False
        return check(suspect)

    world.inbox.check_control_row = mended  # type: ignore[method-assign]
    world.run()
    assert len(world.inbox.rows) == 1
    assert world.dead.sent == []
