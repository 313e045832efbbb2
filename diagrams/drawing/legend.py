"""What surrounds a picture: heading, stamp, legend and, if it stands alone, the numbered steps."""

import dataclasses
import html

from drawing import fonts
from drawing.geometry import Point
from drawing.plan import BADGE, HEAD
from drawing.sheet import Sheet
from drawing.symbols import OPEN, arrowhead, badge, bar

SMALL, ABOUT, ABOUT_LINE = 14, 15, 21  # pixels
STEP, STEP_LINE, STEP_GAP = 14.5, 20, 9
INDENT, GUTTER = 32, 28  # of a step's sentence; between the two columns
SAMPLE, KEY_GAP = 34, 22  # length of a line in the legend; space between its entries
_escape = html.escape


@dataclasses.dataclass
class Part:
    """Some SVG, and the y coordinate of its lower edge."""

    svg: list[str]
    bottom: int


def head(sheet: Sheet, width: int, margin: int, *, alone: bool) -> Part:
    """Heading, sentence, stamp and legend; in a page only stamp and legend."""
    parts, y = [], margin
    if alone:
        parts.append(
            f'<text class="heading" x="{margin}" y="{y + 20}">{_escape(sheet.title)}</text>'
        )
        y += 26
        for line in fonts.wrap(sheet.about, ABOUT, width - 2 * margin):
            y += ABOUT_LINE
            parts.append(f'<text class="about" x="{margin}" y="{y}">{_escape(line)}</text>')
        y += 14
    key, used = _key(sheet, margin, y + 12)
    parts += key
    if sheet.stamp:
        wide = round(fonts.width(sheet.stamp, SMALL, fonts.SEMIBOLD) * fonts.WIDER) + 20
        y += 30 if used + wide + margin > width else 0
        x = width - margin - wide
        parts.append(
            f'<g class="stamp"><rect x="{x}" y="{y - 1}" width="{wide}" height="25" rx="5"/>'
            f'<text x="{x + wide / 2:g}" y="{y + 16}">{_escape(sheet.stamp)}</text></g>'
        )
    return Part(parts, y + 24)


def _key(sheet: Sheet, x: int, y: int) -> tuple[list[str], int]:
    """The legend of the lines and marks on this sheet, and the x coordinate of its right edge."""
    entries = []
    for kind, meaning in sheet.key.items():
        if any(arrow.kind == kind for arrow in sheet.arrows):
            entries.append((SAMPLE, meaning, kind))
    if any(arrow.opened_by for arrow in sheet.arrows):
        entries.append((10, "opens the connection", "opener"))
    if any(arrow.impossible for arrow in sheet.arrows):
        entries.append((2 * BADGE, "can't be", "bar"))
    parts = ['<g class="key">']
    for wide, meaning, mark in entries:
        if mark == "opener":
            parts.append(
                f'<g class="arrow"><circle class="opener" cx="{x + 5}" cy="{y}" r="4"/></g>'
            )
        elif mark == "bar":
            parts.append(bar(Point(x + BADGE, y)))
        else:
            tip = arrowhead(mark, Point(x, y), Point(x + wide, y))
            line = f'<path d="M{x} {y}H{x + wide - (1 if mark == OPEN else HEAD)}"/>'
            parts.append(f'<g class="arrow {mark}">{line}{tip}</g>')
        parts.append(f'<text x="{x + wide + 7}" y="{y + 4.5:g}">{meaning}</text>')
        x += wide + 7 + fonts.width(meaning, SMALL) + KEY_GAP
    return [*parts, "</g>"], x


def steps(sheet: Sheet, width: int, margin: int, top: int) -> Part:
    """The numbered sentences in two columns, balanced in height."""
    room = (width - 2 * margin - GUTTER) // 2
    wrapped = [fonts.wrap(it, STEP, room - INDENT) for it in sheet.steps]
    heights = [STEP_LINE * len(lines) + STEP_GAP for lines in wrapped]

    def higher(split: int) -> int:
        return max(sum(heights[:split]), sum(heights[split:]))

    split = min(range(1, len(heights) + 1), key=lambda it: (higher(it), it))
    parts = ['<g class="steps">']
    for index, lines in enumerate(wrapped):
        right = index >= split
        x = margin + (room + GUTTER if right else 0)
        y = top + sum(heights[split if right else 0 : index])
        text = "".join(
            f'<text x="{x + INDENT}" y="{y + 14 + STEP_LINE * row}">{_escape(line)}</text>'
            for row, line in enumerate(lines)
        )
        disc = badge(Point(x + BADGE, y + BADGE), index + 1)
        parts.append(f'<g id="{sheet.name}-step-{index + 1}" class="step">{disc}{text}</g>')
    return Part([*parts, "</g>"], top + higher(split) - STEP_GAP)
