"""Writes charts: a fragment of a page, with a table of its numbers."""

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil
from pathlib import Path

from lab.support.charts.lines import Chart
from lab.support.charts.rows import Rows

LEGIBLE = 11 / 12
"""A chart shrinks until its smallest text, 12 pixels, has 11; then one pans it."""


def save(chart: Chart | Rows, table: str, folder: Path) -> Path:
    """Write the page's fragment, with the chart's numbers as an HTML table; returns its path."""
    path = folder / f"{chart.name}.figure.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(on_the_page(chart, table), encoding="utf-8")
    return path


def on_the_page(chart: Chart | Rows, table: str) -> str:
    """The figure for a page: it pans where the page is narrower; its table is closed at first.

    `table` is empty where the chart itself prints all of its numbers.
    """
    region = 'tabindex="0" role="region"'
    svg = chart.svg()
    width = int(svg.split('viewBox="0 0 ', 1)[1].split(" ", 1)[0])
    numbers = (
        '<details class="numbers"><summary>The same numbers as a table</summary>\n'
        f'<div class="pan" {region} aria-label="Table: {escape(chart.title)}">{table}</div>\n'
        "</details>\n"
    )
    return (
        f'<figure class="chart" style="--least:{ceil(width * LEGIBLE)}px;--most:{width}px" '
        "data-search-exclude>\n"
        f'<div class="pan" {region} aria-label="Figure: {escape(chart.title)}">\n'
        f"{svg}</div>\n{numbers if table else ''}</figure>\n"
    )


def html_table(
    heads: Sequence[str], rows: Iterable[Iterable[object]], *, named: bool = False
) -> str:
    """A table with `heads` as column titles; a `named` row's first cell is its own title."""
    head = "".join(f"<th scope=col>{it}</th>" for it in heads)
    body = "\n".join(_row(row, named=named) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def _row(row: Iterable[object], *, named: bool) -> str:
    first, *others = row
    head = f"<th scope=row>{first}</th>" if named else f"<td>{first}</td>"
    return f"<tr>{head}{''.join(f'<td>{it}</td>' for it in others)}</tr>"
