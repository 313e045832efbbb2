"""A short round of the peak on the real PostgreSQL, as small as the claim that it holds allows.

Beside the app's pool the server has one connection left. Twenty functions that write for themselves
can't share it, one agent can: what is refused is a matter of counts, on a fast machine and a slow.
"""

from pathlib import Path

import pytest

from helpers.fakes_agent import result
from lab.measure.peak.analysis import Condition, analyse
from lab.measure.peak.design import APP_POOL, ArrivalCurve, BenchSize, Route
from lab.measure.peak.measure import Ceilings, bench
from lab.measure.peak.replay_corpus import cache_path
from lab.measure.peak.watch import Watch
from lab.measure.peak.worker_protocol import WriteCommand
from lab.plan.fanout import Ramp
from receipts.messages import encode

pytestmark = pytest.mark.slow

RESERVED = 3  # for the superuser: PostgreSQL's default
WATCHER = 1
SCALE = BenchSize(block_s=1.0, max_connections=RESERVED + WATCHER + APP_POOL + 1, expenses=1_000)
FUNCTIONS = 20
ARRIVALS = ArrivalCurve(
    ramp=Ramp(start=FUNCTIONS, per_second=0.0, ceiling=FUNCTIONS), read_s=0.25, seconds=1.0
)
CEILINGS = Ceilings(well_set=1_000.0, too_high=3_000.0)
# A connection is given back a moment after it is closed: whoever needs it for sure comes first.
ROUTES = (Route.QUIET, Route.BUFFERED, Route.LAMBDA_OVER_VPN, Route.DIRECT)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One result, so that no receipt is read."""
    folder = tmp_path_factory.mktemp("peak")
    cache_path(folder).write_bytes(encode(result()))
    return folder


@pytest.fixture(scope="module")
def watch() -> Watch:
    watch = Watch(SCALE, ARRIVALS)
    watch.begin("a short round", 1)
    return watch


@pytest.fixture(scope="module")
def found(cache: Path, watch: Watch) -> dict[Route, Condition]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "lab.measure.peak.measure.installed", lambda: None
        )  # a pooler keeps connections
        with bench("pool", cache, SCALE, ARRIVALS, watch) as measured:
            blocks = [
                measured.block(
                    seed=1,
                    write=WriteCommand(
                        route=route,
                        start=0,
                        seconds=0,
                        position=0,
                        ceiling=CEILINGS.of(route),
                        share=1.0,
                    ),
                )
                for route in ROUTES
            ]
            return analyse(blocks, CEILINGS, measured.rows())


def test_written_directly_under_the_burst_results_are_lost(
    found: dict[Route, Condition],
) -> None:
    direct = found[Route.DIRECT]
    assert direct.rows_lost > 0
    assert direct.refused == direct.rows_lost


@pytest.mark.parametrize("route", [Route.BUFFERED, Route.LAMBDA_OVER_VPN])
def test_behind_the_queue_none_is_lost_and_none_doubled(
    found: dict[Route, Condition], route: Route
) -> None:
    assert (found[route].rows_lost, found[route].rows_doubled) == (0, 0)


def test_the_agent_wrote_what_it_forgot_and_the_app_was_at_work_all_the_time(
    found: dict[Route, Condition],
) -> None:
    assert found[Route.BUFFERED].rows_written > 0
    assert all(found[route].calls > 0 for route in ROUTES)


@pytest.mark.usefixtures("found")
def test_the_writers_process_takes_the_results_from_the_cache_and_reads_none(cache: Path) -> None:
    assert list(cache.iterdir()) == [cache_path(cache)]


def test_who_watches_is_told_the_same_figures(found: dict[Route, Condition], watch: Watch) -> None:
    told = {one.way: one for one in watch.shown().sums}
    assert told.keys() == set(ROUTES)
    for route in ROUTES:
        assert told[route].app_calls == found[route].calls
        assert told[route].refused == found[route].refused
        assert told[route].connections == found[route].connections_peak
    assert told[Route.DIRECT].lost == found[Route.DIRECT].rows_lost
