"""The fan-out curve: how fast a burst is read, in closed forms.

A mapping's concurrency under backlog is c(t) = min(C, c0 + r·t). A burst of N receipts of s seconds
is read when ∫c/s dt = N, plus half of s for the last ones (a fluid), or wave by wave (exactly).
"""

import math
from typing import Literal

import msgspec

from lab.plan import facts

PollerMode = Literal["standard", "provisioned", "asynchronous"]


class Ramp(msgspec.Struct, frozen=True):
    """Concurrency under backlog: `start` at once, `per_second` more each second, to `ceiling`."""

    start: int
    per_second: float
    ceiling: int

    def at(self, seconds: float) -> int:
        """Invocations that may run `seconds` after the backlog began."""
        # The billionth keeps a slot whose opening k/r was rounded down.
        return min(self.ceiling, math.floor(self.start + self.per_second * seconds + 1e-9))

    @property
    def full_after(self) -> float:
        """Seconds from the backlog's beginning until the ceiling is reached."""
        return (self.ceiling - self.start) / self.per_second if self.ceiling > self.start else 0.0


def ramp(
    mode: PollerMode,
    *,
    maximum_concurrency: int = facts.MAXIMUM_CONCURRENCY_HIGH.value,
    pollers: int = 50,
    account: int = facts.ACCOUNT_CONCURRENCY.value,
) -> Ramp:
    """The ramp of a poller mode; `pollers` counts only for "provisioned".

    "standard" is the event source mapping with MaximumConcurrency; "provisioned" starts with all of
    its pollers and excludes MaximumConcurrency; "asynchronous" is a direct invoke, for comparison.
    """
    if mode == "standard":
        ceiling = min(facts.POLLER_CEILING.value, maximum_concurrency, account)
        return Ramp(min(facts.POLLER_START.value, ceiling), facts.POLLER_RAMP.value / 60, ceiling)
    if mode == "provisioned":
        start = min(pollers * facts.POLLER_INVOCATIONS.value, account)
        return Ramp(start, facts.PROVISIONED_RAMP.value / 60, account)
    start = min(facts.ENVIRONMENTS_BURST.value, account)
    return Ramp(start, float(facts.ENVIRONMENTS_RAMP.value), account)


def fluid_seconds(receipts: int, read_seconds: float, curve: Ramp) -> float:
    """Seconds until a burst is read, as a fluid: the integral solved for t, plus half of s.

    Good once the ramp is the limit (N·s much above c0·s); it overestimates below that, where
    `waves_seconds` is exact.
    """
    work = receipts * read_seconds
    c0, r, full = curve.start, curve.per_second, curve.full_after
    on_ramp = c0 * full + r * full * full / 2
    if work <= on_ramp:
        done = (math.sqrt(c0 * c0 + 2 * r * work) - c0) / r
    else:
        done = full + (work - on_ramp) / curve.ceiling
    return done + read_seconds / 2


def waves_seconds(receipts: int, read_seconds: float, curve: Ramp) -> float:
    """Seconds until a burst is read, exactly, when each receipt takes just `read_seconds`.

    Receipts started by t: S(t) = Σ c(t - j·s) over j ≥ 0, as each slot takes its next receipt after
    s. The last one starts at the least t with S(t) ≥ N, found by bisection to a microsecond.
    """

    def started(t: float) -> int:
        return sum(curve.at(t - j * read_seconds) for j in range(math.floor(t / read_seconds) + 1))

    if curve.start >= receipts:
        return read_seconds
    # Slots start again at exactly j·s: evaluate just after each instant, never just before.
    hair = 1e-7
    low, high = 0.0, read_seconds * math.ceil(receipts / curve.start)
    while high - low > 1e-6:  # noqa: PLR2004 - a microsecond
        middle = (low + high) / 2
        low, high = (low, middle) if started(middle + hair) >= receipts else (middle, high)
    return high + read_seconds
