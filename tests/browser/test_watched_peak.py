"""The page of a watched peak in a real browser: on made-up blocks, and on a short real peak."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.fakes_agent import result
from helpers.in_browser import broken_rules, opened
from lab.measure.peak.design import PEAK_ROUTES, ArrivalCurve, BenchSize, Route
from lab.measure.peak.measure import BlockResult, Ceilings, bench
from lab.measure.peak.replay_corpus import cache_path
from lab.measure.peak.watch import Watch, watched
from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from lab.plan.fanout import Ramp
from lab.run.expenses.app import CallTiming
from receipts.messages import encode

ARRIVALS = ArrivalCurve(ramp=Ramp(start=20, per_second=0.0, ceiling=20), read_s=0.25, seconds=1.0)
SCALE = BenchSize(block_s=1.0, max_connections=20, expenses=1_000)


def command(route: Route) -> WriteCommand:
    return WriteCommand(route=route, start=0, seconds=0, position=14, ceiling=250)


def block(route: Route, number: int) -> BlockResult:
    calls = [CallTiming(kind="read", due_s=0, lag_s=0, latency_s=0.004, failed=None)] * 20
    refused = 9 if route.direct else 0
    written = WriteResult(committed=100, refused=refused, lost=refused)
    return BlockResult(round=number, route=route, calls=calls, written=written, connections=17)


@pytest.fixture
def watch() -> Watch:
    watch = Watch(SCALE, ARRIVALS)
    watch.begin("The app has a pool", 4)
    for route in PEAK_ROUTES:
        watch.begins(command(route), 0)
        watch.ended(block(route, 0))
    return watch


@pytest.fixture
def page(browser: Browser, watch: Watch, noise: list[str]) -> Iterator[Page]:
    with watched(watch) as address:
        page = opened(browser, address, noise)
        yield page
        page.context.close()
    assert noise == []


def test_the_sheet_of_the_way_that_runs_stands_out(page: Page, watch: Watch):
    naive, buffer = (
        page.get_by_role("region", name=it, exact=True)
        for it in ("Without a buffer", "With the buffer")
    )
    watch.begins(command(Route.DIRECT), 1)
    expect(naive).to_have_class(re.compile(r"\bnow\b"))
    expect(naive).to_contain_text("20 readers")
    expect(naive).to_contain_text("17 of 17")
    expect(page.get_by_role("status")).to_have_text("The app has a pool, round 2 of 4.")
    watch.begins(command(Route.BUFFERED), 1)
    expect(buffer).to_have_class(re.compile(r"\bnow\b"))
    expect(buffer).to_contain_text("50 rows/s")
    expect(naive).to_contain_text("9 refused")
    expect(page.locator(".pk-clock")).to_contain_text("buffered, rate follows, 250 rows/s allowed")


def test_each_way_to_write_has_a_row_of_its_figures(page: Page, watch: Watch):
    row = page.get_by_role("row", name="direct, five retries")
    expect(row).to_contain_text("4.0 ms")
    expect(row).to_contain_text("× 1.00")
    expect(row.get_by_role("cell").nth(5)).to_have_text("9")  # refused
    watch.ended(block(Route.RETRIES, 1))
    expect(row.get_by_role("cell").nth(5)).to_have_text("18")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility_and_fits_a_phone(
    browser: Browser, watch: Watch, noise: list[str], mode: str
):
    watch.begins(command(Route.BUFFERED), 1)
    with watched(watch) as address:
        for width in (1440, 390):
            size = {"width": width, "height": 844}
            page = opened(browser, address, noise, color_scheme=mode, viewport=size)
            expect(page.get_by_role("status")).to_contain_text("round 2 of 4")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert broken_rules(page) == []
            page.context.close()
    assert noise == []


def test_a_short_real_peak_is_followed_to_its_end(
    browser: Browser, tmp_path: Path, noise: list[str]
):
    cache_path(tmp_path).write_bytes(encode(result()))  # one result, so that no receipt is read
    routes = (Route.QUIET, Route.BUFFERED, Route.DIRECT)
    watch = Watch(SCALE, ARRIVALS)
    ended: list[BlockResult] = []

    def run() -> None:
        with bench("pool", tmp_path, SCALE, ARRIVALS, watch) as measured:
            watch.begin("A short peak", 2)
            ceilings = Ceilings(well_set=200, too_high=600)
            ended.extend(measured.rounds(routes, [0.0, 0.0], ceilings, seed=1))

    with watched(watch) as address:
        page = opened(browser, address, noise)
        measuring = threading.Thread(target=run)
        measuring.start()
        expect(page.get_by_role("status")).to_contain_text("A short peak", timeout=60_000)
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(len(routes), timeout=60_000)
        measuring.join()
        expect(rows.locator("td:nth-child(2)")).to_have_text(["2"] * len(routes))
        direct = page.get_by_role("row", name="direct")
        refused = sum(one.written.refused for one in ended if one.route is Route.DIRECT)
        expect(direct.get_by_role("cell").nth(5)).to_have_text(f"{refused:,}")
    expect(page.get_by_role("status")).to_contain_text("The run has ended", timeout=20_000)
    page.context.close()
