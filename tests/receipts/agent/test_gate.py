"""The gate: what closes it, what opens it, and at which pace."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.nearly import nearly
from receipts.agent.gate import Closed, ClosedReason, Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule

NOON = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
ALWAYS = Schedule()


def settings(
    ceiling: float = 100, share: float = 1.0, schedule: Schedule = ALWAYS, *, paused: bool = False
) -> OperatorSettings:
    return OperatorSettings(ceiling=ceiling, share=share, paused=paused, schedule=schedule)


def gate(chosen: OperatorSettings) -> Gate:
    return Gate(chosen, burst=50, breaker=Breaker(3, 1.0, 60.0), now=0.0)


def test_it_opens_when_the_first_pace_is_over() -> None:
    one = gate(settings())
    assert one.closed(0.0, NOON) == Closed(ClosedReason.PACE, 0.5)
    assert one.closed(0.5, NOON) is None


def test_the_client_s_orders_come_first() -> None:
    night = Schedule(["22:00-06:00"])
    assert gate(settings(paused=True)).closed(9, NOON) == Closed(ClosedReason.PAUSED, 5.0)
    assert gate(settings(schedule=night)).closed(9, NOON) == Closed(ClosedReason.SCHEDULE, 5.0)


def test_new_orders_are_obeyed_while_it_runs() -> None:
    one = gate(settings(paused=True))
    one.apply(settings(ceiling=10), now=100)
    assert one.closed(100, NOON) is None
    assert one.rate == 10


@given(st.floats(1, 1_000), st.lists(st.floats(1e-4, 10), min_size=1), st.floats(0.01, 1))
def test_the_rate_never_exceeds_the_ceiling(
    ceiling: float, seconds: list[float], share: float
) -> None:
    one = gate(settings(ceiling, share))
    for second in seconds:
        one.answered(50, second, now=0)
        assert one.rate <= ceiling


def test_a_slow_database_slows_the_agent_down() -> None:
    one = gate(settings(ceiling=10_000, share=0.1))
    one.answered(50, 0.5, now=0)
    assert one.rate == pytest.approx(10)


def test_a_transaction_that_was_slow_is_paid_for_before_the_next() -> None:
    one = gate(settings(ceiling=10_000, share=0.1))
    one.offer(50, now=10)
    one.answered(50, 0.5, now=10.5)  # 10 rows a second: 5 s from when it was answered
    assert one.closed(10.5, NOON) == Closed(ClosedReason.PACE, nearly(5.0))


def test_transactions_shrink_with_the_rate() -> None:
    assert gate(settings(ceiling=1_000)).max_rows() == 50
    assert gate(settings(ceiling=2)).max_rows() == 10
    assert gate(settings(ceiling=0.01)).max_rows() == 1


def test_after_an_outage_one_row_goes_first() -> None:
    one = gate(settings())
    for _ in range(3):
        one.failed(now=10)
    assert one.closed(10, NOON) == Closed(ClosedReason.AWAY, 1.0)
    assert one.closed(11, NOON) is None
    assert one.max_rows() == 1
    one.answered(1, 0.001, now=11)
    assert one.max_rows() == 50
