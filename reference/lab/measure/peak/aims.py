"""The aims of the experiment, and whether a run reached them.

The app is "not slower" where the upper end of the 95% interval is within a margin named
beforehand: a test of non-inferiority, so noise never helps. The app is "slowed" where the lower end
is above the margin. Overlapping intervals prove nothing: noise alone makes intervals overlap.
"""

from collections.abc import Mapping

from msgspec import Struct

from lab.measure.peak.analysis import Condition, ConfidenceInterval, paired
from lab.measure.peak.design import P95_MARGIN, P99_MARGIN, Route

CEILING_USED = 0.97
"""The share of a well-set ceiling that the buffer uses at least."""

P95, P99 = 1 + P95_MARGIN, 1 + P99_MARGIN


class Aim(Struct, frozen=True, kw_only=True):
    """Whether the run reached it; `ratio` decides, where the aim is about a ratio."""

    reached: bool
    ratio: ConfidenceInterval | None = None


def count_aims(found: Mapping[Route, Condition]) -> dict[str, Aim]:
    """The aims that counts decide: a few rounds are enough, on any machine."""
    direct, buffered = found[Route.DIRECT], found[Route.BUFFERED]
    return {
        "direct loses results": Aim(reached=direct.rows_lost > 0),
        "buffered loses none and doubles none": Aim(
            reached=not (buffered.rows_lost or buffered.rows_doubled)
        ),
        "beside the buffer no call of the app fails": Aim(reached=buffered.app_failed == 0),
    }


def aims(found: Mapping[Route, Condition]) -> dict[str, Aim]:
    """All aims. Ratios to the placebo are computed round by round."""
    buffered, placebo = found[Route.BUFFERED], found[Route.PLACEBO]
    p95, p99 = paired(buffered, placebo)
    fixed, _ = paired(found[Route.FIXED_TOO_HIGH], placebo)
    follows, _ = paired(found[Route.BUFFERED_TOO_HIGH], placebo)
    return {
        **count_aims(found),
        f"p95 at most {P95:.2f} × quiet": _within(P95, buffered.app_p95_over_quiet),
        f"p95 at most {P95:.2f} × placebo": _within(P95, p95),
        f"p99 at most {P99:.2f} × placebo": _within(P99, p99),
        f"at least {CEILING_USED:.0%} of a ceiling set well": Aim(
            reached=(buffered.rate_used or 0.0) >= CEILING_USED
        ),
        f"ceiling too high: at a fixed rate p95 over {P95:.2f} × placebo": Aim(
            reached=fixed.low > P95, ratio=fixed
        ),
        f"ceiling too high: where the rate follows p95 at most {P95:.2f} × placebo": _within(
            P95, follows
        ),
    }


def _within(margin: float, ratio: ConfidenceInterval) -> Aim:
    return Aim(reached=ratio.high <= margin, ratio=ratio)
