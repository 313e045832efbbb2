"""Draws the run: what the app feels, and what becomes of the results. SVG, light and dark."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from msgspec import Struct

from lab.peak.analysis import Condition
from lab.peak.design import MAX_CONNECTIONS, SLOWER, Route
from lab.peak.report import TITLES

ROW = 34
TOP = 96
COUNT = 112
"""Pixels of one column of counts."""

COUNTS = ("results lost", "app calls failed", f"connections of {MAX_CONNECTIONS}")


class Layout(Struct, frozen=True, kw_only=True):
    """Pixels: the labels' width and the plot's; to its right stand so many of `COUNTS`."""

    name: str
    title: str
    labels: int
    plot: int
    counts: int

    @property
    def width(self) -> int:
        """Of the whole."""
        return self.labels + self.plot + 32 + self.counts * COUNT

    def column(self, number: int) -> float:
        """Where the counts of a column end."""
        return self.labels + self.plot + 16 + (number + 1) * COUNT


WHOLE = Layout(
    name="peak",
    title="What the client's app feels, and what becomes of the results",
    labels=262,
    plot=330,
    counts=3,
)
GLANCE = Layout(
    name="peak-glance", title="What the client's app feels", labels=230, plot=190, counts=1
)
"""For the site's first page: large enough to be read in half of it."""

AT_A_GLANCE = (
    Route.QUIET,
    Route.PLACEBO,
    Route.DIRECT,
    Route.RETRIES,
    Route.FIXED_TOO_HIGH,
    Route.BUFFERED,
)


class Ink(Struct, frozen=True):
    """The colours of one theme."""

    name: str
    paper: str
    text: str
    faint: str
    grid: str
    good: str
    bad: str


THEMES = (
    Ink("", "#ffffff", "#1c2430", "#5d6b7a", "#dfe4ea", "#0b7a53", "#c2321f"),
    Ink("-dark", "#121d2e", "#e8ebf0", "#9aa7b5", "#39414d", "#4cc38a", "#ff7a63"),
)


def draw(
    found: Mapping[Route, Condition], connecting: Mapping[Route, Condition], folder: Path
) -> list[Path]:
    """Write the whole and the glance, in both themes; answer their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"The app has a pool": found, "The app connects for each call": connecting}
    glance = {"": {route: found[route] for route in AT_A_GLANCE if route in found}}
    paths = []
    for layout, groups in ((WHOLE, whole), (GLANCE, glance)):
        for ink in THEMES:
            path = folder / f"{layout.name}{ink.name}.svg"
            path.write_text(_svg(groups, layout, ink), encoding="utf-8")
            paths.append(path)
    return paths


def _svg(groups: Mapping[str, Mapping[Route, Condition]], layout: Layout, ink: Ink) -> str:
    largest = max(one.app_p95_over_quiet.high for of in groups.values() for one in of.values())
    scale = _Scale(max(2.0, largest * 1.1), layout)
    y = TOP
    parts = [_head(layout, ink)]
    for title, of in groups.items():
        if title:
            parts.append(_text(16, y + 4, title, ink.text, weight=600))
            y += ROW - 6
        first = y - 14
        rows = []
        for route, one in of.items():
            if route is not Route.QUIET:
                rows.append(_row(y, TITLES[route], one, scale, ink))
                y += ROW
        parts += [_axis(scale, first, y - 18, ink), *rows]
        y += 22
    parts.append(_foot(y, scale, ink))
    height = y + 64
    what = "The app's 95th percentile beside each way of writing, and what became of the results"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width} {height}" role="img" '
        f'aria-label="{what}" font-family="system-ui, sans-serif" font-size="14">'
        f'<rect width="{layout.width}" height="{height}" fill="{ink.paper}"/>'
        f"{''.join(parts)}</svg>\n"
    )


class _Scale:
    """Ratios on a logarithmic axis from 0.8."""

    lowest = 0.8

    def __init__(self, highest: float, layout: Layout) -> None:
        self._highest = highest
        self.layout = layout

    def x(self, ratio: float) -> float:
        share = math.log(max(ratio, self.lowest) / self.lowest)
        far = min(1.0, share / math.log(self._highest / self.lowest))
        return self.layout.labels + self.layout.plot * far

    def ticks(self) -> Sequence[float]:
        return [t for t in (1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000) if t < self._highest]


def _head(layout: Layout, ink: Ink) -> str:
    parts = [_text(16, 30, layout.title, ink.text, size=18, weight=600)]
    parts.append(_text(layout.labels, 62, "app's p95, times quiet", ink.faint, 12))
    for number, count in enumerate(COUNTS[: layout.counts]):
        parts.append(_text(layout.column(number), 62, count, ink.faint, 12, anchor="end"))
    return "".join(parts)


def _row(y: float, title: str, one: Condition, scale: _Scale, ink: Ink) -> str:
    over = one.app_p95_over_quiet
    colour = ink.bad if over.low > 1 + SLOWER else ink.good
    line = (
        f'<line x1="{scale.x(over.low):.1f}" x2="{scale.x(over.high):.1f}" y1="{y}" y2="{y}" '
        f'stroke="{colour}" stroke-width="3" stroke-linecap="round"/>'
        f'<circle cx="{scale.x(over.value):.1f}" cy="{y}" r="5.5" fill="{colour}"/>'
    )
    lost = _share(one.rows_lost, one.rows_lost + one.rows_written)
    counts = [
        (lost if one.rows_written else "", one.rows_lost > 0),
        (_share(one.app_failed, one.calls), one.app_failed > 0),
        (str(one.connections_peak), False),
    ]
    cells = [
        _count(scale.layout.column(i), y, text, ink, bad=bad)
        for i, (text, bad) in enumerate(counts[: scale.layout.counts])
    ]
    return _text(32, y + 5, title, ink.text) + line + "".join(cells)


def _count(x: float, y: float, text: str, ink: Ink, *, bad: bool) -> str:
    fill, weight = (ink.bad, 600) if bad else (ink.text, 400)
    return _text(x, y + 5, text, fill, 14, "end", weight)


def _axis(scale: _Scale, top: float, bottom: float, ink: Ink) -> str:
    band = scale.x(1 + SLOWER) - scale.x(1)
    parts = [
        (
            f'<rect x="{scale.x(1):.1f}" y="{top}" width="{band:.1f}" height="{bottom - top}" '
            f'fill="{ink.good}" opacity="0.14"/>'
        )
    ]
    parts += [
        (
            f'<line x1="{scale.x(t):.1f}" x2="{scale.x(t):.1f}" y1="{top}" y2="{bottom}" '
            f'stroke="{ink.grid}"/>'
        )
        for t in scale.ticks()
    ]
    return "".join(parts)


def _foot(y: float, scale: _Scale, ink: Ink) -> str:
    ticks = [_text(scale.x(t), y - 12, f"{t:g}×", ink.faint, 12, "middle") for t in scale.ticks()]
    notes = (
        f"The band is what the client tolerates: up to {SLOWER:.0%} slower than quiet.",
        "Lines are 95 % intervals.",
    )
    lines = [_text(16, y + 18 * n, note, ink.faint, 12) for n, note in enumerate(notes, 1)]
    return "".join((*ticks, *lines))


def _share(some: int, of: int) -> str:
    return f"{some:,} ({some / of:.0%})" if of and some > of / 100 else f"{some:,}"


def _text(
    x: float,
    y: float,
    text: str,
    fill: str,
    size: int = 14,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
