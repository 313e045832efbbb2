"""The plan's promises: nothing is lost in the counting, the pace is kept, memory stays flat."""

import tracemalloc
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lab.plan import fanout
from lab.plan.parameters import DAY
from lab.plan.plan import Plan, plan
from lab.plan.settings import Outage, Settings, Window
from lab.plan.verdict import max_row_rate, rate_at, verdict
from receipts.agent.config import ROWS_PER_TRANSACTION


def limits(answer: Plan) -> list[str]:
    return [finding.limit for finding in verdict(answer)]


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    receipts=st.integers(1, 3_000),
    writer=st.sampled_from(["agent", "lambda", "direct"]),
    arrival=st.sampled_from(["burst", "even", "office"]),
    rate=st.floats(0.1, 500),
    retention_days=st.floats(0.001, 0.1),
    max_connections=st.integers(22, 200),
    outage=st.floats(0.1, 40),
)
def test_every_receipt_ends_in_exactly_one_place(receipts: int, outage: float, **more: Any) -> None:
    answer = plan(Settings(receipts=receipts, outages=(Outage(0.001, outage),), **more))
    ends = (
        *(answer.stored, answer.refused, answer.unreachable),
        *(answer.expired_unread, answer.expired_unwritten),
    )
    assert min(ends) >= 0
    assert sum(ends) == receipts


