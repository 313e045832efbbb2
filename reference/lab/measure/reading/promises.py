"""Which thresholds keep "at most one in N wrong", by labelled receipts and with 95% confidence.

A promise must hold for each engine that the weights are fitted to. Merchants are the exception:
an engine that misreads letters is as sure of a wrong name as of a right one, so the better one
alone is asked.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from lab.measure.reading.labelled import LabelError, Labelled
from lab.measure.reading.risk import (
    ONE_SIDED_95,
    Point,
    risk_curve,
    share_interval,
    taken_from,
)
from lab.measure.reading.scoring import percent
from reading import thresholds as shipped
from reading.receipt import Receipt

Pairs = Sequence[tuple[Labelled, Receipt | None]]

PROMISES = (5, 8, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200)
"""The counts N that are tried."""

FIELDS = ("date", "merchant", "total")

GRID = tuple(step / 100 for step in range(1, 100))
"""The thresholds that are tried."""

HEAD = '''"""The least confidence at which at most one in so many is wrong, by field.

Written by `receipts-lab fit-reading`: do not edit. With 95% confidence, on labelled receipts that
were read with weights that had not seen their merchant. What these don't show isn't listed.
"""

AT_MOST_ONE_WRONG_IN: dict[str, dict[int, float]] = {
'''


def promises(by_engine: Mapping[str, Pairs]) -> dict[str, dict[int, float]]:
    """By field and N the lowest threshold that keeps it; `by_engine` lists the better one last.

    An N is left out if a larger one needs no higher threshold.
    """
    found: dict[str, dict[int, float]] = {}
    for field in FIELDS:
        asked = list(by_engine.values())
        curves = [
            risk_curve(pairs, field) for pairs in (asked[-1:] if field == "merchant" else asked)
        ]
        kept_from = {
            least: count
            for count in PROMISES
            if (least := next((it for it in GRID if _is_kept(curves, it, count)), None))
        }
        found[field] = {count: least for least, count in kept_from.items()}
    return found


def _is_kept(curves: Sequence[Sequence[Point]], least: float, count: int) -> bool:
    return all(worst_share(curve, least) <= 1 / count for curve in curves)


class Kept(msgspec.Struct, frozen=True):
    """What a promise was worth: from `confidence` on so many were taken, and so many were wrong.

    `at_worst` is the largest share of wrong ones, in percent, that these numbers leave possible.
    """

    field: str
    one_wrong_in: int
    confidence: float
    engine: str
    receipts: int
    taken: int
    wrong: int
    at_worst: float


def kept(by_engine: Mapping[str, Pairs]) -> list[Kept]:
    """Each promise that ships, and what every engine made of it."""
    found = []
    for field, by_count in shipped.AT_MOST_ONE_WRONG_IN.items():
        curves = {name: risk_curve(pairs, field) for name, pairs in by_engine.items()}
        for count, least in by_count.items():
            for name, curve in curves.items():
                at = taken_from(curve, least)
                worst = percent(worst_share(curve, least), 1)
                receipts = len(by_engine[name])
                found.append(Kept(field, count, least, name, receipts, at.taken, at.wrong, worst))
    return found


def worst_share(curve: Sequence[Point], least: float) -> float:
    """The largest share of wrong ones, 0 to 1, that the taken leave possible; 1 of none."""
    at = taken_from(curve, least)
    return share_interval(at.wrong, at.taken, ONE_SIDED_95)[1]


def write_thresholds(
    found: Mapping[str, Mapping[int, float]], path: Path = Path(shipped.__file__)
) -> Path:
    """Write them as the module `reading.thresholds`; returns its path.

    Raises `LabelError` for a field of which nothing can be promised: nothing could be read then.
    """
    if missing := [field for field, by_count in found.items() if not by_count]:
        raise LabelError(f"too few labelled receipts, or too many wrong, for: {', '.join(missing)}")
    rows = [
        f'    "{field}": {{{", ".join(f"{n}: {least}" for n, least in by_count.items())}}},\n'
        for field, by_count in found.items()
    ]
    path.write_text("".join([HEAD, *rows, "}\n"]), encoding="utf-8")
    return path
