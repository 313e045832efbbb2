"""The chart of the comparison: four measures, a bar a pattern."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from lab.measure.patterns.results import PatternFigures, PatternRow
from lab.support.charts import Axis, Bar, Column, Group, Rows, images
from lab.support.charts import Row as ChartRow


class ChartColumn(Struct, frozen=True):
    """One measure: what it is, where it is from, its value for a row, and how that is printed."""

    title: str
    source: str
    value: Callable[[PatternRow], float]
    form: str


def draw(figures: PatternFigures, folder: Path) -> list[Path]:
    """Write both images; returns them."""
    return images(chart(figures), folder)


def chart(figures: PatternFigures) -> Rows:
    """Every pattern's bars."""
    measures = _measures(figures)
    return Rows(
        name="patterns",
        title="The same receipts through each pattern",
        description="Deliveries, bytes, lines of template and price of each pattern; the table has "
        "the same.",
        labels=134,
        columns=tuple(
            Column(
                title=it.title,
                note=it.source,
                width=176,
                axis=Axis(low=0, high=max(map(it.value, figures.rows)) or 1.0, log=False),
            )
            for it in measures
        ),
        groups=(
            Group(
                "",
                tuple(
                    ChartRow(row.title, tuple(_bar(it, row) for it in measures))
                    for row in figures.rows
                ),
            ),
        ),
        notes=(_note(figures),),
    )


def _note(figures: PatternFigures) -> str:
    return (
        f"{figures.receipts} receipts, {figures.duplicates} of them sent twice, out of order; "
        f"{figures.slow} slow; behind a queue {figures.failing} fail once, {figures.poison} can "
        "never be read. Every other one is stored exactly once in each."
    )


def _measures(figures: PatternFigures) -> tuple[ChartColumn, ...]:
    sent = figures.receipts + figures.duplicates
    return (
        ChartColumn(
            f"deliveries of {sent} messages",
            "local emulator",
            lambda row: _cell(row, "delivered"),
            ".0f",
        ),
        ChartColumn(
            "event bytes a delivery",
            "local emulator",
            lambda row: _cell(row, "event_bytes") / _cell(row, "delivered"),
            ",.0f",
        ),
        ChartColumn(
            "lines of template",
            "counted in the sources",
            lambda row: _cell(row, "lines_of_template"),
            ".0f",
        ),
        ChartColumn(
            "USD a million",
            "cost model, without reading",
            lambda row: _cell(row, "usd_service") + _cell(row, "usd_invocations"),
            ".2f",
        ),
    )


def _bar(measure: ChartColumn, row: PatternRow) -> Bar:
    value = measure.value(row)
    return Bar(value, format(value, measure.form))


def _cell(row: PatternRow, name: str) -> float:
    return float(row.measured[name].value)
