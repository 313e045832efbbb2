"""Mechanism: stops trying while the database is away. Pure; the time is passed in."""


class Breaker:
    """Opens after `threshold` failures in a row; then lets one probe through after each `pause_s`.

    The pause doubles with each failed probe, up to `longest_pause_s`; a success closes it.
    """

    def __init__(self, threshold: int, pause_s: float, longest_pause_s: float) -> None:
        """`threshold` of failures from 1; pauses in seconds."""
        self._threshold = threshold
        self._first_pause_s = pause_s
        self._longest_pause_s = longest_pause_s
        self._failures = 0
        self._pause_s = pause_s
        self._closed_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether the last failures opened it."""
        return self._failures >= self._threshold

    def delay(self, now: float) -> float:
        """Seconds from `now` until something may be tried; 0 while it is closed."""
        return max(0.0, self._closed_until - now) if self.is_open else 0.0

    def succeeded(self) -> None:
        """Close it."""
        self._failures = 0
        self._pause_s = self._first_pause_s

    def failed(self, now: float) -> None:
        """Note a failure; open it where that is one too many."""
        self._failures += 1
        if self.is_open:
            self._closed_until = now + self._pause_s
            self._pause_s = min(2 * self._pause_s, self._longest_pause_s)
