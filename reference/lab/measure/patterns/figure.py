"""The chart of the comparison: four measures, with a bar for each pattern."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from lab.measure.patterns.results import PatternFigures, PatternRow
from lab.support.charts import Axis, Bar, Column, Group, Rows, html_table, save
from lab.support.charts import Row as ChartRow


class ChartColumn(Struct, frozen=True):
    """One measure: its title, its source, its value for a row, and the format of that."""

    title: str
    source: str
    value: Callable[[PatternRow], float]
    number_format: str


def draw(figures: PatternFigures, folder: Path) -> list[Path]:
    """Write the page's fragment; returns its path."""
    return [save(chart(figures), table(figures), folder)]


def chart(figures: PatternFigures) -> Rows:
    """The bars of every pattern."""
    measures = _measures(figures)
    return Rows(
        name="patterns",
        title="The same receipts through each pattern",
        description="Deliveries, bytes, lines of template and price of each pattern; the table has "
        "the same.",
        labels=118,
        columns=tuple(
            Column(
                title=it.title,
                note=it.source,
                width=136,
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
        notes=_notes(figures),
    )


def table(figures: PatternFigures) -> str:
    """An HTML table of the same measures."""
    measures = _measures(figures)
    rows = ((row.title, *(_bar(it, row).printed for it in measures)) for row in figures.rows)
    return html_table(("pattern", *(it.title for it in measures)), rows, named=True)


def _notes(figures: PatternFigures) -> tuple[str, str]:
    first = (
        f"{figures.receipts} receipts, {figures.duplicates} of them sent twice, out of order; "
        f"{figures.slow} slow; behind a queue {figures.failing} fail once,"
    )
    return (
        first,
        f"{figures.poison} can never be read. Every other one is stored exactly once in each.",
    )


def _measures(figures: PatternFigures) -> tuple[ChartColumn, ...]:
    sent = figures.receipts + figures.duplicates
    return (
        ChartColumn(
            f"deliveries of {sent}",
            "local emulator",
            lambda row: _number(row, "delivered"),
            ".0f",
        ),
        ChartColumn(
            "event bytes a delivery",
            "local emulator",
            lambda row: _number(row, "event_bytes") / _number(row, "delivered"),
            ",.0f",
        ),
        ChartColumn(
            "lines of template",
            "counted in the sources",
            lambda row: _number(row, "lines_of_template"),
            ".0f",
        ),
        ChartColumn(
            "USD a million",
            "model, without reading",
            lambda row: _number(row, "usd_service") + _number(row, "usd_invocations"),
            ".2f",
        ),
    )


def _bar(measure: ChartColumn, row: PatternRow) -> Bar:
    value = measure.value(row)
    return Bar(value, format(value, measure.number_format))


def _number(row: PatternRow, name: str) -> float:
    return float(row.measured[name].value)
