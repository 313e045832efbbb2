"""Mechanism: the rate that the database can take without the neighbours feeling it. Pure.

The law in one line: *of our transactions, on average at most `share` is in flight*.

Why that: a transaction in flight takes its turn beside those of the client's own app. Where a
server shares itself evenly among what it works on (processor sharing), one more in flight on
average slows every other by its whole time, a tenth of one by a tenth. So `share` = 0.1 means:
the app is slowed by a tenth at most, whatever its own load is and however fast the machine.
By Little's law what is in flight is rate * latency, so the rate may be share / latency a row:
when the database slows down tenfold because the app is at its peak, the rate falls tenfold,
most of it over the next `MEMORY` transactions.
"""

MEMORY = 60
"""Transactions that the average looks back on, roughly: long enough to calm noise, short enough
to follow a peak within seconds (decision 31)."""

DOUBT = 2.0
"""A failure divides the rate by this, down to a sixteenth; each success takes a quarter back."""

MOST_DOUBT = 16.0
TRUST = 0.75


class Limit:
    """Knows how fast the database is: rows a second while one transaction after another runs."""

    def __init__(self, lowest: float) -> None:
        """`lowest` in rows a second: the rate never falls below, so that it can find back."""
        self._lowest = lowest
        self._rows = 0.0
        self._seconds = 0.0
        self._doubt = 1.0

    def rate(self, share: float) -> float:
        """Rows a second with `share` in flight; without bound until something was measured."""
        if not self._seconds:
            return float("inf")
        return max(self._lowest, share * self._rows / self._seconds / self._doubt)

    def answered(self, rows: int, seconds: float) -> None:
        """Note a transaction: the rows that it wrote, and how long it took."""
        keep = 1 - 1 / MEMORY
        self._rows = keep * self._rows + rows
        self._seconds = keep * self._seconds + seconds
        self._doubt = max(1.0, self._doubt * TRUST)

    def failed(self) -> None:
        """Note one that failed: slower, whatever it knew, until others went well."""
        self._doubt = min(MOST_DOUBT, self._doubt * DOUBT)
