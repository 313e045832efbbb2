"""Mechanism: paces what is offered to the database. Pure; the time is passed in."""


class Pacer:
    """Spaces batches of rows so that no window ever holds more than the rate allows.

    Promise: rows charged in *every* window of w seconds <= rate * w + burst, where `burst` is the
    largest batch. A token bucket lets through up to twice the rate in one window, because it saves
    up while idle; this (GCRA without tolerance) saves nothing: after n rows it is closed for
    n / rate seconds.
    """

    def __init__(self, rate: float) -> None:
        """`rate` in rows a second, over 0."""
        self.rate = rate
        self._free_at = float("-inf")

    def delay(self, now: float) -> float:
        """Seconds from `now` until the next batch may be offered."""
        return max(0.0, self._free_at - now)

    def charge(self, rows: int, now: float) -> None:
        """Note that `rows` are offered at `now`. Raises ValueError where that is too early.

        Charged for the rows in hand, immediately before they are offered: permits taken before a
        long poll would land together.
        """
        if self.delay(now) > 0:
            raise ValueError(f"{self.delay(now):.3f} s too early")
        self._free_at = now + rows / self.rate
