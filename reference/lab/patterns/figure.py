"""Draws the comparison: four measures, a bar a pattern. SVG, light and dark."""

from collections.abc import Callable
from html import escape
from pathlib import Path

from msgspec import Struct

from lab.patterns.figures import PatternFigures, Row

WIDTH, MARGIN, LABELS, GAP = 960, 16, 150, 28
ROW, TOP = 34, 112
PANELS = 4
PLOT = (WIDTH - MARGIN - LABELS - PANELS * GAP) / PANELS
"""Pixels: each panel's width."""


class Ink(Struct, frozen=True):
    """The colours of one theme."""

    name: str
    paper: str
    text: str
    faint: str
    rail: str
    bar: str


THEMES = (
    Ink("patterns.svg", "#ffffff", "#1c2430", "#5d6b7a", "#eef1f5", "#2f6fb7"),
    Ink("patterns-dark.svg", "#1e2129", "#e8ebf0", "#9aa7b5", "#2b313b", "#6fb1f2"),
)


class Panel(Struct, frozen=True):
    """One measure: what it is, where it is from, its value for a row, and how that is printed."""

    title: str
    source: str
    value: Callable[[Row], float]
    printed: Callable[[float], str]


def _panels(figures: PatternFigures) -> tuple[Panel, ...]:
    sent = figures.receipts + figures.duplicates
    return (
        Panel(
            f"deliveries of {sent} messages",
            "local emulator",
            lambda row: _cell(row, "delivered"),
            lambda value: f"{value:.0f}",
        ),
        Panel(
            "event bytes a delivery",
            "local emulator",
            lambda row: _cell(row, "event_bytes") / _cell(row, "delivered"),
            lambda value: f"{value:,.0f}",
        ),
        Panel(
            "lines of template",
            "counted in the sources",
            lambda row: _cell(row, "lines_of_template"),
            lambda value: f"{value:.0f}",
        ),
        Panel(
            "USD a million",
            "cost model, without reading",
            lambda row: _cell(row, "usd_service") + _cell(row, "usd_invocations"),
            lambda value: f"{value:.2f}",
        ),
    )


def draw(figures: PatternFigures, folder: Path) -> list[Path]:
    """Write both themes; answer their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for ink in THEMES:
        path = folder / ink.name
        path.write_text(svg(figures, ink), encoding="utf-8")
        paths.append(path)
    return paths


def svg(figures: PatternFigures, ink: Ink) -> str:
    """One theme."""
    height = TOP + ROW * len(figures.rows) + 34
    parts = [
        _text(MARGIN, 32, "The same receipts through each pattern", ink.text, 18, weight=600),
        *(
            _text(MARGIN, TOP + ROW * number + 5, row.title, ink.text)
            for number, row in enumerate(figures.rows)
        ),
    ]
    for number, panel in enumerate(_panels(figures)):
        left = MARGIN + LABELS + number * (PLOT + GAP)
        parts += _panel(panel, left, figures, ink)
    note = (
        f"{figures.receipts} receipts, {figures.duplicates} of them sent twice, out of order; "
        f"{figures.slow} slow; behind a queue {figures.failing} fail once, {figures.poison} can "
        "never be read. Every other one is stored exactly once in each."
    )
    parts.append(_text(MARGIN, height - 14, note, ink.faint, 12))
    what = "Deliveries, bytes, lines of template and price of each pattern; the table has the same"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{what}" font-family="system-ui, sans-serif" font-size="14">'
        f'<rect width="{WIDTH}" height="{height}" fill="{ink.paper}"/>{"".join(parts)}</svg>\n'
    )


def _panel(panel: Panel, left: float, figures: PatternFigures, ink: Ink) -> list[str]:
    values = [panel.value(row) for row in figures.rows]
    longest = PLOT - 52  # the number stands beside its bar
    most = max(values) or 1.0
    parts = [
        _text(left, 66, panel.title, ink.text, 13, weight=600),
        _text(left, 83, panel.source, ink.faint, 12),
    ]
    for number, value in enumerate(values):
        y = TOP + ROW * number
        parts += [
            _bar(left, y, longest, ink.rail),
            _bar(left, y, max(1.5, longest * value / most), ink.bar),
            _text(left + longest + 8, y + 5, panel.printed(value), ink.text, 13),
        ]
    return parts


def _bar(left: float, y: float, long: float, fill: str) -> str:
    return f'<rect x="{left:.1f}" y="{y - 8}" width="{long:.1f}" height="16" rx="3" fill="{fill}"/>'


def _cell(row: Row, name: str) -> float:
    return float(row.measured[name].value)


def _text(x: float, y: float, text: str, fill: str, size: int = 14, *, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )
