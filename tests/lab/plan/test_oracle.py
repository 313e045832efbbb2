"""The recurrence agrees with an event calendar that was written without it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lab.plan.plan import plan
from lab.plan.settings import Outage, Settings, Window

from .oracle import Oracle

CLOSE: dict[str, Any] = {"rel": 1e-6, "abs": 1e-4}


def windows() -> st.SearchStrategy[tuple[Window, ...]]:
    start = st.integers(0, 47).map(lambda half: half / 2)
    end = st.integers(1, 48).map(lambda half: half / 2)
    return st.lists(st.builds(Window, start, end), max_size=2).map(tuple)


def outages() -> st.SearchStrategy[tuple[Outage, ...]]:
    span = st.builds(Outage, st.floats(0, 5), st.floats(0.01, 30))
    return st.lists(span, max_size=2).map(tuple)


SMALL = st.builds(
    Settings,
    receipts=st.integers(1, 250),
    batch_receipts=st.sampled_from([1, 7, 40, 300]),
    arrival=st.sampled_from(["burst", "even", "office"]),
    arrival_hours=st.sampled_from([0.01, 0.1, 2.5, 30.0]),
    start_hour=st.sampled_from([0.0, 9.0, 17.25]),
    read_seconds=st.floats(0.2, 20),
    read_shape=st.sampled_from(["constant", "typical", "long tail"]),
    read_batch=st.sampled_from([1, 3, 10]),
    poller_mode=st.sampled_from(["standard", "provisioned", "asynchronous"]),
    maximum_concurrency=st.integers(2, 60),
    pollers=st.integers(2, 8),
    account_concurrency=st.integers(10, 60),
    init_seconds=st.sampled_from([0.0, 2.0]),
    warm=st.sampled_from([0, 5]),
    writer=st.sampled_from(["agent", "lambda"]),
    rate=st.floats(0.5, 100),
    yields=st.booleans(),
    write_batch=st.sampled_from([1, 10, 50]),
    connections=st.integers(1, 3),
    row_ms=st.floats(1, 200),
    aws_round_trip_ms=st.floats(0, 2_000),
    windows=windows(),
    outages=outages(),
    retention_days=st.just(14.0),
    visibility_seconds=st.just(43_200.0),  # receives in vain: see test_receives
)


@hypothesis_settings(max_examples=100, deadline=None, print_blob=False)
@given(settings=SMALL)
def test_the_recurrence_agrees_with_an_event_calendar(settings: Settings) -> None:
    model, oracle = plan(settings), Oracle(settings).run()
    assert model.stored == len(oracle.write_waits) == settings.receipts
    assert model.read_done == pytest.approx(oracle.read_done, **CLOSE)
    assert model.completion == pytest.approx(oracle.completion, **CLOSE)
    mean_read = sum(oracle.read_waits) / settings.receipts
    mean_write = sum(oracle.write_waits) / settings.receipts
    assert model.mean_read_wait == pytest.approx(mean_read, **CLOSE)
    assert model.mean_write_wait == pytest.approx(mean_write, **CLOSE)
    assert model.longest_read_wait == pytest.approx(max(oracle.read_waits), **CLOSE)
    assert model.longest_write_wait == pytest.approx(max(oracle.write_waits), **CLOSE)
    assert model.peak_receipt_depth == max(oracle.receipt_depths.values())
    assert model.peak_write_depth == max(oracle.result_depths.values())
    assert model.peak_concurrency == oracle.peak_concurrency
    assert model.usage.cold_start_seconds == oracle.cold_starts * settings.init_seconds
