"""The exercise's claim about cost: one function for a minute against many for parts of it."""

from decimal import Decimal

from lab.plan import facts
from lab.plan.chunking_model import WORK_S
from lab.plan.cost import chunked_usd, lambda_usd


def chunking(
    pieces: int,
    *,
    requests: bool = False,
    memory: int = facts.VCPU_MEMORY.value,
    init: float = 0.0,
    queue_calls: float = 0.0,
) -> str:
    """Cost of 60 s of work in `pieces` functions, relative to one function; x86, us-east-1.

    `memory` in MB. `init` is the cold start in seconds, paid by each piece and by the one function.
    `queue_calls` is SQS calls a piece; the one function needs none. Only duration is priced unless
    `requests` is set.
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
    return f"{ratio:.3g}" if ratio >= 2 else f"{ratio:.3f}"  # noqa: PLR2004  significant digits


def _duration(pieces: int, memory: int, init: float) -> Decimal:
    return lambda_usd(0, WORK_S + pieces * Decimal(str(init)), memory)
