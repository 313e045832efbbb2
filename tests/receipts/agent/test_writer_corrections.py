"""The agent takes corrections at the same pace, and leaves the ledger alone."""

from helpers.fakes_agent import bodies, correction
from helpers.writer_world import World
from receipts.agent.gate import Closed, ClosedReason
from receipts.ledger import State
from receipts.messages import CorrectionMessage, encode


def sent(*corrections: CorrectionMessage) -> list[str]:
    return [encode(one).decode() for one in corrections]


def test_corrections_are_rows_that_the_pace_counts() -> None:
    world = World(*bodies(*range(1, 11)), *sent(*map(correction, range(1, 11))), rows=5, rate=1)
    world.open()
    cycles = world.run()
    assert len(world.inbox.rows) == len(world.inbox.corrections) == 10
    assert max(cycle.offered for cycle in cycles) <= 5
    assert world.time.now >= 20  # twenty rows, one a second
    assert set(world.states().values()) == {State.STORED}
    assert len(world.states()) == 10


def test_a_correction_that_the_database_refuses_is_set_aside_and_its_receipt_is_not_dead() -> None:
    world = World(*bodies(1), *sent(correction(1), correction(2)), rows=20)
    world.open()
    world.inbox.refuses = lambda row: isinstance(row, CorrectionMessage) and row.index == 2
    world.run()
    assert list(world.inbox.corrections) == [correction(1).correction_id]
    [(body, reason)] = world.dead.sent
    assert body == sent(correction(2))[0]
    assert reason == "row 2 is bad"
    assert world.states() == {1: State.STORED}


def test_a_correction_whose_value_is_none_of_its_field_is_set_aside() -> None:
    forged = sent(correction(1))[0].replace('"merchant":"Corner Shop"', '"total":"twelve"')
    world = World(forged, rows=20)
    world.open()
    world.run()
    [(body, reason)] = world.dead.sent
    assert body == forged
    assert "Decimal" in reason or "decimal" in reason
    assert world.states() == {}


def test_an_agent_of_before_corrections_stops_at_one_and_asks_to_be_upgraded() -> None:
    """What it knows of a message is its version: one over its own is not set aside."""
    later = sent(correction(1))[0].replace('"version":2', '"version":3')
    world = World(*bodies(1), later, rows=20)
    world.open()
    assert "upgrade" in str(world.writer.cycle().failure)
    assert world.writer.cycle().closed == Closed(ClosedReason.OUTDATED, 5.0)
    assert world.dead.sent == []
