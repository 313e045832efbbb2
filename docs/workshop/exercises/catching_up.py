"""An exercise: a pacer that catches up after a quiet hour, and never bursts. A first try."""


class CatchingUp:
    """Spaces transactions, and makes up for some of the time in which nothing came.

    The promises, of the rows that arrive at the database in any window of w seconds, with B the
    rows of the largest transaction:

    - at most `peak` * w + B, whatever was saved up;
    - at most `rate` * w + `saved` + B: more than `saved` rows are never made up for.

    Between its offer and its answer a transaction may arrive at any moment. Both promises hold over
    restarts, too: nobody knows what the agent before this one had used up.
    """

    def __init__(self, *, rate: float, peak: float, saved: int, burst: int, now: float) -> None:
        """`rate` < `peak`, in rows a second; `saved` and `burst` in rows; `now` in seconds."""
        self._rate = rate
        self._peak = peak
        self._saved = saved
        self._burst = burst
        self._tokens = float(saved)
        self._at = now

    def delay(self, now: float) -> float:
        """Seconds from `now` until the next transaction may be offered."""
        return max(0.0, -self._tokens / self._rate - (now - self._at))

    def charge(self, rows: int, now: float) -> None:
        """Note that `rows` are offered at `now`."""
        earned = (now - self._at) * self._rate
        self._tokens = min(self._saved, self._tokens + earned) - rows
        self._at = now

    def answered(self, now: float) -> None:
        """Note that the database answered what was offered."""
