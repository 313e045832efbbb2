"""The aims of the peak: what is claimed must be shown, and a noisy machine shows less."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from rich.console import Console

from helpers.peak_blocks import CEILINGS, every_route, row_counts
from lab.measure.peak.aims import aims, count_aims
from lab.measure.peak.analysis import Condition, ConfidenceInterval, analyse
from lab.measure.peak.design import Route
from lab.measure.peak.measure import BlockResult
from lab.measure.peak.report import aims_table

pytestmark = pytest.mark.slow

CALM = [1.0] * 12
JUDGED = (
    Route.QUIET,
    Route.PLACEBO,
    Route.DIRECT,
    Route.BUFFERED,
    Route.BUFFERED_TOO_HIGH,
    Route.FIXED_TOO_HIGH,
)
NOISY = [0.4, 1.0, 2.5] * 4
"""No slower in the middle, and the rounds far from each other."""


def not_reached(found: Mapping[Route, Condition]) -> list[str]:
    return [name for name, aim in aims(found).items() if not aim.reached]


def found(*, rows_different: int = 50, **rounds: Sequence[float]) -> dict[Route, Condition]:
    """A run in which each route's rounds were so much slower than quiet."""
    return analysed(every_block(**rounds), rows_different)


def every_block(**rounds: Sequence[float]) -> list[BlockResult]:
    slower = {"buffered_fixed_too_high": [1.5] * 12, **rounds}
    return [
        replace(block, calls=[replace(c, latency_s=c.latency_s * by) for c in block.calls])
        for block in every_route(rounds=12)
        if block.route in JUDGED
        for by in [slower.get(block.route.value, CALM)[block.round]]
    ]


def analysed(blocks: list[BlockResult], rows_different: int = 50) -> dict[Route, Condition]:
    return analyse(blocks, CEILINGS, row_counts(50, 50, rows_different))


def test_a_good_run_reaches_them_all() -> None:
    assert not_reached(found()) == []


def test_an_app_that_is_a_fifth_slower_and_a_row_that_is_doubled_miss_theirs() -> None:
    assert not_reached(found(buffered=[1.2] * 12, rows_different=49)) == [
        "buffered loses none and doubles none",
        "p95 at most 1.10 × quiet",
        "p95 at most 1.10 × placebo",
        "p99 at most 1.15 × placebo",
    ]


def test_the_p99_may_be_a_little_slower_than_the_p95() -> None:
    assert not_reached(found(buffered=[1.12] * 12)) == [
        "p95 at most 1.10 × quiet",
        "p95 at most 1.10 × placebo",
    ]


def test_three_slow_calls_in_a_hundred_are_the_p99_s_affair_alone() -> None:
    blocks = [
        replace(
            block, calls=[*block.calls[:97], *(replace(c, latency_s=9) for c in block.calls[97:])]
        )
        if block.route is Route.BUFFERED
        else block
        for block in every_block()
    ]
    assert not_reached(analysed(blocks)) == ["p99 at most 1.15 × placebo"]


def test_a_few_rounds_on_any_machine_decide_what_is_counted() -> None:
    rows_lost = count_aims(found(buffered=NOISY, rows_different=49))
    assert [(name, aim.reached) for name, aim in rows_lost.items()] == [
        ("direct loses results", True),
        ("buffered loses none and doubles none", False),
        ("beside the buffer no call of the app fails", True),
    ]


@pytest.mark.parametrize("noisy", ["buffered", "placebo"])
def test_noise_hides_harm_and_so_shows_nothing(noisy: str) -> None:
    """Intervals as wide as these overlap, whatever was measured."""
    rounds: dict[str, Any] = {noisy: NOISY}
    assert "p99 at most 1.15 × placebo" in not_reached(found(**rounds))


def test_a_good_middle_with_an_interval_beyond_the_margin_is_not_good_enough() -> None:
    rounds = [1.0] * 7 + [1.4] * 5
    one = aims(found(buffered_too_high=rounds))[
        "ceiling too high: where the rate follows p95 at most 1.10 × placebo"
    ]
    assert one.ratio is not None
    assert one.ratio.value == pytest.approx(1.0)
    assert one.ratio.high == pytest.approx(1.4)
    assert not one.reached


def test_the_fixed_rate_hurts_only_where_its_lower_end_says_so() -> None:
    one = "ceiling too high: at a fixed rate p95 over 1.10 × placebo"
    assert one in not_reached(found(buffered_fixed_too_high=[1.5] * 7 + [1.0] * 5))
    assert one in not_reached(found(buffered_fixed_too_high=CALM))


def test_what_slows_a_round_s_placebo_alike_is_no_harm_of_ours() -> None:
    """Rounds are compared in pairs: a machine's bad minute hits both."""
    minute = [1.0, 3.0, 0.5, 2.0] * 3
    one = aims(found(buffered=minute, placebo=minute))["p95 at most 1.10 × placebo"]
    assert one.reached
    assert one.ratio == ConfidenceInterval(1.0, 1.0, 1.0)


def test_the_table_says_which_were_reached_and_by_what() -> None:
    console = Console(width=120)
    with console.capture() as shown:
        console.print(aims_table(aims(found(buffered=[1.2] * 12))))
    lines = [line for line in shown.get().splitlines() if "p99" in line]
    assert any("not reached" in line and "1.20 (1.20–1.20)" in line for line in lines)
