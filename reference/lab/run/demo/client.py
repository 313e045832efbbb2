"""The demo's client, who sets the ceiling: less than this machine reads, until everything is read.

So the write queue fills and drains in sight, on a slow machine and on a fast one.
"""

from collections.abc import Callable

from lab.run.live.frame import Frame

ROWS_PER_S_AND_CORE = 0.4
"""The first ceiling: a third of what a core reads by docs/data/batch.json."""

SHARE_OF_READING = 1 / 3
"""Then so much of what this machine does read, if that is less."""

DRAINING = 20
"""How many times that much once everything is read: it drains in a tenth of the reading's time."""

KNOWN_AFTER_S, KNOWN_AFTER_RECEIPTS = 10.0, 8
"""How much must be read before its rate says something."""

LOWEST_ROWS_PER_S = 0.1


class Client:
    """Looks at each frame, and changes the ceiling twice at most."""

    def __init__(self, ceiling: float, allow: Callable[[float, str], str]) -> None:
        """`allow` sets a ceiling, and says why."""
        self._ceiling, self._allow = ceiling, allow
        self._began: float | None = None
        self._known = self._raised = False

    def look(self, frame: Frame) -> None:
        """Change the ceiling if this frame is the occasion."""
        done = frame.read + frame.stored + frame.rejected + frame.dead
        if done and self._began is None:
            self._began = frame.at
        if frame.expected and not frame.waiting + frame.reading:
            if not self._raised:
                self._raised = True
                self._allow(_round(DRAINING * self._ceiling), "everything is read: ")
        elif self._began is not None and not self._known:
            took = frame.at - self._began
            if took >= KNOWN_AFTER_S and done >= KNOWN_AFTER_RECEIPTS:
                self._known = True
                self._follow(done / took)

    def _follow(self, rate: float) -> None:
        wanted = _round(max(LOWEST_ROWS_PER_S, SHARE_OF_READING * rate))
        if wanted < self._ceiling:
            self._ceiling = wanted
            self._allow(wanted, f"this machine reads {rate:.1f} receipts a second: ")


def _round(rows_per_s: float) -> float:
    return float(f"{rows_per_s:.2g}")
