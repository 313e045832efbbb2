"""Charts of rows: a title at the left, and in each column a bar, an interval or a number."""

from collections.abc import Iterator

from msgspec import Struct

from lab.support.charts.drawing import Axis, box, document, dot, rule, shade, words

MARGIN, INDENT, BETWEEN = 16, 16, 28
ROW, TOP, GROUP, NOTE = 34, 94, 28, 18
"""Pixels: a row's height, the first one's middle, a group's heading, a line of notes."""

PRINTED = 52
"""Pixels: the room beside the longest bar for its number."""


class Interval(Struct, frozen=True, kw_only=True):
    """A value with its interval, on the column's axis."""

    low: float
    value: float
    high: float
    ink: str


class Bar(Struct, frozen=True):
    """A bar on the column's axis, with its number beside it."""

    value: float
    printed: str


class Text(Struct, frozen=True):
    """A number or a word at the column's right edge; a `bad` one is in red."""

    text: str
    bad: bool = False


Mark = Interval | Bar | Text


class Column(Struct, frozen=True, kw_only=True):
    """`width` pixels of marks; texts need no axis. `good` is a part of the axis that is shaded."""

    title: str
    width: float
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

    `labels` is the width of the row titles in pixels; `notes` are printed below the rows.
    """

    name: str
    title: str
    description: str
    labels: float
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()

    def svg(self) -> str:
        """The chart in the colours of the page around it."""
        places = list(self._places())
        right, last = places[-1]
        parts = [words(MARGIN, 32, self.title, "ink", size=18, weight=600)]
        for left, column in places:
            parts += _heading(left, column)
        y: float = TOP + (NOTE if any(column.note for column in self.columns) else 0)
        for group in self.groups:
            if group.title:
                parts.append(words(MARGIN, y + 5, group.title, "ink", size=14, weight=600))
                y += GROUP
            for left, column in places:
                parts += _field(left, column, y - ROW / 2 + 2, y + (len(group.rows) - 0.5) * ROW)
            for row in group.rows:
                indent = INDENT if group.title else 0
                parts.append(words(MARGIN + indent, y + 5, row.title, "ink", size=14))
                for (left, column), mark in zip(places, row.marks, strict=True):
                    parts += _mark(left, column, y, mark)
                y += ROW
            y += ROW / 2
        if any(column.axis and column.axis.ticks for column in self.columns):
            for left, column in places:
                parts += _ticks(left, column, y - ROW / 2)
            y += NOTE
        for note in self.notes:
            parts.append(words(MARGIN, y, note, "muted", size=12))
            y += NOTE
        size = (round(right + last.width + MARGIN), round(y))
        return document(self.name, self.title, self.description, size, parts)

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


def _mark(left: float, column: Column, y: float, mark: Mark) -> Iterator[str]:
    if isinstance(mark, Text):
        ink, weight = ("failure", 600) if mark.bad else ("ink", 400)
        right = left + column.width
        yield words(right, y + 5, mark.text, ink, size=14, weight=weight, anchor="end")
        return
    assert column.axis, f"the column {column.title} has marks, and no axis"  # noqa: S101
    if isinstance(mark, Bar):
        longest = column.width - PRINTED
        long = max(1.5, column.axis.fraction(mark.value) * longest)
        yield box(left, y - 8, longest, 16, "line", ' rx="3" opacity="0.5"')
        yield box(left, y - 8, long, 16, "data", ' rx="3"')
        yield words(left + longest + 8, y + 5, mark.printed, "ink")
    else:
        low, value, high = (
            left + column.axis.fraction(it) * column.width
            for it in (mark.low, mark.value, mark.high)
        )
        yield rule(low, y, high, y, mark.ink, ' stroke-width="3" stroke-linecap="round"')
        yield dot(value, y, 5.5, mark.ink)
