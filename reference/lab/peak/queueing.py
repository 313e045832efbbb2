"""A database as queueing theory has it: one processor, shared evenly among what it works on.

On it the laws are compared before they are let near a real server. What comes of it is theory,
and says so; `receipts-lab laws` makes the same comparison on PostgreSQL.
"""

import datetime as dt
import random
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from lab.peak.laws import LAWS
from receipts.agent_config import ROWS_PER_TRANSACTION, SHARE
from receipts.breaker import Breaker
from receipts.gate import Follows, Gate, Orders
from receipts.schedule import Schedule

CALL_S = 0.0015
"""Work of one call of the app, on average."""

TRANSACTION_S, ROW_S = 0.001, 0.00004
"""Work of one of ours, and of each row in it."""

CALLS = 20_000
_NEVER = float("inf")
_NOON = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)


class Felt(Struct, frozen=True, kw_only=True):
    """What the app felt, over its quiet self, and what we wrote."""

    law: str
    load: float
    ceiling: float
    mean: float
    p95: float
    p99: float
    rows_per_s: float


def compare(loads: Sequence[float], ceilings: Sequence[float], seed: int = 1) -> list[Felt]:
    """Every law at every load of the app (share of the processor) and ceiling (rows a second)."""
    found = []
    for load in loads:
        quiet, _ = _run(load, None, seed)
        for ceiling in ceilings:
            for name, make in LAWS.items():
                calls, rows = _run(load, _gate(make(ceiling), ceiling), seed)
                found.append(
                    Felt(
                        law=name,
                        load=load,
                        ceiling=ceiling,
                        mean=float(np.mean(calls) / np.mean(quiet)),
                        p95=float(np.percentile(calls, 95) / np.percentile(quiet, 95)),
                        p99=float(np.percentile(calls, 99) / np.percentile(quiet, 99)),
                        rows_per_s=rows,
                    )
                )
    return found


def _gate(law: Follows, ceiling: float) -> Gate:
    orders = Orders(ceiling=ceiling, share=SHARE, paused=False, schedule=Schedule())
    return Gate(orders, ROWS_PER_TRANSACTION, Breaker(3, 1.0, 60.0), now=0.0, limit=law)


class _Work:
    def __init__(self, since: float, left: float, rows: int = 0) -> None:
        self.since = since
        self.left = left
        self.rows = rows


def _run(load: float, gate: Gate | None, seed: int) -> tuple[list[float], float]:
    """The calls' times in seconds, and rows a second."""
    chance = random.Random(seed)  # noqa: S311  a model, not a secret
    now, arrives, offers = 0.0, 0.0, _opens(gate, 0.0) if gate else _NEVER
    working: list[_Work] = []
    calls: list[float] = []
    rows = arrived = 0
    while len(calls) < CALLS:
        least = min((work.left for work in working), default=_NEVER)
        ends = now + least * len(working)
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
                offers = _opens(gate, now)
            elif not done.rows:
                calls.append(now - done.since)
        elif at == arrives:
            arrived += 1
            working.append(_Work(now, chance.expovariate(1 / CALL_S)))
            arrives = now + chance.expovariate(load / CALL_S)
        elif gate:
            count = gate.most()
            gate.offer(count, now)
            working.append(_Work(now, TRANSACTION_S + count * ROW_S, count))
            offers = _NEVER
    return calls, rows / now


def _opens(gate: Gate, now: float) -> float:
    closed = gate.closed(now, _NOON)
    return now + (closed.wait_s if closed else 0.0) + 1e-9  # just after, never just before
