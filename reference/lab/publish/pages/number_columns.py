"""Marks the columns of numbers in a page's tables, so that the style sheet aligns them right."""

import re
from collections.abc import Sequence

TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(t[dh])([^>]*)>(.*?)(?=</t[dh]>)", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_NUMBER = re.compile(
    r"(\d+:\d\d|(?:under |[~<>≤≥±+-])?\s?[$€]?[\d,. ]*\d%?)"
    r"(\s?(%|×|ms|s|h|min|MB|GB|kB|KB|MiB|KiB|rows/s|USD|days?|hours?|minutes?|seconds?|bytes))?"
)
_NUMBERS = re.compile(
    rf"{_NUMBER.pattern}(\s?(/|of|to|–|\()\s?{_NUMBER.pattern}(\s?to\s?{_NUMBER.pattern})?\)?)*"
)
BESIDE = frozenset({"", "–", "-", "—", "yes", "no"})  # what may stand among numbers
CLASS = ' class="number"'


def mark(html: str) -> str:
    """The page with `class="number"` on each cell of a column in which only numbers stand."""
    return TABLE.sub(lambda found: _marked(found[0]), html)


def is_number(text: str) -> bool:
    """Whether a cell holds a number, with its unit or interval, or several that belong together."""
    return _NUMBERS.fullmatch(text.strip()) is not None


def _marked(table: str) -> str:
    rows = [[text_of(it) for it in CELL.findall(row)] for row in ROW.findall(table)]
    columns = {at for at in range(min(map(len, rows), default=0)) if _numeric(rows, at)}
    return ROW.sub(lambda row: _with_classes(row[0], columns), table) if columns else table


def _numeric(rows: Sequence[Sequence[str]], at: int) -> bool:
    texts = [row[at] for row in rows[1:] if row[at] not in BESIDE]
    return bool(texts) and all(map(is_number, texts))


def _with_classes(row: str, columns: set[int]) -> str:
    cells = iter(range(row.count("<t")))
    return CELL.sub(
        lambda it: f"<{it[1]}{it[2]}{CLASS if next(cells) in columns else ''}>{it[3]}", row
    )


def text_of(cell: tuple[str, str, str]) -> str:
    """What a reader sees of a cell that `CELL` found."""
    return _TAG.sub("", cell[2]).strip()
