"""How fast the agent may write. Pure: the time is passed in.

`Pacer` spaces transactions, `InFlightLimit` follows the database, `Breaker` stops while it is away.
"""


class Pacer:
    """Spaces transactions so that no window ever holds more rows than the rate allows.

    The promise, with R the rate (`rows_per_second` or less) and B the burst, the rows of the
    largest transaction (`rows_per_transaction`): in every window of w seconds at most R * w + B
    rows arrive at the database, and no more commit.

    A transaction may arrive and commit at any moment between its offer and its answer: a suspended
    machine, a retransmission or a lock delay it. So it is charged twice, when it is offered and
    again when it is answered, and the next one follows n / R seconds after the later of both.

    A rate that changes while it runs counts as what it was at each moment: R * w is its integral.
    The promise holds over restarts and hand-overs too, because a new pacer starts as if a whole
    transaction had just been answered.

    A token bucket lets through up to twice the rate in one window, because it saves up while
    idle. This one (GCRA without tolerance) saves nothing: n rows close it for n / R seconds.
    """

    def __init__(self, rate: float, burst: int, now: float) -> None:
        """`rate` in rows a second, over 0; `burst` is B; `now` in monotonic seconds."""
        self._rate = rate
        self._charged = (burst, now)
        self._unanswered = False
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
        self._unanswered = True
        self._free_at = now + rows / self._rate

    def answered(self, now: float) -> None:
        """Charge the offered rows again, from `now` on: until now they may have been on their way.

        Whatever the answer was: a connection that broke says nothing of what the server did.
        """
        if self._unanswered:
            rows, _ = self._charged
            self._charged = (rows, now)
            self._unanswered = False
            self._free_at = max(self._free_at, now + rows / self._rate)

    # --8<-- [end:pacer]


AVERAGED_TRANSACTIONS = 60
"""How many the average looks back on, roughly: enough to calm noise, few enough to follow a peak
within seconds (decision 31)."""

SLOWDOWN = 2.0
"""A failure divides the rate by this, up to `MAX_SLOWDOWN` in all; each success takes a quarter of
it back."""

MAX_SLOWDOWN = 16.0
RECOVERY = 0.75


class InFlightLimit:
    """The rate that the database can take without slowing the client's own app noticeably.

    The law in one line: *of our transactions, on average at most `share` is in flight*.

    A transaction in flight takes its turn beside those of the client's app. Where a server shares
    itself evenly among what it works on (processor sharing), one more in flight on average slows
    every other by its whole time, a tenth of one by a tenth. So `share` = 0.1 means: the app is
    slowed by a tenth at most, whatever its own load is and however fast the machine.

    By Little's law what is in flight is rate * latency, so the rate may be share / latency a row:
    when the database slows down tenfold because the app is at its peak, the rate falls tenfold,
    most of it over the next `AVERAGED_TRANSACTIONS`.
    """

    def __init__(self, lowest: float) -> None:
        """`lowest` in rows a second: the rate never falls below it, so that it can recover."""
        self._lowest = lowest
        self._rows = 0.0
        self._seconds = 0.0
        self._slowdown = 1.0

    def rate(self, share: float) -> float:
        """Rows a second with `share` in flight; without bound until something was measured."""
        if not self._seconds:
            return float("inf")
        return max(self._lowest, share * self._rows / self._seconds / self._slowdown)

    def answered(self, rows: int, seconds: float) -> None:
        """Note a transaction: the rows that it wrote, and how long it took."""
        keep = 1 - 1 / AVERAGED_TRANSACTIONS
        self._rows = keep * self._rows + rows
        self._seconds = keep * self._seconds + seconds
        self._slowdown = max(1.0, self._slowdown * RECOVERY)

    def failed(self) -> None:
        """Note one that failed: slower, whatever it knew, until others went well."""
        self._slowdown = min(MAX_SLOWDOWN, self._slowdown * SLOWDOWN)


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
