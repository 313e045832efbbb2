"""The exercise's claim on prices, computed: one function for a minute, or many for a part of it."""

from decimal import Decimal

from lab.planning.facts import GB_SECOND_X86, INVOCATION, VCPU_MEMORY

WHOLE_S = Decimal(60)


def chunking(
    pieces: int, *, requests: bool = False, memory: int = VCPU_MEMORY.value, init: float = 0.0
) -> str:
    """Cost of `pieces` functions that share 60 s of work, relative to one; x86, us-east-1.

    `memory` in MB. `init` is the start of a new environment in seconds: each piece pays it, and so
    does the one. Without `requests` only the duration counts.
    """
    ratio = _cost(pieces, memory, init, requests) / _cost(1, memory, init, requests)
    return f"{ratio:.3g}" if ratio >= 2 else f"{ratio:.3f}"  # noqa: PLR2004  digits that matter


def _cost(pieces: int, memory: int, init: float, requests: bool) -> Decimal:  # noqa: FBT001  ours alone
    seconds = WHOLE_S + pieces * Decimal(str(init))
    duration = seconds * Decimal(memory) / 1024 * GB_SECOND_X86.value
    return duration + (pieces * INVOCATION.value if requests else 0)
