"""The laws that were compared with the one that the agent has (`receipts.limit`).

Each keeps the same three methods. The ceiling is the gate's business, not theirs.
"""

from collections.abc import Callable, Mapping

from receipts.gate import Follows
from receipts.limit import Limit


class Fixed:
    """Whatever the client set, whatever the database says."""

    def rate(self, share: float) -> float:
        """See `receipts.gate.Follows`."""
        del share
        return float("inf")

    def answered(self, rows: int, seconds: float) -> None:
        """See `receipts.gate.Follows`."""

    def failed(self) -> None:
        """See `receipts.gate.Follows`."""


class _Latency:
    """What the two textbook laws look at: latency now, over the lowest that was seen lately."""

    def __init__(self, ceiling: float) -> None:
        self._rate = ceiling
        self._ceiling = ceiling
        self._lowest = float("inf")
        self._now = 0.0

    def rate(self, share: float) -> float:
        """See `receipts.gate.Follows`."""
        del share
        return self._rate

    def failed(self) -> None:
        """See `receipts.gate.Follows`."""
        self._rate = max(1.0, self._rate / 2)

    def _slowdown(self, seconds: float) -> float:
        self._now = seconds if not self._now else 0.9 * self._now + 0.1 * seconds
        self._lowest = min(self._now, self._lowest * 1.001)  # forgotten within a thousand
        return self._now / self._lowest


class Aimd(_Latency):
    """Additive increase; multiplicative decrease where latency is half above its lowest."""

    def answered(self, rows: int, seconds: float) -> None:
        """See `receipts.gate.Follows`."""
        del rows
        slow = self._slowdown(seconds) > 1.5  # noqa: PLR2004  the law's own
        change = self._rate * 0.8 if slow else self._rate + 0.02 * self._ceiling
        self._rate = min(self._ceiling, max(1.0, change))


class Gradient(_Latency):
    """The rate times the gradient of the latency, and a little more (as in concurrency limits)."""

    def answered(self, rows: int, seconds: float) -> None:
        """See `receipts.gate.Follows`."""
        gradient = max(0.5, min(1.0, 1.2 / self._slowdown(seconds)))
        self._rate = min(self._ceiling, max(1.0, self._rate * gradient + rows**0.5))


LAWS: Mapping[str, Callable[[float], Follows]] = {
    "fixed": lambda _: Fixed(),
    "aimd": Aimd,
    "gradient": Gradient,
    "share": lambda ceiling: Limit(lowest=min(1.0, ceiling)),
}
"""By name; each is made for a ceiling."""