@given(
    rate=st.floats(1, 400),
    write_batch=st.integers(1, 200),
    connections=st.integers(1, 5),
    receipts=st.integers(1, 5_000),
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_no_second_is_offered_more_than_the_rate_and_one_transaction(
    rate: float, write_batch: int, connections: int, receipts: int
) -> None:
    answer = plan(
        Settings(receipts=receipts, rate=rate, write_batch=write_batch, connections=connections)
    )
    assert answer.peak_row_rate <= rate + write_batch


@pytest.mark.parametrize(("receipts", "seconds"), [(300, 19.6), (500, 25.0), (1_000, 35.2)])
def test_the_recurrence_reads_a_burst_as_fast_as_the_closed_form(
    receipts: int, seconds: float
) -> None:
    settings = Settings(
        receipts=receipts, read_shape="constant", init_seconds=0, maximum_concurrency=1_000
    )
    answer = plan(settings)
    assert answer.read_done == pytest.approx(seconds, abs=0.05)
    assert answer.read_done == pytest.approx(
        fanout.waves_seconds(receipts, 3, settings.ramp), abs=1e-5
    )


def test_a_full_write_queue_drains_as_the_closed_form_says() -> None:
    answer = plan(Settings(receipts=40_000, rate=20))
    # T = Q/(μ - λ), and nothing arrives any more. Twenty rows take 120 ms, and then their second.
    rate = 20 / (0.12 + 1.0)
    assert answer.drain == pytest.approx((40_000 - rate * answer.read_done) / rate, rel=0.01)


@pytest.mark.parametrize(
    ("rate", "away_ms", "rows_per_second"),
    [
        (200, 50, 182),  # 10 ms, and then the 100 ms that twenty rows pay for
        (200, 500, 80),  # marking and deleting takes 2 · 500 ms, for four transactions at a time
        (10_000, 20, 1333),  # 10 ms, and a quarter of a receive
    ],
)
def test_the_agent_writes_as_fast_as_pace_database_and_distance_allow(
    rate: float, away_ms: float, rows_per_second: int
) -> None:
    settings = Settings(
        receipts=20_000,
        rate=rate,
        yields=False,
        round_trip_ms=9.98,
        row_ms=0.001,
        aws_round_trip_ms=away_ms,
        outages=(Outage(0, 1),),  # all of it waits for the link, so that reading is not what binds
    )
    answer = plan(settings)
    assert answer.stored / (answer.completion - 3_600) == pytest.approx(rows_per_second, rel=0.01)
    assert rate_at(settings, rate) == pytest.approx(rows_per_second, rel=0.01)


@pytest.mark.parametrize(("row_ms", "rows_per_second"), [(5.0, 286), (50.0, 38)])
def test_lambda_writers_slow_down_with_their_database_as_the_facts_say(
    row_ms: float, rows_per_second: int
) -> None:
    settings = Settings(writer="lambda", connections=2, write_batch=10, row_ms=row_ms)
    assert int(max_row_rate(settings) + 0.5) == rows_per_second
    # All of it waits for the link, so that reading is not what binds.
    answer = plan(replace(settings, receipts=20_000, outages=(Outage(0, 1),)))
    assert answer.stored / (answer.completion - 3_600) == pytest.approx(rows_per_second, rel=0.02)


def test_a_slow_agent_loses_results_to_retention_and_the_verdict_names_the_day() -> None:
    answer = plan(Settings(receipts=50_000, rate=0.1, retention_days=3))
    assert answer.first_expiry == pytest.approx(3 * DAY, rel=0.01)
    assert answer.expired_unwritten > 0
    finding = verdict(answer)[0]
    assert finding.limit == "write retention"
    assert "on day 4" in finding.text
    assert finding.level == "breaks"


def test_a_burst_of_hundreds_is_bound_by_the_poller_ramp() -> None:
    assert limits(plan(Settings(receipts=300))) == ["poller ramp"]


def test_ten_thousand_at_once_are_bound_by_the_concurrency() -> None:
    assert "concurrency" in limits(plan(Settings(receipts=10_000, rate=500, write_batch=500)))


def test_a_quiet_stream_is_bound_by_nothing() -> None:
    quiet = Settings(
        receipts=200, batch_receipts=3, arrival="even", arrival_hours=8, rate=50, read_seconds=3
    )
    assert limits(plan(quiet)) == ["everything"]


def test_readers_that_write_themselves_are_refused_connections() -> None:
    answer = plan(Settings(receipts=5_000, writer="direct", maximum_concurrency=1_000))
    assert answer.refused > 1_000
    assert limits(answer)[0] == "connections"


def test_behind_the_agent_the_same_receipts_are_all_stored() -> None:
    answer = plan(Settings(receipts=5_000, maximum_concurrency=1_000))
    assert answer.stored == 5_000


def test_nothing_is_written_while_the_link_is_down() -> None:
    answer = plan(Settings(receipts=300, outages=(Outage(0, 24),)))
    down = int(DAY / answer.series.step)
    assert set(answer.series.row_rate[:down]) == {0}
    assert answer.peak_write_depth == answer.stored == 300
    assert answer.longest_write_wait == pytest.approx(DAY, rel=0.001)
    assert limits(answer)[0] == "hours"


def test_a_window_of_the_night_keeps_the_day_clear() -> None:
    night = Settings(receipts=300, start_hour=9, windows=(Window(22, 6),))
    answer = plan(night)
    assert 13 * 3600 <= answer.completion <= 13 * 3600 + 60


def test_a_rate_that_only_the_day_would_forbid_is_fine_at_night() -> None:
    loud = Settings(receipts=300, app_load=900, rate=200, batch_receipts=10, yields=False)
    assert "unsafe rate" in limits(plan(loud))
    assert "unsafe rate" not in limits(plan(replace(loud, windows=(Window(22, 5),))))


def test_the_model_writes_as_the_deployed_agent_unless_it_is_told_otherwise() -> None:
    settings = Settings()
    assert (settings.writer, settings.yields, settings.connections) == ("agent", True, 1)
    assert settings.write_batch == ROWS_PER_TRANSACTION


def test_a_drain_slowed_by_the_app_is_not_blamed_on_the_hours() -> None:
    slow = Settings(receipts=20_000, start_hour=9, app_load=950, rate=200, windows=(Window(8, 20),))
    assert "hours" not in limits(plan(slow))


def test_a_rate_that_yields_leaves_the_busy_hour_its_headroom() -> None:
    busy = Settings(
        receipts=20_000, start_hour=10, app_load=900, rate=200, yields=True, write_batch=10
    )
    assert plan(busy).peak_database_load <= 1
    assert plan(replace(busy, yields=False, app_load=950)).peak_database_load > 1


def test_a_night_without_headroom_is_waited_for_and_not_looped_over() -> None:
    full = Settings(receipts=50, start_hour=9, app_load=1_100, yields=True)
    answer = plan(full)
    assert answer.stored == 50


@pytest.mark.slow
def test_memory_does_not_grow_with_the_receipts() -> None:
    def peak(receipts: int) -> int:
        tracemalloc.start()
        plan(Settings(receipts=receipts, rate=10))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.2 * peak(10_000)


def test_ages_fall_only_when_something_is_taken_off_the_queue() -> None:
    answer = plan(Settings(receipts=3_000, rate=10, outages=(Outage(0.01, 1),)))
    step = answer.series.step
    for before, after in pairwise(answer.series.write_age):
        assert after <= before + step + 1e-6 or before == 0


@pytest.mark.parametrize("receipts", [1, 700, 20_000])
def test_the_curves_hold_every_receipt_however_often_the_steps_were_joined(receipts: int) -> None:
    answer = plan(Settings(receipts=receipts, arrival="office"))
    assert sum(answer.series.read_rate) * answer.series.step == receipts
    assert sum(answer.series.write_rate) * answer.series.step == receipts
    assert max(answer.series.receipt_depth) == answer.peak_receipt_depth
    assert max(answer.series.write_depth) == answer.peak_write_depth
    assert max(answer.series.row_rate) == answer.peak_row_rate


def test_the_same_settings_give_the_same_answer() -> None:
    assert plan(Settings(receipts=500)) == plan(Settings(receipts=500))


def test_unverified_prices_are_kept_apart_in_the_bill() -> None:
    bill = plan(Settings(receipts=1_000, engine="textract")).cost
    assert bill.unverified == Decimal(10) + Decimal("0.01")
    assert all(line.tag != "U" for line in bill.lines if line.service in {"Lambda", "SQS"})


def test_cold_starts_are_billed() -> None:
    cold = plan(Settings(receipts=300, init_seconds=2)).usage
    warm = plan(Settings(receipts=300, init_seconds=2, warm=1_000)).usage
    assert cold.cold_start_seconds > 0
    assert warm.cold_start_seconds == 0
    assert cold.billed_seconds == pytest.approx(warm.billed_seconds + cold.cold_start_seconds)


def test_an_hour_without_room_lends_its_load_to_no_other_hours_rows() -> None:
    full = Settings(receipts=30_000, arrival="office", start_hour=0, app_load=1_000, rate=60)
    answer = plan(full)
    assert answer.series.step > 60  # a step may hold the end of one hour and the next one's begin
    assert answer.peak_database_load == 1
    assert "database burst" not in limits(answer)
