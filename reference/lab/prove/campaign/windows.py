"""How far rows in any window of time go over what the ceiling allows. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct


class Rows(Struct, frozen=True, order=True):
    """Rows that arrived or were committed together; `at` in seconds since the epoch."""

    at: float
    rows: int


class Ceiling(Struct, frozen=True, order=True):
    """From `at` on (seconds since the epoch) this agent's ceiling, in rows a second."""

    at: float
    agent: str
    rows_per_s: float


class Excess(Struct, frozen=True, kw_only=True):
    """The worst window: `rows` over R * w, from `start` to `end` in seconds since the epoch."""

    rows: float
    start: float
    end: float


def worst_excess(
    events: Iterable[Rows], ceilings: Iterable[Ceiling], *, ending_after: float = float("-inf")
) -> Excess | None:
    """The window with the most rows over R * w, both its ends included; None without events.

    R is the highest ceiling that any agent had at each moment, R * w its integral. Only windows
    that end after `ending_after` count, wherever they start.
    """
    steps = _highest(sorted(ceilings))
    worst: Excess | None = None
    rows_before, best, start = 0, float("-inf"), 0.0
    for event in sorted(events):
        allowed = _allowed(steps, event.at)
        if allowed - rows_before > best:  # the best start of a window that ends here or later
            best, start = allowed - rows_before, event.at
        rows_before += event.rows
        over = rows_before - allowed + best
        if event.at > ending_after and (worst is None or over > worst.rows):
            worst = Excess(rows=over, start=start, end=event.at)
    return worst


def _highest(ceilings: Sequence[Ceiling]) -> Sequence[tuple[float, float]]:
    """From when on which ceiling is the highest of all agents."""
    of_agent: dict[str, float] = {}
    steps = []
    for one in ceilings:
        of_agent[one.agent] = one.rows_per_s
        steps.append((one.at, max(of_agent.values())))
    return steps


def _allowed(steps: Sequence[tuple[float, float]], until: float) -> float:
    """Rows that the ceiling allows from the first step up to this moment."""
    ends = [*steps, (float("inf"), 0.0)]
    return sum(
        rate * max(0.0, min(end, until) - start) for (start, rate), (end, _) in pairwise(ends)
    )
