"""From blocks to numbers."""

import pytest
from msgspec.structs import replace

from helpers.peak_blocks import CEILINGS, block, every_route, row_counts
from lab.measure.peak.analysis import ConfidenceInterval, analyse, recompute
from lab.measure.peak.design import Route, curve
from lab.measure.peak.figure import LOST_ROUTES, draw, felt
from lab.measure.peak.report import tables
from lab.support.charts import Interval


def test_a_block_that_the_machine_stalled_decides_no_ratio() -> None:
    blocks = [
        block(b.route, b.round, 1_000.0) if (b.route, b.round) == (Route.BUFFERED, 3) else b
        for b in every_route()
    ]
    of = analyse(blocks, CEILINGS, row_counts(50, 50, 50))[Route.BUFFERED]
    assert of.app_p95_over_quiet.value == 1
    assert of.app_p99_ms.value > 90_000  # and is not hidden either


def test_a_stored_run_can_be_computed_again() -> None:
    found = analyse(every_route(buffered=1.05), CEILINGS, row_counts(50, 50, 50))
    assert recompute(found) == found


def test_percentiles_are_over_all_calls_and_ratios_over_quiet() -> None:
    found = analyse(every_route(buffered=1.05), CEILINGS, row_counts(50, 50, 50))
    assert found[Route.QUIET].app_p95_over_quiet.value == 1
    assert found[Route.BUFFERED].app_p95_over_quiet.value == pytest.approx(1.05)
    assert found[Route.BUFFERED].app_p50_ms.value == pytest.approx(1.05 * 50.5)
    assert len(found[Route.QUIET].samples_ms) == 5


def test_the_rate_used_is_between_the_first_and_the_last_transaction() -> None:
    found = analyse(every_route(), CEILINGS, row_counts(0, 0, 0))
    assert found[Route.BUFFERED].rows_per_s == pytest.approx(500)
    assert found[Route.BUFFERED].rate_used == pytest.approx(1.0)
    assert found[Route.BUFFERED_TOO_HIGH].rate_used == pytest.approx(1 / 3)
    assert found[Route.BUFFERED].in_flight == pytest.approx(0.1)
    assert found[Route.QUIET].rate_used is None


def test_lost_and_doubled_are_counted_in_the_database_and_not_by_the_writer() -> None:
    found = analyse(every_route(), CEILINGS, row_counts(acknowledged=100, stored=99, distinct=97))
    assert found[Route.BUFFERED].rows_lost == 3
    assert found[Route.BUFFERED].rows_doubled == 2
    assert found[Route.DIRECT].rows_lost == 500 + 3


def test_the_figure_and_the_tables_show_every_route(tmp_path) -> None:
    found = analyse(every_route(direct=9.0), CEILINGS, row_counts(50, 50, 50))
    whole, lost = (path.read_text() for path in draw(found, found, tmp_path))
    assert whole.count("<circle") == 2 * (len(Route) - 1)
    assert whole.count("<th scope=row>") == len(Route)
    assert lost.count("<rect") == 2 * len(LOST_ROUTES)
    felt, became = tables("", found)
    assert felt.row_count == len(Route)
    assert became.row_count == len(Route)


@pytest.mark.parametrize(
    ("low", "high", "ink"),
    [(0.95, 1.05, "calm"), (1.2, 1.4, "gold"), (0.95, 1.4, "muted")],
    ids=["within", "above", "can't tell"],
)
def test_a_colour_says_what_an_interval_shows_and_grey_that_it_shows_nothing(
    low: float, high: float, ink: str
) -> None:
    found = analyse(every_route(), CEILINGS, row_counts(50, 50, 50))
    one = replace(found[Route.BUFFERED], app_p95_over_quiet=ConfidenceInterval(1.0, low, high))
    for condition, expected in ((one, ink), (replace(one, rows_lost=1), "failure")):
        mark = felt({"": {Route.BUFFERED: condition}}).groups[0].rows[0].marks[0]
        assert isinstance(mark, Interval)
        assert mark.ink == expected


def test_the_curve_is_the_one_that_the_template_s_concurrency_gives() -> None:
    of = curve()
    assert of.ramp.ceiling == 200
    assert of.ramp.at(0) == 5
    assert of.seconds == pytest.approx(95.5, abs=0.1)
