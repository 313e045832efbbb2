"""The run's figures as tables."""

from collections.abc import Mapping

from rich.box import SIMPLE
from rich.table import Table

from lab.measure.peak.aims import Aim
from lab.measure.peak.analysis import Condition, ConfidenceInterval
from lab.measure.peak.design import Route

TITLES: Mapping[Route, str] = {
    Route.QUIET: "quiet: the app alone",
    Route.PLACEBO: "placebo: quiet again",
    Route.DIRECT: "direct",
    Route.RETRIES: "direct, five retries",
    Route.POOLED: "direct, behind a pool",
    Route.BUFFERED: "buffered, rate follows",
    Route.FIXED: "buffered, fixed rate",
    Route.BUFFERED_TOO_HIGH: "3× too high, rate follows",
    Route.FIXED_TOO_HIGH: "3× too high, fixed rate",
    Route.LAMBDA_OVER_VPN: "Lambda over VPN, two at a time",
}


def tables(title: str, found: Mapping[Route, Condition]) -> tuple[Table, Table]:
    """Two tables: what the app feels, and what becomes of the results."""
    app = _table(title, "app calls", "failed", "p50 ms", "p95 ms", "p95 / quiet", "p99 / quiet")
    results = _table("", "rows/s", "of ceiling", "in flight", "lost", "doubled", "refused", "conns")
    for route, one in found.items():
        app.add_row(
            TITLES[route],
            f"{one.calls:,}",
            f"{one.app_failed:,}",
            f"{one.app_p50_ms.value:.1f}",
            f"{one.app_p95_ms.value:.1f}",
            _ratio(one.app_p95_over_quiet),
            _ratio(one.app_p99_over_quiet),
        )
        if one.rows_written:
            results.add_row(
                TITLES[route],
                f"{one.rows_per_s:,.0f}",
                f"{one.rate_used:.0%}" if one.rate_used is not None else "",
                f"{one.in_flight:.2f}" if one.in_flight is not None else "",
                f"{one.rows_lost:,}",
                f"{one.rows_doubled:,}",
                f"{one.refused:,}",
                f"{one.connections_peak}",
            )
    return app, results


def _table(title: str, *columns: str) -> Table:
    shown = Table(title=title or None, box=SIMPLE, pad_edge=False)
    shown.add_column("", no_wrap=True)
    for column in columns:
        shown.add_column(column, justify="right", no_wrap=True)
    return shown


def aims_table(reached: Mapping[str, Aim]) -> Table:
    """Which aims were reached, and the ratio by which each was judged."""
    shown = Table("", "aim", "ratio, 95% interval", box=SIMPLE, pad_edge=False)
    for name, one in reached.items():
        ratio = _ratio(one.ratio) if one.ratio else ""
        shown.add_row("reached" if one.reached else "not reached", name, ratio)
    return shown


def _ratio(one: ConfidenceInterval) -> str:
    return f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f})"
