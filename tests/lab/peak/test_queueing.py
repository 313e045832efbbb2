"""The laws on a server as queueing theory has it: which of them keeps the app as it was."""

import pytest

from lab.peak.queueing import Felt, compare
from receipts.agent_config import SHARE

LOADS = (0.3, 0.6, 0.8)
CEILINGS = (500.0, 10_000.0)
NOISE = 0.03


@pytest.fixture(scope="module")
def felt() -> dict[str, list[Felt]]:
    found: dict[str, list[Felt]] = {}
    for one in compare(LOADS, CEILINGS):
        found.setdefault(one.law, []).append(one)
    return found


def test_the_share_bounds_the_slowdown_whatever_the_load_and_the_ceiling(
    felt: dict[str, list[Felt]],
) -> None:
    assert all(one.mean <= 1 + SHARE + NOISE for one in felt["share"])


def test_a_fixed_rate_under_a_ceiling_too_high_slows_the_app(felt: dict[str, list[Felt]]) -> None:
    assert all(one.mean > 1.5 for one in felt["fixed"] if one.ceiling == 10_000)


def test_where_the_ceiling_is_low_the_share_leaves_it_alone(felt: dict[str, list[Felt]]) -> None:
    [calm] = [one for one in felt["share"] if (one.load, one.ceiling) == (0.3, 500)]
    assert calm.rows_per_s > 0.9 * calm.ceiling


def test_the_more_the_app_works_the_less_is_written(felt: dict[str, list[Felt]]) -> None:
    rates = [one.rows_per_s for one in felt["share"] if one.ceiling == 10_000]
    assert rates == sorted(rates, reverse=True)
