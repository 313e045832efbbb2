"""Writes charts: as a fragment of a page with a table of its numbers, or as two images."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from lab.support.charts.drawing import DARK, LIGHT, themed
from lab.support.charts.lines import Chart
from lab.support.charts.rows import Rows

NARROW, PHONE = 600, 300
"""A chart below so many pixels isn't enlarged, and shrinks to what a phone has room for."""


def images(chart: Chart | Rows, folder: Path) -> list[Path]:
    """Write the chart as two SVG files, light and dark; returns their paths."""
    return [
        _written(folder / f"{chart.name}{ending}.svg", themed(chart.svg(), theme))
        for ending, theme in (("", LIGHT), ("-dark", DARK))
    ]


def save(chart: Chart | Rows, table: str, folder: Path) -> Path:
    """Write the page's fragment, with the chart's numbers as an HTML table; returns its path."""
    return _written(folder / f"{chart.name}.figure.html", on_the_page(chart, table))


def on_the_page(chart: Chart | Rows, table: str) -> str:
    """The figure for a page: scrollable where the page is narrower, its table closed at first."""
    region = 'tabindex="0" role="region"'
    svg = chart.svg()
    width = int(svg.split('viewBox="0 0 ', 1)[1].split(" ", 1)[0])
    size = f' style="--least:{PHONE}px;--most:{width}px"' if width < NARROW else ""
    return (
        f'<figure class="chart"{size} data-search-exclude>\n'
        f'<div class="pan" {region} aria-label="Figure: {escape(chart.title)}">\n'
        f"{svg}</div>\n"
        '<details class="numbers"><summary>The same numbers as a table</summary>\n'
        f'<div class="pan" {region} aria-label="Table: {escape(chart.title)}">{table}</div>\n'
        "</details>\n</figure>\n"
    )


def html_table(heads: Sequence[str], rows: Iterable[str]) -> str:
    """A table of finished `rows`, with `heads` as column titles."""
    head = "".join(f"<th scope=col>{it}</th>" for it in heads)
    body = "\n".join(rows)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def cells(row: Iterable[object]) -> str:
    """The plain cells of a row."""
    return "".join(f"<td>{it}</td>" for it in row)


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
