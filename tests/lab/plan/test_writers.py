"""The writers besides the agent and the mapping: what each keeps to, and where each gives up."""

import math

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lab.plan.plan import Plan, plan
from lab.plan.settings import Outage, Settings
from lab.plan.verdict import verdict

BURST = Settings(receipts=2_000, maximum_concurrency=1_000)


def limits(answer: Plan) -> list[str]:
    return [finding.limit for finding in verdict(answer)]


@hypothesis_settings(max_examples=25, deadline=None)
@given(rate=st.floats(0.1, 200), write_batch=st.integers(1, 50), receipts=st.integers(1, 1_500))
def test_a_scheduled_writer_writes_a_minutes_rows_a_minute(
    rate: float, write_batch: int, receipts: int
) -> None:
    # A row takes less than a ceiling of 200 rows/s leaves for it.
    answer = plan(
        Settings(
            receipts=receipts,
            writer="poller",
            rate=rate,
            write_batch=write_batch,
            row_ms=1.0,
            round_trip_ms=1.0,
        )
    )
    runs = math.ceil(receipts / max(1, math.floor(rate * 60)))
    minutes = answer.completion / 60
    assert answer.stored == receipts
    assert runs <= minutes + 1e-9
    assert minutes <= runs + 2 + answer.read_done / 60


def test_a_scheduled_writer_begins_at_a_minute() -> None:
    first = plan(Settings(receipts=1, writer="poller"))
    assert first.completion == pytest.approx(60.025)


def test_a_pipe_sends_each_row_by_itself_at_its_rate() -> None:
    answer = plan(replace(BURST, writer="pipes", rate=10.0, round_trip_ms=400.0))
    assert answer.drain == pytest.approx((2_000 - 10 * answer.read_done) / 10, rel=0.05)
    assert answer.peak_row_rate <= 11
    assert answer.peak_connections == 5  # 10 rows/s of 0.4 s each, and the next


def test_the_nightly_file_is_written_from_two_oclock_on_and_never_expires() -> None:
    answer = plan(replace(BURST, writer="file", start_hour=10.0, retention_days=0.1))
    assert answer.stored == 2_000
    assert answer.completion > 16 * 3600
    assert limits(answer)[0] == "hours"


def test_a_pool_makes_readers_wait_and_gives_up_after_two_minutes() -> None:
    quick = plan(replace(BURST, writer="pooled", connections=20))
    slow = plan(replace(BURST, writer="pooled", connections=2, row_ms=300.0))
    assert quick.stored == 2_000
    assert slow.refused > 0
    assert slow.longest_write_wait <= 120
    assert limits(slow)[0] == "pool"


def test_more_tries_make_more_refusals_and_few_more_rows() -> None:
    once = Settings(receipts=5_000, writer="direct", maximum_concurrency=1_000)
    often = plan(replace(once, retries=3))
    assert often.stored < 3 * plan(once).stored
    assert often.tries_in_vain > 3 * plan(once).tries_in_vain
    assert often.stored + often.refused == 5_000


def test_the_curve_of_connections_passes_what_the_database_has_left() -> None:
    answer = plan(Settings(receipts=5_000, writer="direct", maximum_concurrency=1_000))
    assert max(answer.series.connections) == answer.peak_connections > 80
    full = next(step for step, most in enumerate(answer.series.connections) if most > 80)
    assert sum(answer.series.refused[:full]) == 0
    assert sum(answer.series.refused) * answer.series.step == answer.refused


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    receipts=st.integers(1, 2_000),
    writer=st.sampled_from(["lambda", "reserved", "poller", "pipes", "file", "pooled", "direct"]),
    rate=st.floats(0.1, 300),
    retention_days=st.floats(0.001, 0.1),
    max_receives=st.integers(1, 30),
    failing_try_seconds=st.floats(0.01, 20),
    connections=st.integers(1, 5),
    retries=st.integers(0, 3),
    outage=st.floats(0.1, 40),
)
def test_every_receipt_ends_in_exactly_one_place_whoever_writes(
    outage: float, receipts: int, **more: object
) -> None:
    asked = Settings(receipts=receipts, outages=(Outage(0.001, outage),))
    answer = plan(replace(asked, **more))
    ends = (
        *(answer.stored, answer.refused, answer.unreachable, answer.dead_lettered),
        *(answer.expired_unread, answer.expired_unwritten),
    )
    assert min(ends) >= 0
    assert sum(ends) == receipts
    assert sum(answer.series.lost) == receipts - answer.stored


def test_the_rate_isnt_blamed_for_one_large_transaction() -> None:
    client = Settings(
        receipts=30_000, arrival="office", start_hour=0, app_load=100, rate=5, knee=110
    )
    found = {finding.limit: finding for finding in verdict(plan(client))}
    assert "database load" not in found
    assert "At most 5 rows a transaction" in found["database burst"].change
    assert "database burst" not in limits(plan(replace(client, write_batch=5)))


def test_a_wait_of_an_hour_binds_though_the_queue_is_empty_in_the_end() -> None:
    slow = Settings(
        receipts=50_000, batch_receipts=20, arrival="office", start_hour=0, rate=1, app_load=100
    )
    assert "write rate" in limits(plan(slow))


def test_no_advice_raises_what_another_lowers() -> None:
    loud = Settings(receipts=20_000, app_load=950, rate=900, yields=False, start_hour=10)
    found = {finding.limit: finding for finding in verdict(plan(loud))}
    assert {"database load", "unsafe rate"} <= set(found)
    assert not any("Raise the ceiling" in finding.change for finding in found.values())


def test_an_app_that_is_too_much_by_itself_is_said_to_be() -> None:
    answer = plan(Settings(receipts=300, batch_receipts=3, arrival="office", app_load=1_200))
    assert limits(answer)[0] == "app load"
