"""The deadline of one receipt, which all its OCR passes share."""

import time
from collections.abc import Callable

from reading.engine import OcrTimeoutError

LIMIT_S = 30.0
"""The default time limit of one receipt."""


class Deadline:
    """Ends `limit_s` seconds after it is made; `clock` returns seconds from any origin."""

    def __init__(
        self, limit_s: float = LIMIT_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start the clock."""
        self.limit_s = limit_s
        self._clock = clock
        self._end = clock() + limit_s

    def left_s(self) -> float:
        """The seconds left; raises `OcrTimeoutError` if there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise OcrTimeoutError(f"the receipt was not read in {self.limit_s:g} s")
        return left
