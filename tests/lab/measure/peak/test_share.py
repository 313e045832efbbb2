"""The share in theory: on a processor that is shared evenly, the app is slowed by no more than it.

The database is one processor, as queueing theory has it; the gate and its limit are the real ones.
"""

import datetime as dt
import random
from statistics import fmean
from typing import NamedTuple

import pytest

from lab.measure.peak.buffered_writes import FixedRate
from receipts.agent.config import ROWS_PER_TRANSACTION, SHARE
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker, InFlightLimit
from receipts.agent.schedule import Schedule

LOADS = (0.3, 0.6, 0.8)
"""Of the processor, by the app alone."""
CEILINGS = (500.0, 10_000.0)
NOISE = 0.03

CALL_S = 0.0015
"""Work of one call of the app, on average."""
TRANSACTION_S, ROW_S = 0.001, 0.00004
"""Work of one of ours, and of each row in it."""
CALLS = 20_000
NEVER = float("inf")
NOON = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)


class Felt(NamedTuple):
    load: float
    ceiling: float
    mean: float
    """The app's mean latency over its quiet one."""
    rows_per_s: float


def compare(make_law) -> list[Felt]:
    found = []
    for load in LOADS:
        quiet, _ = run(load, None)
        for ceiling in CEILINGS:
            latency, rows_per_s = run(load, gate(make_law(), ceiling))
            found.append(Felt(load, ceiling, latency / quiet, rows_per_s))
    return found


def gate(law: InFlightLimit, ceiling: float) -> Gate:
    settings = OperatorSettings(ceiling=ceiling, share=SHARE, paused=False, schedule=Schedule())
    return Gate(settings, ROWS_PER_TRANSACTION, Breaker(3, 1.0, 60.0), now=0.0, law=law)


class Work:
    def __init__(self, since: float, left: float, rows: int = 0) -> None:
        self.since, self.left, self.rows = since, left, rows


def run(load: float, gate: Gate | None) -> tuple[float, float]:
    """The app's mean latency in seconds, and the rows a second written beside it."""
    chance = random.Random(1)  # noqa: S311 - a load, not a secret
    now, arrives, offers = 0.0, 0.0, opens(gate, 0.0) if gate else NEVER
    working: list[Work] = []
    calls: list[float] = []
    rows = 0
    while len(calls) < CALLS:
        ends = now + min((work.left for work in working), default=NEVER) * len(working)
        at = min(arrives, offers, ends)
        for work in working:
            work.left -= (at - now) / len(working)
        now = at
        if at == ends:
            done = min(working, key=lambda work: work.left)
            working.remove(done)
            if done.rows and gate:
                rows += done.rows
                gate.answered(done.rows, now - done.since, now)
                offers = opens(gate, now)
            elif not done.rows:
                calls.append(now - done.since)
        elif at == arrives:
            working.append(Work(now, chance.expovariate(1 / CALL_S)))
            arrives = now + chance.expovariate(load / CALL_S)
        elif gate:
            count = gate.max_rows()
            gate.offer(count, now)
            working.append(Work(now, TRANSACTION_S + count * ROW_S, count))
            offers = NEVER
    return fmean(calls), rows / now


def opens(gate: Gate, now: float) -> float:
    closed = gate.closed(now, NOON)
    return now + (closed.wait_s if closed else 0.0) + 1e-9  # just after, never just before


@pytest.fixture(scope="module")
def share() -> list[Felt]:
    return compare(lambda: InFlightLimit(lowest=1.0))


@pytest.fixture(scope="module")
def fixed() -> list[Felt]:
    return compare(lambda: FixedRate(lowest=1.0))


def test_the_share_bounds_the_slowdown_whatever_the_load_and_the_ceiling(
    share: list[Felt],
) -> None:
    assert all(one.mean <= 1 + SHARE + NOISE for one in share)


def test_a_fixed_rate_under_a_ceiling_too_high_slows_the_app(fixed: list[Felt]) -> None:
    assert all(one.mean > 1.5 for one in fixed if one.ceiling == 10_000)


def test_where_the_ceiling_is_low_the_share_leaves_it_alone(share: list[Felt]) -> None:
    [calm] = [one for one in share if (one.load, one.ceiling) == (0.3, 500)]
    assert calm.rows_per_s > 0.9 * calm.ceiling


def test_the_more_the_app_works_the_less_is_written(share: list[Felt]) -> None:
    rates = [one.rows_per_s for one in share if one.ceiling == 10_000]
    assert rates == sorted(rates, reverse=True)
