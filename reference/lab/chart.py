"""Draws line charts as SVG: panels over one horizontal axis, in the colours of the site.

In a page they are the page's own, so that a chart follows its switch; alone it follows the system.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

WIDTH, LEFT, RIGHT, TOP, FOOT = 760, 58, 176, 36, 36
PANEL, HEAD, GAP = 150, 34, 16
"""Pixels: a panel's height, the room for its heading, the room below it."""

LEGIBLE = 600
"""Pixels: on a narrower screen the chart pans, so that its words can be read."""

INKS = ("ink", "muted", "line", "data", "failure", "calm", "signal")
LIGHT = ("#16202e", "#4d5b6b", "#d9e0e8", "#0a5fc4", "#bf1f2a", "#1f6244", "#6a3fc0")
DARK = ("#e9eef6", "#aab8ca", "#24334a", "#6fb4ff", "#ff8f8f", "#8fd6b4", "#c2a8ff")
PAPERS = ("#ffffff", "#0e1624")

Ticks = tuple[tuple[float, str], ...]


class Axis(Struct, frozen=True, kw_only=True):
    """From `low` to `high`, with words at the ticks."""

    low: float
    high: float
    ticks: Ticks
    log: bool = True
    label: str = ""

    def part(self, value: float) -> float:
        """Where a value lies, 0 to 1; what is beyond the ends is drawn at the end."""
        within = min(max(value, self.low), self.high)
        if self.log:
            return math.log(within / self.low) / math.log(self.high / self.low)
        return (within - self.low) / (self.high - self.low)


class Line(Struct, frozen=True, kw_only=True):
    """One line; `ink` is one of `INKS`. Measured points have dots, computed ones have none."""

    name: str
    points: tuple[tuple[float, float], ...]
    ink: str
    dash: str = ""
    dots: bool = False


class Panel(Struct, frozen=True, kw_only=True):
    """Lines over one vertical axis; `rule` is a level worth a line of its own, with its name."""

    title: str
    axis: Axis
    lines: tuple[Line, ...]
    rule: tuple[float, str] | None = None


class Chart(Struct, frozen=True, kw_only=True):
    """The whole; `says` tells it to those who can't see it, `mark` is a place on the axis."""

    name: str
    title: str
    says: str
    across: Axis
    panels: tuple[Panel, ...]
    mark: tuple[float, str] | None = None


def html_table(heads: Sequence[str], rows: Iterable[str]) -> str:
    """A table of finished `rows`; `heads` are its columns'."""
    head = "".join(f"<th scope=col>{it}</th>" for it in heads)
    body = "\n".join(rows)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def cells(row: Iterable[object]) -> str:
    """A row's plain cells."""
    return "".join(f"<td>{it}</td>" for it in row)


