"""Risk and coverage: how many are taken from which confidence on, and how many of these are wrong.

As in selective classification (El-Yaniv and Wiener 2010): coverage is the share that is taken,
risk the share of wrong ones among these.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from lab.measure.reading.labelled import Labelled
from lab.measure.reading.scoring import is_right
from reading.receipt import Receipt
from reading.review import USUAL

CHECKED = ("total", "date", "merchant")
"""The required fields that have labels."""

RECEIPT = "receipt"
"""All required fields of one receipt together: wrong if any of those with labels is."""

CURVES = (*CHECKED, RECEIPT)

STEPS = 20
"""The points of a stored curve."""

TWO_SIDED_95, ONE_SIDED_95 = 1.96, 1.645
"""Standard deviations of the normal distribution."""


class Point(msgspec.Struct, frozen=True):
    """From `confidence` on so many are taken, and so many of these are wrong."""

    confidence: float
    taken: int
    wrong: int


class Curve(msgspec.Struct, frozen=True):
    """One field of one set by one engine; `field` is one of `CURVES`.

    `usual` is what is taken by the usual thresholds. `points` go from the surest one on; the
    confidence of a whole receipt is its `surplus`.
    """

    field: str
    receipts: int
    usual: Point
    points: list[Point]


def share_interval(part: int, whole: int, z: float = TWO_SIDED_95) -> tuple[float, float]:
    """Wilson's interval (1927) of a share, 0 to 1; the whole range if there is nothing."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    reach = z * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    below = 1 + square / whole
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


def surplus(confidence: Mapping[str, float], least: Mapping[str, float] = USUAL) -> float:
    """How sure of a whole receipt: at 0.5 and above every required field reaches its threshold.

    The least of the fields, each stretched so that its threshold lies at 0.5.
    """
    return min(
        0.5 * sure / at
        if (sure := confidence.get(name, 0.0)) < at
        else 0.5 + (sure - at) / (1 - at) / 2
        for name, at in least.items()
    )


def risk_curve(pairs: Sequence[tuple[Labelled, Receipt | None]], field: str) -> list[Point]:
    """One point for each confidence that occurs, the highest first; a field must be found."""
    seen = sorted(_seen(pairs, field), reverse=True)
    points: list[Point] = []
    wrong = 0
    for taken, (confidence, is_wrong) in enumerate(seen, start=1):
        wrong += is_wrong
        if points and points[-1].confidence == confidence:
            points.pop()
        points.append(Point(confidence, taken, wrong))
    return points


def _seen(pairs: Sequence[tuple[Labelled, Receipt | None]], field: str) -> list[tuple[float, bool]]:
    asked = CHECKED if field == RECEIPT else (field,)
    found = []
    for labelled, receipt in pairs:
        if receipt is None or any(name not in receipt.confidence for name in asked):
            continue
        sure = surplus(receipt.confidence) if field == RECEIPT else receipt.confidence[field]
        wrong = any(not is_right(name, receipt, labelled.truth) for name in asked)
        found.append((round(sure, 3), wrong))
    return found


def taken_from(points: Sequence[Point], least: float) -> Point:
    """What is taken from the confidence `least` on."""
    enough = [point for point in points if point.confidence >= least]
    return Point(least, enough[-1].taken, enough[-1].wrong) if enough else Point(least, 0, 0)


def curves(pairs: Sequence[tuple[Labelled, Receipt | None]]) -> list[Curve]:
    """The curves of all fields with labels, and of whole receipts."""
    found = []
    for field in CURVES:
        points = risk_curve(pairs, field)
        least = USUAL.get(field, 0.5)
        usual, thinned = taken_from(points, least), _thinned(points, len(pairs))
        found.append(Curve(field, len(pairs), usual, thinned))
    return found


def _thinned(points: Sequence[Point], receipts: int) -> list[Point]:
    """At most one point for each twentieth of the receipts, the one that takes most."""
    last = {math.ceil(STEPS * point.taken / receipts): point for point in points}
    return list(last.values())
