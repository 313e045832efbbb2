"""The palette, and the marks of every chart, as SVG text."""

import math
from collections.abc import Sequence
from html import escape

from msgspec import Struct

PALETTE = {
    "paper": ("#ffffff", "#0e1624"),
    "ink": ("#16202e", "#e9eef6"),
    "muted": ("#4d5b6b", "#aab8ca"),
    "line": ("#d9e0e8", "#24334a"),
    "data": ("#0a5fc4", "#6fb4ff"),
    "failure": ("#bf1f2a", "#ff8f8f"),
    "calm": ("#1f6244", "#8fd6b4"),
    "signal": ("#6a3fc0", "#c2a8ff"),
    "gold": ("#7d6200", "#dcbf52"),
}
"""The inks: the site's own variables of colour (`docs/assets/site/site.css`), light and dark."""

SHADE = 0.12
"""Opacity of an area behind the marks."""

Ticks = tuple[tuple[float, str], ...]


class Axis(Struct, frozen=True, kw_only=True):
    """An axis from `low` to `high`, with a label at each tick."""

    low: float
    high: float
    ticks: Ticks = ()
    log: bool = True
    label: str = ""

    def fraction(self, value: float) -> float:
        """The position of a value, 0 to 1; values beyond an end are drawn at that end."""
        within = min(max(value, self.low), self.high)
        if self.log:
            return math.log(within / self.low) / math.log(self.high / self.low)
        return (within - self.low) / (self.high - self.low)


def document(
    name: str, title: str, description: str, size: tuple[float, float], parts: Sequence[str]
) -> str:
    """The whole SVG, without an empty line: Markdown would end there."""
    width, height = size
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-says" '
        'font-family="Inter, system-ui, sans-serif" font-size="13">'
    )
    heads = [
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-says">{escape(description)}</desc>',
    ]
    return "\n".join([opening, *heads, *parts, "</svg>"]) + "\n"


def rule(x1: float, y1: float, x2: float, y2: float, ink: str, more: str = "") -> str:
    """A straight line."""
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="var(--{ink})"{more}/>'


def box(x: float, y: float, width: float, height: float, ink: str, more: str = "") -> str:
    """A filled rectangle."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="var(--{ink})"{more}/>'


def shade(x: float, y: float, width: float, height: float, ink: str) -> str:
    """An area behind the marks."""
    return box(x, y, width, height, ink, f' opacity="{SHADE}"')


def dot(x: float, y: float, radius: float, ink: str) -> str:
    """A measured point."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="var(--{ink})"/>'


def words(
    x: float,
    y: float,
    text: str,
    ink: str,
    *,
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    """Text; `anchor` is the end that stands at x."""
    kind = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="var(--{ink})" {kind}>{escape(text)}</text>'
