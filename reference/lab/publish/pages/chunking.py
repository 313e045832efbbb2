"""The exercise's claim on prices, computed: one function for a minute, or many for a part of it."""

from decimal import Decimal

from lab.plan import facts
from lab.plan.cost import chunked_usd, lambda_usd
from lab.plan.cuts import WORK_S


def chunking(
    pieces: int,
    *,
    requests: bool = False,
    memory: int = facts.VCPU_MEMORY.value,
    init: float = 0.0,
    queue_calls: float = 0.0,
) -> str:
    """Cost of `pieces` functions that share 60 s of work, relative to one; x86, us-east-1.

    `memory` in MB. `init` is the start of a new environment in seconds: each piece pays it, and so
    does the one. `queue_calls` is SQS calls a piece; the one needs none. Without `requests` only
    the duration counts.
    """
    if not requests:
        ratio = _duration(pieces, memory, init) / _duration(1, memory, init)
    else:
        start = Decimal(str(init))
        cut = chunked_usd(
            pieces,
            work_seconds=WORK_S,
            memory_mb=memory,
            init_seconds=start,
            queue_calls=Decimal(str(queue_calls)),
        )
        ratio = cut / chunked_usd(1, work_seconds=WORK_S, memory_mb=memory, init_seconds=start)
    return f"{ratio:.3g}" if ratio >= 2 else f"{ratio:.3f}"  # noqa: PLR2004  digits that matter


def _duration(pieces: int, memory: int, init: float) -> Decimal:
    return lambda_usd(0, WORK_S + pieces * Decimal(str(init)), memory)
