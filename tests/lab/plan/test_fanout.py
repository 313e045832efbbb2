"""The fan-out curve answers the burst table of the facts, cell by cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.plan import fanout

STANDARD = fanout.ramp("standard")
PROVISIONED = fanout.ramp("provisioned", pollers=50)
ASYNCHRONOUS = fanout.ramp("asynchronous")

TABLE = [
    (300, (19.6, 1), (3, 0), (3, 0)),
    (500, (25, 0), (3, 0), (3, 0)),
    (1_000, (35, 0), (6, 0), (3, 0)),
    (10_000, (110, 0), (39, 0), (30, 0)),
]


@pytest.mark.parametrize(("receipts", "standard", "provisioned", "asynchronous"), TABLE)
def test_a_burst_of_three_second_receipts_is_read_when_the_facts_say(
    receipts: int,
    standard: tuple[float, int],
    provisioned: tuple[float, int],
    asynchronous: tuple[float, int],
) -> None:
    for curve, (seconds, digits) in (
        (STANDARD, standard),
        (PROVISIONED, provisioned),
        (ASYNCHRONOUS, asynchronous),
    ):
        assert round(fanout.waves_seconds(receipts, 3, curve), digits) == seconds


@pytest.mark.parametrize(
    ("receipts", "seconds"), [(300, 19.5), (500, 25), (1_000, 35.2), (10_000, 110)]
)
def test_the_fluid_agrees_with_the_waves_on_the_standard_ramp(
    receipts: int, seconds: float
) -> None:
    assert fanout.fluid_seconds(receipts, 3, STANDARD) == pytest.approx(seconds, abs=0.1)


def test_the_poller_ramp_not_lambda_limits_hundreds_of_receipts() -> None:
    limited = fanout.ramp("standard", maximum_concurrency=200)
    assert fanout.waves_seconds(300, 3, limited) == fanout.waves_seconds(300, 3, STANDARD)


@given(
    receipts=st.integers(1, 3_000),
    seconds=st.floats(0.5, 20),
    ceiling=st.integers(5, 1_000),
)
def test_more_receipts_or_less_concurrency_never_finish_sooner(
    receipts: int, seconds: float, ceiling: int
) -> None:
    curve = fanout.ramp("standard", maximum_concurrency=ceiling)
    took = fanout.waves_seconds(receipts, seconds, curve)
    assert fanout.waves_seconds(receipts + 1, seconds, curve) >= took - 1e-5
    assert fanout.waves_seconds(receipts, seconds, STANDARD) <= took + 1e-5


def test_a_small_maximum_concurrency_also_caps_the_start() -> None:
    assert fanout.ramp("standard", maximum_concurrency=2).start == 2
