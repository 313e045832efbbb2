"""Where the client's app begins to feel us: measured in the same run, with the app at work."""

import random
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from rich.console import Console

from lab.peak.design import SLOWER, TOO_HIGH, WELL_SET, Route
from lab.peak.measure import Bench, Blocked, Ceilings
from lab.peak.orders import Write

STEPS = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Of what one connection can write without a pause."""

UNBOUNDED = 1e6
RESAMPLES = 400


class Knee(Struct, frozen=True, kw_only=True):
    """Rows a second. With its 95 % interval; `fastest` is one connection without a pause."""

    rows_per_s: float
    low: float
    high: float
    fastest: float
    measured: Sequence[tuple[float, float]]
    """Rows a second, and the app's p95 over its quiet p95."""

    def ceilings(self) -> Ceilings:
        """What a careful client sets, and one who guessed."""
        well_set = WELL_SET * self.rows_per_s
        return Ceilings(well_set=well_set, too_high=TOO_HIGH * well_set)


def find_knee(bench: Bench, rounds: int, seed: int, console: Console) -> Knee:
    """The rate at which the app's p95 is `SLOWER` above quiet, on a line through all steps.

    That it is a line is what the limit's law says (`receipts.limit`): the slowdown is what is in
    flight. Steep steps make the slope certain, where the tenth itself would drown in noise.
    """
    fastest = _rate([bench.block(seed + n, _write(UNBOUNDED), n) for n in range(3)])
    console.print(f"one connection without a pause writes {fastest:,.0f} rows/s", highlight=False)
    order = random.Random(seed)  # noqa: S311  reproducible, not secret
    blocks: dict[float, list[Blocked]] = {step: [] for step in STEPS}
    for number in range(rounds):
        for step in order.sample(STEPS, len(STEPS)):
            write = _write(step * fastest)
            blocks[step].append(bench.block(seed + number, write, number))
    return _fit(blocks, fastest, rounds)


def _fit(blocks: dict[float, list[Blocked]], fastest: float, rounds: int) -> Knee:
    chance = np.random.default_rng(0)
    everything = np.arange(rounds)
    rates = {step: _rate(of) for step, of in blocks.items() if step}
    knees = [
        _knee(blocks, rates, fastest, chance.choice(everything, rounds)) for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(knees, [2.5, 97.5])
    quiet = _p95(blocks[0.0], everything)
    return Knee(
        rows_per_s=_knee(blocks, rates, fastest, everything),
        low=float(low),
        high=float(high),
        fastest=fastest,
        measured=[(rate, _p95(blocks[step], everything) / quiet) for step, rate in rates.items()],
    )


def _knee(
    blocks: dict[float, list[Blocked]],
    rates: dict[float, float],
    fastest: float,
    rounds: "np.typing.NDArray[np.int_]",
) -> float:
    quiet = _p95(blocks[0.0], rounds)
    x = np.array(list(rates.values()))
    y = np.array([_p95(blocks[step], rounds) / quiet - 1 for step in rates])
    slope = float(x @ y / (x @ x))  # least squares through "quiet is quiet"
    return min(fastest, SLOWER / slope) if slope > 0 else fastest


def _p95(blocks: Sequence[Blocked], rounds: "np.typing.NDArray[np.int_]") -> float:
    latencies = [call.latency for number in rounds for call in blocks[number].calls]
    return float(np.percentile(latencies, 95))


def _rate(blocks: Sequence[Blocked]) -> float:
    seconds = sum(block.wrote.paced_s for block in blocks)
    return sum(block.wrote.paced_rows for block in blocks) / seconds if seconds else 0.0


def _write(ceiling: float) -> Write:
    route = Route.FIXED if ceiling else Route.QUIET
    return Write(route=route, start=0, seconds=0, position=0, ceiling=ceiling or 1.0)
