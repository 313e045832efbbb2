"""Random reading times: drawn from a shape of a hundred equally likely times.

The generator is Park and Miller's minimal standard (1988, with the multiplier 48,271 of 1993): it
needs only products and remainders below 2^53, so that JavaScript draws the same numbers.
"""

import math
import statistics
from collections.abc import Iterator

from lab.plan.settings import ReadShape

MULTIPLIER, MODULUS = 48_271, 2_147_483_647
SEED = 20_270_131
"""Fixed: the same settings give the same answer."""

STEPS = 100
WIDTH = MODULUS // STEPS + 1


def _lognormal(p95_over_median: float) -> tuple[float, ...]:
    """The middles of a hundred equal slices of a lognormal distribution, scaled to a mean of 1."""
    normal = statistics.NormalDist()
    sigma = math.log(p95_over_median) / normal.inv_cdf(0.95)
    times = [math.exp(sigma * normal.inv_cdf((step + 0.5) / STEPS)) for step in range(STEPS)]
    mean = math.fsum(times) / STEPS
    # Four places are precise enough, and hide platform differences in the last bits of exp().
    return tuple(round(time / mean, 4) for time in times)


SHAPES: dict[ReadShape, tuple[float, ...]] = {
    "constant": (1.0,) * STEPS,
    "typical": _lognormal(2.0),
    "long tail": _lognormal(5.0),
}
"""[A, 2026-11-24] Times as multiples of their mean; the p95 is 1, 2 or 5 times the median."""


def draws(shape: ReadShape, mean_seconds: float) -> Iterator[float]:
    """An endless stream of reading times in seconds."""
    times = [mean_seconds * time for time in SHAPES[shape]]
    state = SEED
    while True:
        state = state * MULTIPLIER % MODULUS
        yield times[state // WIDTH]
