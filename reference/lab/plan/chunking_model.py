"""A model of chunking: what the same work costs and how long it takes, by the number of pieces.

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
"""The claim's minute of work."""

CLAIMED = (1, 10, 60, 300, 600)
"""Numbers of pieces: the claim's three, and one between each."""

MAX_SLOWDOWN = 0.1
"""Fast enough: done at most this share later than the fastest cut. A judgement."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """The work in `pieces`, each a message; an invocation gets up to `batch` of them."""

    pieces: int
    batch: int
    invocations: int
    environments: int
    """The most that run at once."""
    cold_starts: int
    """One for each environment if those start cold; all other invocations are warm."""
    billed_seconds: float
    queue_calls: int
    """Sends in batches of ten, and a receive and a delete for each invocation."""
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
    """Cost and time of a cut, us-east-1; `init_seconds` is the cold start, 0 if all are warm."""
    invocations = math.ceil(pieces / batch)
    curve = ramp(mode)
    # Every environment begins with its cold start, which delays the whole curve.
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
    """The cheapest cut that is done at most the share `max_slowdown` later than the fastest."""
    known = list(cuts)
    fastest = min(one.done_after_s for one in known)
    soon = [one for one in known if one.done_after_s <= fastest * (1 + max_slowdown)]
    return min(soon, key=lambda one: (one.usd, one.pieces))
