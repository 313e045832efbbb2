"""One deadline a receipt: all its looks share it, however many there are."""

import time
from collections.abc import Callable

from reading.engine import OcrTimeoutError

LIMIT_S = 30.0
"""Seconds for one receipt, where nobody says otherwise."""


class Deadline:
    """Ends `limit_s` seconds from now; `clock` tells seconds, from any start."""

    def __init__(
        self, limit_s: float = LIMIT_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start the clock."""
        self.limit_s = limit_s
        self._clock = clock
        self._end = clock() + limit_s

    def left_s(self) -> float:
        """The seconds left; raises `OcrTimeoutError` where there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise OcrTimeoutError(f"the receipt was not read in {self.limit_s:g} s")
        return left
