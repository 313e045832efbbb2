"""The chunking law by the model: what a cut of the same work costs, and when it is done.

"One function for 1 minute costs the same as 60 for 1 second or 600 for 100 ms." The money is
`cost.chunked_usd` and its parts, the time `fanout.waves_seconds`.
"""

import math
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from lab.plan import facts
from lab.plan.cost import Architecture, lambda_usd
from lab.plan.fanout import PollerMode, ramp, waves_seconds

WORK_S = 60
"""The claim's minute."""

CLAIMED = (1, 10, 60, 300, 600)
"""Pieces: the claim's three cuts, and one between each."""

MAX_SLOWDOWN = 0.1
"""A cut is fast enough when it is done at most a tenth later than the fastest; a judgement."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """The same work in so many pieces, each a message; up to `batch` of them an invocation."""

    pieces: int
    batch: int
    invocations: int
    environments: int
    """How many run at once at most."""
    cold_starts: int
    """One an environment, where they start cold; every other invocation finds one warm."""
    billed_seconds: float
    queue_calls: int
    """Sends in tens; a receive and a delete an invocation."""
    done_after_s: float
    usd: Decimal


def cut(
    pieces: int,
    *,
    mode: PollerMode = "standard",
    init_seconds: Decimal = Decimal(0),
    batch: int = 1,
    memory_mb: int = facts.VCPU_MEMORY.value,
    architecture: Architecture = "x86_64",
    work_seconds: int = WORK_S,
) -> Cut:
    """Cost and time of a cut, us-east-1. `init_seconds` is a cold start's; 0 when all are warm."""
    invocations = math.ceil(pieces / batch)
    curve = ramp(mode)
    # Every reader begins with its start, so the whole curve is later by one.
    running = waves_seconds(invocations, work_seconds / invocations, curve)
    done_after_s = float(init_seconds) + running
    environments = min(invocations, curve.at(done_after_s))
    billed = work_seconds + environments * init_seconds
    calls = math.ceil(pieces / facts.QUEUE_BATCH.value) + 2 * invocations
    usd = lambda_usd(invocations, billed, memory_mb, architecture)
    return Cut(
        pieces=pieces,
        batch=batch,
        invocations=invocations,
        environments=environments,
        cold_starts=environments if init_seconds else 0,
        billed_seconds=float(billed),
        queue_calls=calls,
        done_after_s=done_after_s,
        usd=usd + calls * facts.QUEUE_CALL.value,
    )


def best(cuts: Iterable[Cut], max_slowdown: float = MAX_SLOWDOWN) -> Cut:
    """The cheapest of those that are done at most `max_slowdown` later than the fastest."""
    known = list(cuts)
    fastest = min(one.done_after_s for one in known)
    soon = [one for one in known if one.done_after_s <= fastest * (1 + max_slowdown)]
    return min(soon, key=lambda one: (one.usd, one.pieces))
