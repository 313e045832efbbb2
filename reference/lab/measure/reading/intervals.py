"""How far a figure would move with other receipts of the same kind: bootstrap intervals.

Every figure here is a ratio of sums over receipts: right fields over fields, CPU over CPU. Receipts
are drawn again with replacement, as many as there were, and the ratio is taken of each draw.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

RESAMPLES = 4000
"""Draws. With so many the ends of an interval move by some hundredths of its width if repeated."""


class Interval(msgspec.Struct, frozen=True):
    """The middle 95% of the draws."""

    low: float
    high: float


def interval(parts: Sequence[float], wholes: Sequence[float], digits: int) -> Interval:
    """Of the sum of `parts` over the sum of `wholes`, which have one entry a receipt.

    A draw that has nothing to divide by counts as 0. The same numbers give the same interval.
    """
    picks = np.random.default_rng(0).integers(0, len(parts), (RESAMPLES, len(parts)))
    above = np.asarray(parts, float)[picks].sum(axis=1)
    below = np.asarray(wholes, float)[picks].sum(axis=1)
    ratios = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Interval(round(float(low), digits), round(float(high), digits))
