"""Line charts: panels above one shared horizontal axis."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from lab.support.charts.drawing import Axis, document, dot, rule, shade, words

WIDTH, LEFT, RIGHT, TOP, FOOT = 760, 58, 176, 36, 36
HEAD, GAP = 34, 16
"""Pixels: the room for a panel's heading, the room below it."""


class Line(Struct, frozen=True, kw_only=True):
    """One line; `ink` is one of `PALETTE`. Measured points have dots, computed ones have none."""

    name: str
    points: tuple[tuple[float, float], ...]
    ink: str
    dash: str = ""
    dots: bool = False


class Panel(Struct, frozen=True, kw_only=True):
    """Lines with one vertical axis, `height` pixels high.

    `level` is a value marked by a horizontal line with its name; `bad_above` shades the area above.
    """

    title: str
    axis: Axis
    lines: tuple[Line, ...]
    level: tuple[float, str] | None = None
    bad_above: bool = False
    height: int = 150


class Chart(Struct, frozen=True, kw_only=True):
    """A line chart; `mark` is a marked value on the horizontal axis.

    It is `width` pixels wide, with `names` of them at the right for the names of the lines.

    `description` is for people who can't see the chart.
    """

    name: str
    title: str
    description: str
    across: Axis
    panels: tuple[Panel, ...]
    mark: tuple[float, str] | None = None
    width: int = WIDTH
    names: int = RIGHT

    def svg(self) -> str:
        """The chart in the colours of the page around it."""
        parts = [words(LEFT, 20, self.title, "ink", size=15, weight=600)]
        top = TOP
        for panel in self.panels:
            parts += self._panel(panel, top + HEAD)
            top += HEAD + panel.height + GAP
        parts += self._foot(top)
        height = top + FOOT + (20 if self.mark else 0)
        return document(self.name, self.title, self.description, (self.width, height), parts)

    def _panel(self, panel: Panel, top: float) -> Iterator[str]:
        bottom, right = top + panel.height, self.width - self.names

        def down(value: float) -> float:
            return bottom - panel.axis.fraction(value) * panel.height

        yield words(LEFT, top - 10, panel.title, "muted", weight=600)
        if panel.level and panel.bad_above:
            yield shade(LEFT, top, right - LEFT, down(panel.level[0]) - top, "failure")
        for value, word in panel.axis.ticks:
            yield rule(LEFT, down(value), right, down(value), "line")
            yield words(LEFT - 8, down(value) + 4, word, "muted", anchor="end")
        for value, _ in self.across.ticks:
            yield rule(self._x(value), top, self._x(value), bottom, "line")
        if self.mark:
            x = self._x(self.mark[0])
            yield rule(x, top, x, bottom, "ink", ' stroke-dasharray="5 4"')
        if panel.level:
            level, name = panel.level
            yield rule(LEFT, down(level), right, down(level), "ink", ' opacity=".55"')
            yield words(LEFT + 6, down(level) - 5, name, "ink", size=12)
        ends = {line.name: down(line.points[-1][1]) for line in panel.lines}
        places = _apart(ends, bottom)
        for line in panel.lines:
            spots = [(self._x(x), down(y)) for x, y in line.points]
            yield from _line(line, spots, right, places[line.name])

    def _foot(self, top: float) -> Iterator[str]:
        y = top - GAP
        for value, word in self.across.ticks:
            yield words(self._x(value), y + 18, word, "muted", anchor="middle")
        middle = (LEFT + self.width - self.names) / 2
        yield words(middle, y + 38, self.across.label, "muted", anchor="middle")
        if self.mark:
            value, name = self.mark
            yield words(self._x(value), y + 58, name, "ink", anchor="middle", weight=600)

    def _x(self, value: float) -> float:
        return LEFT + self.across.fraction(value) * (self.width - LEFT - self.names)


def _line(
    line: Line, spots: list[tuple[float, float]], right: float, label_y: float
) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    colour = f"var(--{line.ink})"
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>'
    if line.dots:
        yield from (dot(x, y, 3, line.ink) for x, y in spots)
    x, y = spots[-1]
    leader = f"M{x + 4:.1f},{y:.1f} L{right + 12},{label_y:.1f}"
    yield f'<path d="{leader}" fill="none" stroke="{colour}"/>'
    yield words(right + 16, label_y + 4, line.name, line.ink, weight=600)


def _apart(heights: dict[str, float], bottom: float, gap: float = 17) -> dict[str, float]:
    """Label heights, moved apart so that no two touch and none is below the panel."""
    order = sorted(heights, key=heights.__getitem__)
    places = dict(heights)
    for above, below in pairwise(order):
        places[below] = max(places[below], places[above] + gap)
    limit = bottom
    for name in reversed(order):
        places[name] = min(places[name], limit)
        limit = places[name] - gap
    return places
