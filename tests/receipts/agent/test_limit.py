"""The rate follows the database: what is in flight stays the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.agent.pacing import AVERAGED_TRANSACTIONS, InFlightLimit

SHARE = 0.1


def settle(
    limit: InFlightLimit, rows: int, seconds: float, times: int = 10 * AVERAGED_TRANSACTIONS
) -> None:
    for _ in range(times):
        limit.answered(rows, seconds)


@given(st.integers(1, 500), st.floats(1e-4, 10))
def test_at_its_rate_the_share_is_in_flight(rows: int, seconds: float) -> None:
    limit = InFlightLimit(lowest=1e-9)
    settle(limit, rows, seconds)
    transactions_a_second = limit.rate(SHARE) / rows
    assert transactions_a_second * seconds == pytest.approx(SHARE, rel=1e-3)


def test_a_database_ten_times_slower_gets_a_tenth() -> None:
    limit = InFlightLimit(lowest=0.1)
    settle(limit, 50, 0.005)
    before = limit.rate(SHARE)
    settle(limit, 50, 0.05)
    assert limit.rate(SHARE) == pytest.approx(before / 10, rel=0.01)


def test_it_follows_within_its_memory() -> None:
    limit = InFlightLimit(lowest=0.1)
    settle(limit, 50, 0.005)
    before = limit.rate(SHARE)
    settle(limit, 50, 0.05, times=AVERAGED_TRANSACTIONS)
    assert limit.rate(SHARE) < before / 5


def test_a_transaction_that_failed_halves_the_rate() -> None:
    limit = InFlightLimit(lowest=0.1)
    settle(limit, 50, 0.005)
    before = limit.rate(SHARE)
    limit.failed()
    assert limit.rate(SHARE) == pytest.approx(before / 2)


def test_after_an_outage_it_finds_back_within_its_memory() -> None:
    limit = InFlightLimit(lowest=1)
    settle(limit, 50, 0.005)
    before = limit.rate(SHARE)
    for _ in range(100):
        limit.failed()
    assert limit.rate(SHARE) == pytest.approx(before / 16)
    for _ in range(AVERAGED_TRANSACTIONS):
        limit.answered(50, 0.005)
    assert limit.rate(SHARE) == pytest.approx(before)


def test_before_anything_was_measured_there_is_no_limit() -> None:
    assert InFlightLimit(lowest=1).rate(SHARE) == float("inf")
