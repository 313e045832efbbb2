"""Charts of rows: a title at the left, and in each column a bar, an interval or a number."""

from collections.abc import Iterator

from msgspec import Struct

from lab.support.charts.drawing import Axis, box, document, dot, rule, shade, words

MARGIN, INDENT, BETWEEN = 16, 16, 28
ROW, TOP, GROUP, NOTE, TITLE = 34, 94, 28, 18, 22
"""Pixels: a row's height, the first one's middle, a group's heading, a line of notes, and a row's
title where it has a line of its own."""

UNHEADED = 32
"""Pixels: how much higher the first row begins where no column has a heading."""

PRINTED = 52
"""Pixels: the room beside the longest bar for its number."""


class Interval(Struct, frozen=True, kw_only=True):
    """A value with its interval, on the column's axis."""

    low: float
    value: float
    high: float
    ink: str


class Bar(Struct, frozen=True):
    """A bar on the column's axis, with its number beside it, or above it where rows are stacked."""

    value: float
    printed: str
    ink: str = "data"


class Text(Struct, frozen=True):
    """A number or a word at the column's right edge; a `bad` one is in red."""

    text: str
    bad: bool = False


Mark = Interval | Bar | Text


class Column(Struct, frozen=True, kw_only=True):
    """`width` pixels of marks; texts need no axis. `good` is a part of the axis that is shaded."""

    width: float
    title: str = ""
    note: str = ""
    axis: Axis | None = None
    good: tuple[float, float] | None = None


class Row(Struct, frozen=True):
    """A title, and a mark in each column."""

    title: str
    marks: tuple[Mark, ...]


class Group(Struct, frozen=True):
    """Rows that belong together, below a title if it isn't empty."""

    title: str
    rows: tuple[Row, ...]


class Rows(Struct, frozen=True, kw_only=True):
    """A chart of rows; `description` is for people who can't see it.

    `labels` is the width of the row titles in pixels; without any, rows are stacked: each title
    stands above its bar, which a phone has room for. `notes` are printed below the rows.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    labels: float = 0
    notes: tuple[str, ...] = ()

    def svg(self) -> str:
        """The chart in the colours of the page around it."""
        places = list(self._places())
        right, last = places[-1]
        headed = any(column.title for column in self.columns)
        parts = [words(MARGIN, 32, self.title, "ink", size=15, weight=600)]
        for left, column in places if headed else ():
            parts += _heading(left, column)
        y: float = TOP + (NOTE if any(it.note for it in self.columns) else 0)
        y -= 0 if headed else UNHEADED
        for group in self.groups:
            drawn, y = self._group(group, y)
            parts += drawn
        if any(column.axis and column.axis.ticks for column in self.columns):
            for left, column in places:
                parts += _ticks(left, column, y - ROW / 2)
            y += NOTE
        for note in self.notes:
            parts.append(words(MARGIN, y, note, "muted", size=12))
            y += NOTE
        size = (round(right + last.width + MARGIN), round(y - (0 if self.notes else NOTE)))
        return document(self.name, self.title, self.description, size, parts)

    def _group(self, group: Group, y: float) -> tuple[list[str], float]:
        """The group's marks from `y` on, and where the next group begins."""
        places, parts, indent = list(self._places()), [], 0
        if group.title:
            parts.append(words(MARGIN, y + 5, group.title, "ink", weight=600))
            y, indent = y + GROUP, INDENT
        bottom = y + (len(group.rows) - 0.5) * ROW
        for left, column in places if self.labels else ():
            parts += _field(left, column, y - ROW / 2 + 2, bottom)
        for row in group.rows:
            parts.append(words(MARGIN + indent, y + 5, row.title, "ink"))
            if not self.labels:
                parts += _number(places[-1][0] + places[-1][1].width, y, row)
                y += TITLE
            for (left, column), mark in zip(places, row.marks, strict=True):
                parts += _mark(left, column, y, mark, beside=self.labels > 0)
            y += ROW
        return parts, y + ROW / 2

    def _places(self) -> Iterator[tuple[float, Column]]:
        left = MARGIN + self.labels
        for column in self.columns:
            yield left, column
            left += column.width + BETWEEN


def _heading(left: float, column: Column) -> Iterator[str]:
    if column.axis:
        yield words(left, 66, column.title, "muted", weight=600)
        yield words(left, 83, column.note, "muted", size=12)
    else:
        right = left + column.width
        yield words(right, 66, column.title, "muted", weight=600, anchor="end")
        yield words(right, 83, column.note, "muted", size=12, anchor="end")


def _field(left: float, column: Column, top: float, bottom: float) -> Iterator[str]:
    """The background of a group's marks."""
    if column.axis is None:
        return
    if column.good:
        begin, end = (left + column.axis.fraction(it) * column.width for it in column.good)
        yield shade(begin, top, end - begin, bottom - top, "calm")
    for value, _ in column.axis.ticks:
        x = left + column.axis.fraction(value) * column.width
        yield rule(x, top, x, bottom, "line")


def _ticks(left: float, column: Column, y: float) -> Iterator[str]:
    if column.axis is None:
        return
    for value, word in column.axis.ticks:
        x = left + column.axis.fraction(value) * column.width
        yield words(x, y, word, "muted", size=12, anchor="middle")


def _number(right: float, y: float, row: Row) -> Iterator[str]:
    """A stacked bar's number, at the end of its title's line."""
    for mark in row.marks:
        if isinstance(mark, Bar):
            ink, weight = ("ink", 400) if mark.ink == "data" else (mark.ink, 600)
            yield words(right, y + 5, mark.printed, ink, weight=weight, anchor="end")


def _mark(left: float, column: Column, y: float, mark: Mark, *, beside: bool) -> Iterator[str]:
    if isinstance(mark, Text):
        ink, weight = ("failure", 600) if mark.bad else ("ink", 400)
        right = left + column.width
        yield words(right, y + 5, mark.text, ink, weight=weight, anchor="end")
        return
    assert column.axis, f"the column {column.title} has marks, and no axis"  # noqa: S101
    if isinstance(mark, Bar):
        longest = column.width - (PRINTED if beside else 0)
        long = max(1.5, column.axis.fraction(mark.value) * longest) if mark.value else 0
        yield box(left, y - 8, longest, 16, "line", ' rx="3" opacity="0.5"')
        yield box(left, y - 8, long, 16, mark.ink, ' rx="3"')
        if beside:
            yield words(left + longest + 8, y + 5, mark.printed, "ink")
    else:
        low, value, high = (
            left + column.axis.fraction(it) * column.width
            for it in (mark.low, mark.value, mark.high)
        )
        yield rule(low, y, high, y, mark.ink, ' stroke-width="3" stroke-linecap="round"')
        yield dot(value, y, 5.5, mark.ink)
