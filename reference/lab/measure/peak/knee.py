"""Finds the knee: the rate of writes at which the client's app becomes noticeably slower."""

import random
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from rich.console import Console

from lab.measure.peak.design import P95_MARGIN, TOO_HIGH, WELL_SET, Route
from lab.measure.peak.measure import Bench, BlockResult, Ceilings
from lab.measure.peak.worker_protocol import WriteCommand
from lab.support.errors import LabError

QUIET = 0.0
STEPS = (QUIET, 0.1, 0.2, 0.4)
"""Rates, as shares of what one connection writes without a pause."""

QUIETS = 2
"""Quiet blocks a round: every ratio is divided by them, so their noise weighs most."""

MAX_INTERVAL_RATIO = 4.0
"""High over low of the knee's interval must be below this, and the high end below what one
connection can write; until then the measurement goes on, up to `MAX_ROUNDS_FACTOR`."""

MAX_ROUNDS_FACTOR = 3
"""Times the planned rounds: a machine that needs more is too noisy to measure on."""

UNBOUNDED = 1e6
Floats = np.typing.NDArray[np.float64]
RESAMPLES = 400


class KneeStep(Struct, frozen=True, kw_only=True):
    """One rate: rows a second, transactions in flight on average, the app's p95 over quiet."""

    rows_per_s: float
    in_flight: float
    p95_over_quiet: float


class Knee(Struct, frozen=True, kw_only=True):
    """The knee in rows a second, with its 95% interval.

    `in_flight` is how many transactions were in flight at that rate, on average; `fastest` is what
    one connection writes without a pause.
    """

    rows_per_s: float
    low: float
    high: float
    in_flight: float
    fastest: float
    steps: Sequence[KneeStep]

    def ceilings(self) -> Ceilings:
        """The ceiling of a careful client, from the interval's low end, and of one who guessed."""
        return Ceilings(
            well_set=WELL_SET * self.low,
            too_high=TOO_HIGH * WELL_SET * self.rows_per_s,
            share=min(1.0, self.in_flight * self.low / self.rows_per_s),
        )


class UnresolvedError(LabError):
    """The machine is too noisy to find the knee."""


def find_knee(bench: Bench, rounds: int, seed: int, console: Console) -> Knee:
    """The rate at which the app's p95 is `P95_MARGIN` above quiet.

    A transaction in flight slows the others by its share of the server (`InFlightLimit`), so the
    app's latency grows with the rate. Each round gives a slope through all of its steps; their
    median is robust against a stalled block. Raises `UnresolvedError` where the interval stays
    wider than `MAX_INTERVAL_RATIO`: a ceiling set by it would be a guess.
    """
    fastest = _rate([bench.block(seed + n, _write(UNBOUNDED), n) for n in range(3)])
    console.print(f"one connection without a pause writes {fastest:,.0f} rows/s", highlight=False)
    order = random.Random(seed)  # noqa: S311  reproducible, not secret
    blocks: dict[float, list[BlockResult]] = {step: [] for step in STEPS}
    played = (QUIET,) * (QUIETS - 1) + STEPS
    for number in range(MAX_ROUNDS_FACTOR * rounds):
        for step in order.sample(played, len(played)):
            write = _write(step * fastest)
            blocks[step].append(bench.block(seed + number, write, number))
        if (number + 1) % rounds == 0:
            knee = _fit(blocks, fastest)
            if knee.high < min(fastest, MAX_INTERVAL_RATIO * knee.low):
                return knee
            console.print(
                f"after {number + 1} rounds the knee is {knee.low:,.0f} to {knee.high:,.0f} rows/s",
                highlight=False,
            )
    raise UnresolvedError(
        f"the app's p95 moves so much by itself that a tenth more can't be told from it: after "
        f"{MAX_ROUNDS_FACTOR * rounds} rounds the knee is somewhere from {knee.low:,.0f} to "
        f"{knee.high:,.0f} rows/s. Measure again while the machine does nothing else"
    )


def _fit(blocks: dict[float, list[BlockResult]], fastest: float) -> Knee:
    rates = np.array([_rate(of) for of in blocks.values()])
    p95 = [[_p95(block) for block in of] for of in blocks.values()]
    quiet = np.array(p95[0]).reshape(-1, QUIETS).mean(axis=1)
    over_quiet = np.array([quiet, *p95[1:]]) / quiet
    slopes = rates @ (over_quiet - 1) / (rates @ rates)  # least squares through (0, 1), by round

    def knee(of_rounds: Floats) -> float:
        slope = float(np.median(of_rounds))
        return min(fastest, P95_MARGIN / slope) if slope > 0 else fastest

    resampled = np.random.default_rng(0).choice(slopes, (RESAMPLES, len(slopes)))
    low, high = np.percentile([knee(of_rounds) for of_rounds in resampled], [2.5, 97.5])
    felt = np.median(over_quiet, axis=1)
    in_flight = np.array([_in_flight(of) for of in blocks.values()])
    a_row = rates @ in_flight / (rates @ rates)  # Little's law: seconds of a transaction, per row
    return Knee(
        rows_per_s=knee(slopes),
        low=float(low),
        high=float(high),
        in_flight=float(a_row * knee(slopes)),
        fastest=fastest,
        steps=[
            KneeStep(rows_per_s=float(rate), in_flight=float(busy), p95_over_quiet=float(ratio))
            for rate, busy, ratio in zip(rates, in_flight, felt, strict=True)
        ],
    )


def _in_flight(blocks: Sequence[BlockResult]) -> float:
    seconds = sum(block.written.paced_s for block in blocks)
    busy = sum(second for block in blocks for second in block.written.write_s[:-1])
    return busy / seconds if seconds else 0.0


def _p95(block: BlockResult) -> float:
    return float(np.percentile([call.latency_s for call in block.calls], 95))


def _rate(blocks: Sequence[BlockResult]) -> float:
    seconds = sum(block.written.paced_s for block in blocks)
    return sum(block.written.paced_rows for block in blocks) / seconds if seconds else 0.0


def _write(ceiling: float) -> WriteCommand:
    route = Route.FIXED if ceiling else Route.QUIET
    return WriteCommand(route=route, start=0, seconds=0, position=0, ceiling=ceiling or 1.0)
