"""The chart of connections, refused calls, and the latency of served calls."""

from collections.abc import Callable
from pathlib import Path

from lab.measure.pooler.design import TITLES, ConnectionMode
from lab.measure.pooler.measure import PoolerFigures, PoolerPoint
from lab.support.charts import Axis, Chart, Line, Panel, html_table, save

INK = {
    ConnectionMode.DIRECT: "failure",
    ConnectionMode.POOLED: "calm",
    ConnectionMode.PINNED: "signal",
}
DASH = {ConnectionMode.DIRECT: "7 4", ConnectionMode.POOLED: "", ConnectionMode.PINNED: "2 4"}


def draw(figures: PoolerFigures, folder: Path) -> list[Path]:
    """Write the page's fragment; returns its path."""
    return [save(chart(figures), table(figures), folder)]


def chart(figures: PoolerFigures) -> Chart:
    """The chart, with the measured points as lines."""
    counts = [point.clients for point in figures.ways[ConnectionMode.DIRECT]]
    most = figures.max_connections
    slowest = max(point.p95_ms or 0 for points in figures.ways.values() for point in points)
    return Chart(
        name="pooler",
        title="A pooler between functions and their database",
        description=_description(figures),
        across=Axis(
            low=counts[0],
            high=counts[-1],
            ticks=tuple((count, str(count)) for count in counts),
            label="functions at once",
        ),
        panels=(
            Panel(
                title="connections at the database",
                axis=Axis(
                    low=0, high=most * 1.15, log=False, ticks=((0, "0"), (10, "10"), (20, "20"))
                ),
                lines=_lines(figures, lambda point: point.connections),
                level=(most, "max_connections"),
            ),
            Panel(
                title="calls refused, of all",
                axis=Axis(
                    low=0,
                    high=1,
                    log=False,
                    ticks=((0, "0%"), (0.5, "50%"), (1, "100%")),
                ),
                lines=_lines(figures, refused_share),
            ),
            Panel(
                title="95th percentile of the calls that were served",
                axis=Axis(
                    low=1,
                    high=max(1000.0, slowest * 1.2),
                    ticks=((1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1000, "1 s")),
                ),
                lines=_lines(figures, lambda point: point.p95_ms),
            ),
        ),
    )


def refused_share(point: PoolerPoint) -> float:
    """The share of the calls that got no connection."""
    return point.refused / max(1, point.refused + point.served)


def _lines(figures: PoolerFigures, of: Callable[[PoolerPoint], float | None]) -> tuple[Line, ...]:
    drawn = []
    for mode, points in figures.ways.items():
        spots = tuple(
            (point.clients, value) for point in points if (value := of(point)) is not None
        )
        if spots:
            drawn.append(
                Line(name=mode.value, points=spots, ink=INK[mode], dash=DASH[mode], dots=True)
            )
    return tuple(drawn)


def _description(figures: PoolerFigures) -> str:
    sentences = [
        f"{TITLES[mode]}: at {last.clients} functions {last.connections} connections, "
        f"{refused_share(last):.0%} of the calls refused"
        for mode, points in figures.ways.items()
        for last in points[-1:]
    ]
    return "; ".join(sentences) + "."


def table(figures: PoolerFigures) -> str:
    """All points as an HTML table."""
    heads = ("way", "functions", "connections", "served", "refused", "p50", "p95")
    rows = [
        (
            TITLES[mode],
            point.clients,
            point.connections,
            f"{point.served:,}",
            f"{point.refused:,}",
            _milliseconds(point.p50_ms),
            _milliseconds(point.p95_ms),
        )
        for mode, points in figures.ways.items()
        for point in points
    ]
    return html_table(heads, rows)


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f} ms"
