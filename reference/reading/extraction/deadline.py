"""The deadline of one receipt, which all its OCR passes share.

It counts CPU seconds, so that a crowded machine takes longer and loses nothing. What uses no CPU
because it hangs is ended by a limit on the wall clock, which is far longer.
"""

import resource
import time
from collections.abc import Callable

from reading.engine import WALL_PER_CPU_S, OcrEngine, OcrTimeoutError

LIMIT_S = 30.0
"""The default limit of one receipt, in CPU seconds."""

Clock = Callable[[], float]
"""Seconds from any origin."""


class Deadline:
    """Ends when `cpu` has gone on by `limit_s`, or `wall` by `WALL_PER_CPU_S` times as much."""

    def __init__(
        self, limit_s: float = LIMIT_S, cpu: Clock = time.process_time, wall: Clock = time.monotonic
    ) -> None:
        """Start both clocks."""
        self.limit_s = limit_s
        self._cpu, self._wall = cpu, wall
        self._cpu_end = cpu() + limit_s
        self._wall_end = wall() + limit_s * WALL_PER_CPU_S

    def left_s(self) -> float:
        """The CPU seconds left; raises `OcrTimeoutError` if there are none.

        They are so few that `WALL_PER_CPU_S` times as many end before the limit on the wall clock.
        """
        cpu_s = self._cpu_end - self._cpu()
        wall_s = self._wall_end - self._wall()
        if cpu_s <= 0:
            raise OcrTimeoutError(f"the receipt was not read in {self.limit_s:g} s of CPU time")
        if wall_s <= 0:
            limit_s = self.limit_s * WALL_PER_CPU_S
            raise OcrTimeoutError(f"the receipt was not read in {limit_s:g} s on the wall clock")
        return min(cpu_s, wall_s / WALL_PER_CPU_S)


def deadline_of(engine: OcrEngine, limit_s: float = LIMIT_S) -> Deadline:
    """A deadline that counts what this engine spends too.

    An engine that is a service uses another's processors: its time is that of the wall clock.
    """
    if getattr(engine, "is_a_service", False):
        return Deadline(limit_s, cpu=time.monotonic)
    return Deadline(limit_s, cpu=lambda: cpu_seconds(engine))


def cpu_seconds(engine: OcrEngine) -> float:
    """CPU seconds used by this process, its ended children, and the engine's running children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = children.ru_utime + children.ru_stime
    return time.process_time() + ended + getattr(engine, "cpu_seconds", 0.0)
