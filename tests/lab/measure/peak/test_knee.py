"""Where the app begins to feel us, from blocks whose curve is known."""

import math
import random

import pytest
from rich.console import Console

from helpers.nearly import nearly
from helpers.peak_blocks import block
from lab.measure.peak.design import Route
from lab.measure.peak.knee import (
    MAX_ROUNDS_FACTOR,
    QUIET,
    QUIETS,
    STEPS,
    Knee,
    UnresolvedError,
    _fit,
    find_knee,
)
from lab.measure.peak.measure import BlockResult, Ceilings
from lab.measure.peak.worker_protocol import WriteCommand, WriteResult

FASTEST = 1_000.0
ROUNDS = 9
IN_FLIGHT = 0.3
"""At the knee."""


def blocks(stalled: tuple[float, int] | None = None) -> dict[float, list[BlockResult]]:
    """The app is slowed by half of the step's share: a tenth at a fifth of the fastest."""
    return {
        step: [
            _block(step, number, 1 + step / 2 if (step, number) != stalled else 100.0)
            for number in _rounds(step)
        ]
        for step in STEPS
    }


def _rounds(step: float) -> list[int]:
    return [number for number in range(ROUNDS) for _ in range(QUIETS if step == QUIET else 1)]


def _block(step: float, number: int, slower: float) -> BlockResult:
    rows = round(step * FASTEST * 2)
    # The busy time grows with the rows; the last transaction isn't within `paced_s`.
    write_s = [step / 0.2 * 2.0 * IN_FLIGHT, 9.9]
    written = WriteResult(
        committed=rows, attempts=rows, paced_rows=rows, paced_s=2.0, write_s=write_s
    )
    return block(Route.FIXED, number, slower, written)


def test_the_knee_is_where_the_app_is_a_tenth_slower() -> None:
    knee = _fit(blocks(), FASTEST)
    assert knee.rows_per_s == pytest.approx(200)
    assert knee.low == pytest.approx(200)
    assert knee.high == pytest.approx(200)
    assert knee.in_flight == pytest.approx(IN_FLIGHT)
    assert knee.ceilings() == Ceilings(
        well_set=nearly(120), too_high=nearly(360), share=nearly(IN_FLIGHT)
    )
    assert [step.rows_per_s for step in knee.steps] == pytest.approx([1_000 * s for s in STEPS])


def test_a_careful_client_takes_the_low_end_and_one_who_guesses_the_middle() -> None:
    knee = Knee(rows_per_s=400, low=200, high=700, in_flight=0.3, fastest=1_000, steps=[])
    assert knee.ceilings() == Ceilings(
        well_set=nearly(120), too_high=nearly(720), share=nearly(0.15)
    )


@pytest.mark.parametrize("step", STEPS)
def test_a_block_that_the_machine_stalled_moves_no_knee(step: float) -> None:
    assert _fit(blocks(stalled=(step, 4)), FASTEST).rows_per_s == pytest.approx(200)


def test_where_the_app_feels_nothing_the_knee_is_all_that_one_connection_writes() -> None:
    calm = {step: [_block(step, number, 1.0) for number in _rounds(step)] for step in STEPS}
    assert _fit(calm, FASTEST).rows_per_s == FASTEST


class _Bench:
    """The app is slowed by what each block writes, and by what the machine does meanwhile."""

    def __init__(self, noise: float, calm_from: float = math.inf) -> None:
        self._random = random.Random(1)  # noqa: S311  reproducible, not secret
        self._noise = noise
        self._calm_from = calm_from
        self.played = 0

    def block(self, seed: int, write: WriteCommand, number: int) -> BlockResult:
        del seed
        self.played += 1
        step = 0.0 if write.route is Route.QUIET else min(1.0, write.ceiling / FASTEST)
        noise = self._noise if number < self._calm_from else 0.0
        return _block(step, number, (1 + step / 2) * self._random.lognormvariate(0, noise))


def _find(bench: _Bench) -> float:
    return find_knee(bench, ROUNDS, 1, Console(quiet=True)).rows_per_s  # type: ignore[arg-type]


def test_on_a_quiet_machine_the_rounds_do() -> None:
    bench = _Bench(noise=0.0)
    assert _find(bench) == pytest.approx(200)
    assert bench.played == 3 + ROUNDS * (len(STEPS) + QUIETS - 1)


def test_where_the_noise_hides_the_knee_it_is_measured_on() -> None:
    bench = _Bench(noise=1.0, calm_from=ROUNDS)
    assert _find(bench) == pytest.approx(200, rel=0.5)
    assert bench.played > 3 + ROUNDS * (len(STEPS) + QUIETS - 1)


def test_a_machine_too_noisy_for_it_says_so_instead_of_guessing() -> None:
    with pytest.raises(
        UnresolvedError, match=f"after {MAX_ROUNDS_FACTOR * ROUNDS} rounds .* rows/s"
    ):
        _find(_Bench(noise=1.0))
