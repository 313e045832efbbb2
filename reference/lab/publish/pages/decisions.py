"""The decision records: their list, and their place in the navigation."""

import re
from pathlib import Path
from typing import Any

from msgspec import Struct

_TITLE = re.compile(r"# (\d+)\. (.+)")
_STATUS = re.compile(r"^Status: (.+)$", re.MULTILINE)


class Record(Struct, frozen=True):
    """One decision record; `title` is without its number."""

    number: int
    title: str
    status: str
    path: str


def records(folder: Path) -> list[Record]:
    """All records in order. Raises ValueError for one without a title or a status."""
    return [_record(path) for path in sorted(folder.glob("[0-9]*.md"))]


def add_to(nav: list[Any], folder: Path) -> None:
    """List the records in the navigation, under the page "Decision records"."""
    for section in nav:
        for pages in section.values():
            if not isinstance(pages, list):
                continue
            for index, entry in enumerate(pages):
                if entry == {"Decision records": "reference/decisions.md"}:
                    entries: list[Any] = ["reference/decisions.md"]
                    entries += [{f"{it.number}. {it.title}": it.path} for it in records(folder)]
                    pages[index] = {"Decision records": entries}


def _record(path: Path) -> Record:
    text = path.read_text()
    title, status = _TITLE.match(text), _STATUS.search(text)
    if title is None or status is None:
        raise ValueError(f"{path.name}: a record begins `# 7. Title` and has a line `Status: …`")
    return Record(int(title[1]), title[2], status[1], f"decisions/{path.name}")
