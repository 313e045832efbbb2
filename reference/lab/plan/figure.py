"""The chart of the scale study: one line for each limit, which binds above 1."""

from pathlib import Path

from lab.plan.formatting import duration, number
from lab.plan.parameters import DAY
from lab.plan.scale import Scale
from lab.support.charts import Axis, Chart, Line, Panel, html_table, save

LINE_STYLES = {
    "wait": ("data", ""),
    "concurrency": ("signal", "9 4"),
    "rate": ("failure", "2 4"),
    "retention": ("calm", "12 3 2 3"),
    "cost": ("gold", "5 3"),
}


def draw(scale: Scale, folder: Path) -> list[Path]:
    """Write the page's fragment; returns its path."""
    return [save(chart(scale), table(scale), folder)]


def chart(scale: Scale) -> Chart:
    """The use of each limit, by the week's receipts."""
    return Chart(
        name="scale",
        title="Which limit binds, by receipts in the last week of January",
        description=_description(scale),
        across=Axis(
            low=scale.points[0].receipts,
            high=scale.points[-1].receipts,
            ticks=tuple((10**power, f"{10**power:,}") for power in range(3, 8)),
            label="receipts in the week",
        ),
        panels=(
            Panel(
                title="use of each limit, by the model",
                axis=Axis(
                    low=0.001,
                    high=1000,
                    ticks=tuple((10.0**power, f"{10.0**power:,g}") for power in range(-3, 4)),
                ),
                lines=tuple(_line(scale, limit) for limit in scale.limits),
                level=(1, "1: it binds"),
                bad_above=True,
                height=330,
            ),
        ),
    )


def _line(scale: Scale, limit: str) -> Line:
    ink, dash = LINE_STYLES[limit]
    points = tuple((point.receipts, point.shares[limit]) for point in scale.points)
    return Line(name=scale.limits[limit].name, points=points, ink=ink, dash=dash)


def _description(scale: Scale) -> str:
    limits = []
    for name, limit in scale.limits.items():
        size = scale.binds_from[name]
        where = f"from {size:,} receipts" if size else "nowhere in this range"
        limits.append(f"{limit.name} ({limit.description}) binds {where}")
    return "; ".join(limits) + "."


def table(scale: Scale) -> str:
    """An HTML table with a row for each size."""
    limits = [limit.name for limit in scale.limits.values()]
    rows = (
        (
            f"{point.receipts:,}",
            *(number(point.shares[limit]) for limit in scale.limits),
            duration(point.stored_after_days * DAY),
            number(point.usd),
        )
        for point in scale.points
    )
    heads = ("receipts", *limits, "stored after", "USD, dated prices")
    return html_table(heads, rows, named=True)