def save(chart: Chart, table: str, *, figures: Path, fragments: Path) -> list[Path]:
    """Write the chart alone (SVG), and the page's fragment with its numbers as an HTML table."""
    alone, fragment = figures / f"{chart.name}.svg", fragments / f"{chart.name}.figure.html"
    for path, text in ((alone, svg(chart, alone=True)), (fragment, on_the_page(chart, table))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [alone, fragment]


def on_the_page(chart: Chart, table: str) -> str:
    """The figure for a page: it pans where it is narrow; the table is closed until opened."""
    region = 'tabindex="0" role="region"'
    return (
        '<figure class="chart" data-search-exclude>\n'
        f'<div class="pan" {region} aria-label="Figure: {escape(chart.title)}">\n'
        f"{svg(chart, alone=False)}</div>\n"
        '<details class="numbers"><summary>The same numbers as a table</summary>\n'
        f'<div class="pan" {region} aria-label="Table: {escape(chart.title)}">{table}</div>\n'
        "</details>\n</figure>\n"
    )


def svg(chart: Chart, *, alone: bool) -> str:
    """The chart as SVG text, without an empty line: Markdown would end there."""
    height = TOP + len(chart.panels) * (HEAD + PANEL + GAP) + FOOT + (20 if chart.mark else 0)
    name = chart.name
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-says" class="chart-{name}" '
        'font-family="Inter, system-ui, sans-serif" font-size="13">'
    )
    parts = [
        opening,
        f'<title id="{name}-title">{escape(chart.title)}</title>',
        f'<desc id="{name}-says">{escape(chart.says)}</desc>',
    ]
    if alone:
        parts.append(_style(name))
        parts.append(f'<rect width="{WIDTH}" height="{height}" fill="var(--paper)"/>')
    parts.append(_words(LEFT, 20, chart.title, "ink", size=15, weight=600))
    top = TOP
    for panel in chart.panels:
        parts += _panel(chart, panel, top + HEAD)
        top += HEAD + PANEL + GAP
    parts += _foot(chart, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(chart: Chart, panel: Panel, top: float) -> list[str]:
    bottom, right = top + PANEL, WIDTH - RIGHT

    def down(value: float) -> float:
        return bottom - panel.axis.part(value) * PANEL

    parts = [_words(LEFT, top - 10, panel.title, "muted", weight=600)]
    for value, word in panel.axis.ticks:
        parts.append(_rule(LEFT, down(value), right, down(value), "line"))
        parts.append(_words(LEFT - 8, down(value) + 4, word, "muted", anchor="end"))
    for value, _ in chart.across.ticks:
        parts.append(_rule(_x(chart, value), top, _x(chart, value), bottom, "line"))
    if chart.mark:
        x = _x(chart, chart.mark[0])
        parts.append(_rule(x, top, x, bottom, "ink", more=' stroke-dasharray="5 4"'))
    if panel.rule:
        level, says = panel.rule
        parts.append(_rule(LEFT, down(level), right, down(level), "ink", more=' opacity=".55"'))
        parts.append(_words(LEFT + 6, down(level) - 5, says, "ink", size=12))
    ends = {line.name: down(line.points[-1][1]) for line in panel.lines}
    places = _apart(ends, bottom)
    for line in panel.lines:
        spots = [(_x(chart, x), down(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
        colour = f"var(--{line.ink})"
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>'
        )
        if line.dots:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
                      for x, y in spots]  # fmt: skip
        (x, y), at = spots[-1], places[line.name]
        parts.append(f'<path d="M{x + 4:.1f},{y:.1f} L{right + 12},{at:.1f}" fill="none" '
                     f'stroke="{colour}"/>')  # fmt: skip
        parts.append(_words(right + 16, at + 4, line.name, line.ink, weight=600))
    return parts


def _foot(chart: Chart, top: float) -> list[str]:
    y = top - GAP
    parts = [
        _words(_x(chart, value), y + 18, word, "muted", anchor="middle")
        for value, word in chart.across.ticks
    ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(_words(middle, y + 38, chart.across.label, "muted", anchor="middle"))
    if chart.mark:
        value, says = chart.mark
        parts.append(_words(_x(chart, value), y + 58, says, "ink", anchor="middle", weight=600))
    return parts


def _apart(heights: dict[str, float], bottom: float, gap: float = 17) -> dict[str, float]:
    """The same heights, moved until no two labels touch, and none is below the panel."""
    order = sorted(heights, key=heights.__getitem__)
    places = dict(heights)
    for above, below in pairwise(order):
        places[below] = max(places[below], places[above] + gap)
    limit = bottom
    for name in reversed(order):
        places[name] = min(places[name], limit)
        limit = places[name] - gap
    return places


def _x(chart: Chart, value: float) -> float:
    return LEFT + chart.across.part(value) * (WIDTH - LEFT - RIGHT)


def _rule(x1: float, y1: float, x2: float, y2: float, ink: str, more: str = "") -> str:
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="var(--{ink})"{more}/>'


def _words(
    x: float,
    y: float,
    text: str,
    ink: str,
    *,
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    kind = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="var(--{ink})" {kind}>{escape(text)}</text>'


def _style(name: str) -> str:
    light, dark = (
        "".join(f"--{ink}:{colour};" for ink, colour in zip(("paper", *INKS), colours, strict=True))
        for colours in ((PAPERS[0], *LIGHT), (PAPERS[1], *DARK))
    )
    rule = f".chart-{name}"
    return f"<style>{rule}{{{light}}}@media (prefers-color-scheme:dark){{{rule}{{{dark}}}}}</style>"
