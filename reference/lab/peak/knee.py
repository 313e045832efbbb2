"""Where the client's app begins to feel us: measured in the same run, with the app at work."""

import random
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from rich.console import Console

from lab.peak.design import SLOWER, TOO_HIGH, WELL_SET, Route
from lab.peak.measure import Bench, Blocked, Ceilings
from lab.peak.orders import Write

STEPS = (0.0, 0.04, 0.08, 0.13, 0.2, 0.4)
"""Of what one connection can write without a pause: dense where the app begins to feel it."""

UNBOUNDED = 1e6
Numbers = np.typing.NDArray[np.int_]
RESAMPLES = 400


class Step(Struct, frozen=True, kw_only=True):
    """One step: our rows a second, how much of one was in flight, the app's p95 over quiet."""

    rows_per_s: float
    in_flight: float
    p95_over_quiet: float


class Knee(Struct, frozen=True, kw_only=True):
    """Rows a second. With its 95 % interval; `fastest` is one connection without a pause."""

    rows_per_s: float
    low: float
    high: float
    fastest: float
    steps: Sequence[Step]

    def ceilings(self) -> Ceilings:
        """What a careful client sets, and one who guessed."""
        well_set = WELL_SET * self.rows_per_s
        return Ceilings(well_set=well_set, too_high=TOO_HIGH * well_set)


def find_knee(bench: Bench, rounds: int, seed: int, console: Console) -> Knee:
    """The rate at which the app's p95 is `SLOWER` above quiet, on the rising curve of all steps.

    A step's ratio is the median over the rounds, as everywhere (see `lab.peak.analysis`).
    Rising: what more rows take back is noise, so neighbours that fall are pooled (isotonic
    regression) before the curve is crossed.
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
    p95 = np.array([[_p95(block) for block in of] for of in blocks.values()])
    over_quiet = p95 / p95[0]

    def knee(picked: Numbers) -> float:
        rates = [_rate([of[n] for n in picked]) for of in blocks.values()]
        return _crossing(rates, np.median(over_quiet[:, picked], axis=1).tolist(), fastest)

    low, high = np.percentile(
        [knee(chance.choice(everything, rounds)) for _ in range(RESAMPLES)], [2.5, 97.5]
    )
    rates = [_rate(of) for of in blocks.values()]
    ratios = np.median(over_quiet, axis=1).tolist()
    return Knee(
        rows_per_s=knee(everything),
        low=float(low),
        high=float(high),
        fastest=fastest,
        steps=[
            Step(rows_per_s=rate, in_flight=_in_flight(of), p95_over_quiet=ratio)
            for rate, of, ratio in zip(rates, blocks.values(), ratios, strict=True)
        ],
    )


def _crossing(rates: Sequence[float], ratios: Sequence[float], fastest: float) -> float:
    """Where the rising curve through these points passes `SLOWER`; `fastest` if it never does."""
    rising = _rising(ratios)
    below = [
        (rate, ratio) for rate, ratio in zip(rates, rising, strict=True) if ratio <= 1 + SLOWER
    ]
    above = [(rate, ratio) for rate, ratio in zip(rates, rising, strict=True) if ratio > 1 + SLOWER]
    if not above:
        return fastest
    (x0, y0), (x1, y1) = (below or [(0.0, 1.0)])[-1], above[0]
    return x0 + (x1 - x0) * (1 + SLOWER - y0) / (y1 - y0)


def _rising(values: Sequence[float]) -> list[float]:
    """The nearest sequence that never falls: neighbours that do are averaged."""
    pools: list[list[float]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return [float(np.mean(pool)) for pool in pools for _ in pool]


def _in_flight(blocks: Sequence[Blocked]) -> float:
    seconds = sum(block.wrote.paced_s for block in blocks)
    busy = sum(second for block in blocks for second in block.wrote.write_s[:-1])
    return busy / seconds if seconds else 0.0


def _p95(block: Blocked) -> float:
    return float(np.percentile([call.latency for call in block.calls], 95))


def _rate(blocks: Sequence[Blocked]) -> float:
    seconds = sum(block.wrote.paced_s for block in blocks)
    return sum(block.wrote.paced_rows for block in blocks) / seconds if seconds else 0.0


def _write(ceiling: float) -> Write:
    route = Route.FIXED if ceiling else Route.QUIET
    return Write(route=route, start=0, seconds=0, position=0, ceiling=ceiling or 1.0)
