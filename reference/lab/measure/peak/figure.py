"""Charts of a run: what the app feels, and what becomes of the results."""

from collections.abc import Mapping
from pathlib import Path

from lab.measure.peak.analysis import Condition
from lab.measure.peak.design import MAX_CONNECTIONS, P95_MARGIN, Route
from lab.measure.peak.report import TITLES
from lab.support.charts import Axis, Column, Group, Interval, Row, Rows, Text, images

COUNTS = ("results lost", "app calls failed", f"connections of {MAX_CONNECTIONS}")
COUNT = 108
"""Pixels of one column of counts."""

GLANCE_ROUTES = (
    Route.QUIET,
    Route.PLACEBO,
    Route.DIRECT,
    Route.RETRIES,
    Route.FIXED_TOO_HIGH,
    Route.BUFFERED,
)


def draw(
    found: Mapping[Route, Condition], connecting: Mapping[Route, Condition], folder: Path
) -> list[Path]:
    """Write both charts, two images each; returns their paths."""
    return [path for chart in charts(found, connecting) for path in images(chart, folder)]


def charts(
    found: Mapping[Route, Condition], connecting: Mapping[Route, Condition]
) -> tuple[Rows, Rows]:
    """The whole chart, and a small one with few routes for the site's first page."""
    whole = {"The app has a pool": found, "The app connects for each call": connecting}
    glance = {"": {route: found[route] for route in GLANCE_ROUTES if route in found}}
    title = "What the client's app feels"
    return (
        _chart("peak", f"{title}, and what becomes of the results", whole, 246, 300, COUNTS),
        _chart("peak-glance", title, glance, 214, 190, COUNTS[:1]),
    )


def _chart(
    name: str,
    title: str,
    groups: Mapping[str, Mapping[Route, Condition]],
    labels: float,
    plot: float,
    counts: tuple[str, ...],
) -> Rows:
    largest = max(one.app_p95_over_quiet.high for of in groups.values() for one in of.values())
    return Rows(
        name=name,
        title=title,
        description="The app's 95th percentile beside each way of writing, and what became of the "
        "results; the table has the same numbers.",
        labels=labels,
        columns=(
            Column(
                title="app's p95, times quiet",
                width=plot,
                axis=_axis(max(2.0, largest * 1.1)),
                good=(1, 1 + P95_MARGIN),
            ),
            *(Column(title=count, width=COUNT) for count in counts),
        ),
        groups=tuple(
            Group(
                title,
                tuple(
                    Row(TITLES[route], (_interval(one), *_counts(one)[: len(counts)]))
                    for route, one in of.items()
                    if route is not Route.QUIET
                ),
            )
            for title, of in groups.items()
        ),
        notes=(
            f"The band is what the client tolerates: up to {P95_MARGIN:.0%} slower than quiet.",
            "Lines are 95 % intervals.",
        ),
    )


def _axis(high: float) -> Axis:
    values = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
    return Axis(low=0.8, high=high, ticks=tuple((it, f"{it:g}×") for it in values if it < high))


def _interval(one: Condition) -> Interval:
    over = one.app_p95_over_quiet
    ink = "failure" if over.low > 1 + P95_MARGIN else "calm"
    return Interval(low=over.low, value=over.value, high=over.high, ink=ink)


def _counts(one: Condition) -> tuple[Text, Text, Text]:
    lost = _share(one.rows_lost, one.rows_lost + one.rows_written)
    return (
        Text(lost if one.rows_written else "", bad=one.rows_lost > 0),
        Text(_share(one.app_failed, one.calls), bad=one.app_failed > 0),
        Text(str(one.connections_peak)),
    )


def _share(some: int, of: int) -> str:
    return f"{some:,} ({some / of:.0%})" if of and some > of / 100 else f"{some:,}"
