"""Rows a second by distance, in rounds: marking in the background, and in line, in turn.

All of a round's blocks see the same machine, so a ratio is taken within each round. Of six such
ratios the least and the greatest enclose the median with 97% confidence, whatever their
distribution: all six lie on one side of it with a chance of 2 ÷ 2⁶.
"""

import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from lab.measure.distance.ground import running_ground
from lab.plan.settings import Settings
from lab.plan.verdict import rate_at
from lab.support.provenance import DataFile, provenance
from receipts.agent.config import ROWS_PER_TRANSACTION
from receipts.agent.writer import MAX_UNMARKED

ROUND_TRIPS_MS = (1.0, 20.0, 50.0, 100.0)
ROUNDS = 6
ROWS = 400
UNLIMITED = 2_000.0
"""A ceiling in rows a second that limits nothing."""

CEILING = 200.0


class Rate(Struct, frozen=True, kw_only=True):
    """Rows a second of each round, their median, and what the planner predicts for it."""

    median: float
    predicted: float | None = None
    rounds: tuple[float, ...]


class Distance(Struct, frozen=True, kw_only=True):
    """One round trip to AWS; `write_ms` is a transaction's median time in the database.

    `paced` is in the background, at a ceiling of `CEILING` rows a second.
    `ratio` is the median over the rounds of background ÷ in line, from `ratio_low` to `ratio_high`.
    """

    round_trip_ms: float
    write_ms: float
    in_line: Rate
    background: Rate
    paced: Rate
    ratio: float
    ratio_low: float
    ratio_high: float


class DistanceFigures(DataFile, frozen=True, kw_only=True):
    """What `docs/data/distance.json` holds."""

    rows_per_transaction: int
    rows: int
    rounds: int
    ceiling: float
    distances: tuple[Distance, ...]


Progress = Callable[[str], None]


def measure(
    rounds: int, round_trips_ms: Sequence[float], rows: int, progress: Progress
) -> DistanceFigures:
    """Measure everything; needs a machine that does nothing else. Raises `DistanceError`."""
    found: dict[tuple[float, str], list[float]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="receipts-distance-") as folder,
        ThreadPoolExecutor(MAX_UNMARKED) as pool,
        running_ground(Path(folder)) as ground,
    ):
        for number in range(rounds):
            for round_trip_ms in round_trips_ms:
                with ground.at(round_trip_ms) as url:
                    for name, ceiling, background in (
                        ("in line", UNLIMITED, None),
                        ("background", UNLIMITED, pool),
                        ("paced", CEILING, pool),
                    ):
                        rate, write_s = ground.rows_per_second(
                            url,
                            ceiling,
                            rows=rows,
                            per_transaction=ROWS_PER_TRANSACTION,
                            background=background,
                        )
                        found.setdefault((round_trip_ms, name), []).append(round(rate, 1))
                        found.setdefault((round_trip_ms, "write"), []).append(1000 * write_s)
                        progress(f"round {number + 1}, {round_trip_ms:g} ms, {name}: {rate:.0f}/s")
    return DistanceFigures(
        provenance=provenance("receipts", "lab.plan", "lab.measure.distance"),
        rows_per_transaction=ROWS_PER_TRANSACTION,
        rows=rows,
        rounds=rounds,
        ceiling=CEILING,
        distances=tuple(_distance(one, found) for one in round_trips_ms),
    )


def _distance(round_trip_ms: float, found: Mapping[tuple[float, str], Sequence[float]]) -> Distance:
    in_line, background, paced = (
        found[round_trip_ms, name] for name in ("in line", "background", "paced")
    )
    write_ms = statistics.median(found[round_trip_ms, "write"])
    known = Settings(
        write_batch=ROWS_PER_TRANSACTION,
        round_trip_ms=write_ms,
        row_ms=0.001,
        aws_round_trip_ms=round_trip_ms,
    )
    ratios = [one / other for one, other in zip(background, in_line, strict=True)]
    return Distance(
        round_trip_ms=round_trip_ms,
        write_ms=round(write_ms, 1),
        in_line=_rate(in_line),
        background=_rate(background, rate_at(known, UNLIMITED)),
        paced=_rate(paced, rate_at(known, CEILING)),
        ratio=round(statistics.median(ratios), 2),
        ratio_low=round(min(ratios), 2),
        ratio_high=round(max(ratios), 2),
    )


def _rate(rounds: Sequence[float], predicted: float | None = None) -> Rate:
    return Rate(
        median=round(statistics.median(rounds), 1),
        predicted=None if predicted is None else round(predicted, 1),
        rounds=tuple(rounds),
    )
