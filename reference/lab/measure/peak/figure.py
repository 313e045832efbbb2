"""Charts of a run: what became of the results, and what the client's app felt."""

from collections.abc import Mapping
from pathlib import Path

from lab.measure.peak.analysis import Condition, ConfidenceInterval
from lab.measure.peak.design import P95_MARGIN, Route
from lab.measure.peak.report import TITLES
from lab.support.charts import (
    Axis,
    Bar,
    Column,
    Group,
    Interval,
    Row,
    Rows,
    Text,
    html_table,
    save,
)

COUNT = 112
"""Pixels of a column of counts."""

LOST_WIDTH = 276
"""Pixels of the small chart's bars: a phone shows them unshrunk."""

LOST_ROUTES = {
    Route.DIRECT: "written directly",
    Route.RETRIES: "directly, with five retries",
    Route.POOLED: "directly, behind a pool",
    Route.BUFFERED: "through the buffer",
}
HEADS = (
    "way to write",
    "results lost",
    "app's failed calls",
    "its p95, against alone",
    "connections",
)

NOTES = (
    f"The band is what the client tolerates: {P95_MARGIN:.0%} slower. Lines are 95% intervals.",
    "Red: results or calls were lost. Gold: above the band. Green: in it. Grey: the run can't say.",
)


def draw(
    found: Mapping[Route, Condition], connecting: Mapping[Route, Condition], folder: Path
) -> list[Path]:
    """Write both fragments of pages; returns their paths."""
    groups = {"The app has a pool": found, "The app connects for each call": connecting}
    return [save(felt(groups), table(found), folder), save(lost(found), "", folder)]


def lost(found: Mapping[Route, Condition]) -> Rows:
    """The results lost by few ways to write, for the site's first page."""
    bars = {
        LOST_ROUTES[route]: Bar(
            one.rows_lost / _results(one),
            f"{one.rows_lost:,} of {_results(one):,}",
            "failure" if one.rows_lost else "calm",
        )
        for route in LOST_ROUTES
        if (one := found.get(route)) and _results(one)
    }
    return Rows(
        name="peak-lost",
        title="Results lost in the peak",
        description="; ".join(f"{way}: {bar.printed}" for way, bar in bars.items()) + ".",
        columns=(Column(width=LOST_WIDTH, axis=Axis(low=0, high=1, log=False)),),
        groups=(Group("", tuple(Row(way, (bar,)) for way, bar in bars.items())),),
    )


def felt(groups: Mapping[str, Mapping[Route, Condition]]) -> Rows:
    """The app's calls beside each way to write, and what was lost."""
    largest = max(one.app_p95_over_quiet.high for of in groups.values() for one in of.values())
    return Rows(
        name="peak",
        title="What the client's app feels, and what becomes of the results",
        description="The app's 95th percentile beside each way of writing, and what became of the "
        "results; the table has the same numbers.",
        labels=220,
        columns=(
            Column(
                title="app's p95, times alone",
                width=236,
                axis=_axis(max(2.0, largest * 1.1)),
                good=(1, 1 + P95_MARGIN),
            ),
            Column(title="results lost", width=COUNT),
            Column(title="app calls failed", width=COUNT),
        ),
        groups=tuple(
            Group(
                title,
                tuple(
                    Row(TITLES[route], (_interval(one), *_counts(one)))
                    for route, one in of.items()
                    if route is not Route.QUIET
                ),
            )
            for title, of in groups.items()
        ),
        notes=NOTES,
    )


def table(found: Mapping[Route, Condition]) -> str:
    """An HTML table with a row for each way to write."""
    rows = (
        (
            TITLES[route],
            f"{one.rows_lost:,}" if _results(one) else "–",
            f"{one.app_failed:,} of {one.calls:,}",
            _printed(one.app_p95_over_quiet),
            one.connections_peak,
        )
        for route, one in found.items()
    )
    return html_table(HEADS, rows, named=True)


def _printed(ratio: ConfidenceInterval) -> str:
    return f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def _axis(high: float) -> Axis:
    values = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
    return Axis(low=0.8, high=high, ticks=tuple((it, f"{it:g}×") for it in values if it < high))


def _interval(one: Condition) -> Interval:
    over = one.app_p95_over_quiet
    return Interval(low=over.low, value=over.value, high=over.high, ink=_outcome(one))


def _outcome(one: Condition) -> str:
    """The ink for what became of results and app, grey where the interval can't tell."""
    over, most = one.app_p95_over_quiet, 1 + P95_MARGIN
    if one.rows_lost or one.app_failed:
        return "failure"
    if over.low > most:
        return "gold"
    return "calm" if over.high <= most else "muted"


def _results(one: Condition) -> int:
    return one.rows_written + one.rows_lost


def _counts(one: Condition) -> tuple[Text, Text]:
    return (
        Text(_share(one.rows_lost, _results(one)) if _results(one) else "", bad=one.rows_lost > 0),
        Text(_share(one.app_failed, one.calls), bad=one.app_failed > 0),
    )


def _share(some: int, of: int) -> str:
    return f"{some:,} ({some / of:.0%})" if of and some > of / 100 else f"{some:,}"
