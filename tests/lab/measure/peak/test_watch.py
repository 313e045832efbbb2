"""What the page of a watched peak is told, block by block, and who may ask."""

import httpx
import pytest
from msgspec import json

from lab.measure.peak.design import ArrivalCurve, BenchSize, Route
from lab.measure.peak.measure import BlockResult
from lab.measure.peak.watch import KEPT_BLOCKS, RESERVED, SHEETS, Shown, Watch, page, watched
from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from lab.plan.fanout import Ramp
from lab.run.expenses.app import CallTiming

SCALE = BenchSize(max_connections=20)
ARRIVALS = ArrivalCurve(ramp=Ramp(start=7, per_second=0.0, ceiling=7), read_s=1.0, seconds=1.0)


def command(route: Route, ceiling: float = 300) -> WriteCommand:
    return WriteCommand(route=route, start=0, seconds=0, position=14, ceiling=ceiling)


def block(
    route: Route, number: int = 0, *, committed: int = 0, refused: int = 0, lost: int = 0
) -> BlockResult:
    """A hundred calls, of which one fails; they take 1 to 99 ms."""
    calls = [
        CallTiming(kind="read", due_s=0, lag_s=0, latency_s=ms / 1e3, failed=None)
        for ms in range(1, 100)
    ]
    calls.append(CallTiming(kind="read", due_s=0, lag_s=0, latency_s=9, failed="refused"))
    result = WriteResult(committed=committed, refused=refused, lost=lost)
    return BlockResult(
        round=number, route=route, calls=calls, written=result, connections=12, seconds=2.0
    )


@pytest.fixture
def watch() -> Watch:
    watch = Watch(SCALE, ARRIVALS, now=lambda: 60.0)
    watch.begin("The app has a pool", 4)
    return watch


def test_it_says_what_runs_and_where_on_the_burst_it_is(watch: Watch) -> None:
    watch.begins(command(Route.DIRECT), 2)
    running = watch.shown().running
    assert running is not None
    assert (running.way, running.title, running.round) == (Route.DIRECT, "direct", 2)
    assert (running.readers, running.position_s, running.ceiling) == (7, 14, None)
    watch.begins(command(Route.BUFFERED, ceiling=250), 2)
    running = watch.shown().running
    assert running is not None
    assert (running.readers, running.ceiling) == (0, 250)
    watch.ended(block(Route.BUFFERED))
    assert watch.shown().running is None


def test_it_sums_what_each_way_to_write_did_so_far(watch: Watch) -> None:
    for number, refused in enumerate((10, 0, 2)):
        watch.begins(command(Route.DIRECT), number)
        watch.ended(block(Route.DIRECT, number, committed=100, refused=refused, lost=refused))
    watch.begins(command(Route.QUIET), 2)
    watch.ended(block(Route.QUIET, 2))
    quiet, direct = watch.shown().sums
    assert (quiet.way, quiet.blocks) == (Route.QUIET, 1)
    assert (direct.way, direct.blocks, direct.refused, direct.lost) == (Route.DIRECT, 3, 12, 12)
    assert (direct.app_calls, direct.app_failed, direct.connections) == (300, 3, 12)
    assert direct.rows_per_s == 50
    assert direct.app_p95_ms == pytest.approx(94.1)  # the failed call's nine seconds are no answer
    assert watch.shown().limit == 20 - RESERVED


def test_blocks_that_warm_up_count_for_nothing_and_a_part_begins_at_nothing(watch: Watch) -> None:
    watch.begins(command(Route.DIRECT), -1)
    watch.ended(block(Route.DIRECT, -1, refused=5))
    assert watch.shown().sums == []
    watch.ended(block(Route.DIRECT, 0, refused=5))
    watch.begin("The app connects for each call", 2)
    assert (watch.shown().sums, watch.shown().blocks) == ([], [])


def test_while_the_knee_is_looked_for_rates_that_differ_are_not_summed(watch: Watch) -> None:
    watch.begin("Finding the rate that the app begins to feel", 0)
    watch.ended(block(Route.FIXED, 0, committed=10))
    assert watch.shown().sums == []
    assert len(watch.shown().blocks) == 1


def test_hours_of_blocks_keep_the_last_ones(watch: Watch) -> None:
    for number in range(KEPT_BLOCKS + 5):
        watch.ended(block(Route.DIRECT, number))
    assert len(watch.shown().blocks) == KEPT_BLOCKS


def test_who_has_the_address_is_told_and_no_other_site(watch: Watch) -> None:
    watch.begins(command(Route.DIRECT), 1)
    with watched(watch) as address:
        told = json.decode(httpx.get(f"{address}status").content, type=Shown)
        assert told == watch.shown()
        assert httpx.get(f"{address}assets/agent/parts.js").status_code == 200
        assert httpx.get(f"{address}assets/live/peak.js").status_code == 200
        host = {"Host": "evil.example"}
        assert httpx.get(f"{address}status", headers=host).status_code == 403
        assert httpx.get(f"{address.rsplit('/', 2)[0]}/status").status_code == 404
        assert httpx.post(f"{address}status").status_code == 403


def test_the_page_shows_both_designs() -> None:
    assert all(f'id="{name}-overlay"' in page() for name in SHEETS)
    assert "<!-- " not in page()
