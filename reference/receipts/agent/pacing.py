"""Mechanism: paces what is offered to the database. Pure; the time is passed in."""


class Pacer:
    """Spaces transactions so that no window ever holds more rows than the rate allows.

    Two promises, with R the rate in rows a second and B the rows of the largest transaction:

    - rows *offered* in every window of w seconds <= R * w + B;
    - rows *committed* in every window of w seconds <= R * w + C * B, where C >= 2 is the number of
      connections that the agents' role may have: one writes, the others stand by. (What commits
      in a window was offered in it, or was in flight on the one writing connection before: B.)

    A rate that changes while it runs counts as what it was at each moment: R * w is its integral.
    They hold over restarts and hand-overs too, because a new pacer starts as if a whole
    transaction had just been offered.

    A token bucket lets through up to twice the rate in one window, because it saves up while
    idle. This one (GCRA without tolerance) saves nothing: n rows close it for n / R seconds.
    """

    def __init__(self, rate: float, burst: int, now: float) -> None:
        """`rate` in rows a second, over 0; `burst` is B; `now` in monotonic seconds."""
        self._rate = rate
        self._charged = (burst, now)
        self._free_at = now + burst / rate

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self._rate

    def change(self, rate: float, now: float) -> None:
        """Go on at another rate.

        What is still owed is paid off at the new one. A lower one counts from the last transaction
        on: it is because of how long that took that the rate is lower.
        """
        self._free_at = now + self.delay(now) * self._rate / rate
        if rate < self._rate:
            rows, at = self._charged
            self._free_at = max(self._free_at, at + rows / rate)
        self._rate = rate

    # --8<-- [start:pacer]
    def delay(self, now: float) -> float:
        """Seconds from `now` until the next transaction may be offered."""
        return max(0.0, self._free_at - now)

    def charge(self, rows: int, now: float) -> None:
        """Note that `rows` are offered at `now`. Raises ValueError where that is too early.

        Charged for the rows in hand, immediately before they are offered: permits taken before a
        long poll would land together.
        """
        if self.delay(now) > 0:
            raise ValueError(f"{self.delay(now):.3f} s too early")
        self._charged = (rows, now)
        self._free_at = now + rows / self._rate

    # --8<-- [end:pacer]
