"""What AWS documents of each service: the TOML file, validated, with numbers from the facts."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from lab.plan.facts import Fact, Tag
from lab.plan.quotas import BY_NAME
from lab.support.errors import LabError

FILE = Path(__file__).with_name("documented_by_aws.toml")

COLUMNS: dict[str, str] = tomllib.loads(FILE.read_text())["columns"]
"""Each column and its heading."""


class DocumentedCellError(LabError):
    """`documented_by_aws.toml` has an error; the text says where."""


class DocumentedCell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: the text, its source, and the date of that page or the day on which it was read."""

    text: str
    url: str
    tag: Tag
    date: str


class _SourcePage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    tag: Tag
    read: dt.date


class _CellInFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    source: str = msgspec.field(name="from")
    fact: str = ""


def documented_cells(file: Path = FILE) -> dict[str, dict[str, DocumentedCell]]:
    """By pattern and column. Raises `DocumentedCellError`."""
    try:
        tables = tomllib.loads(file.read_text())
        tables.pop("columns")
        sources = msgspec.convert(tables.pop("sources"), dict[str, _SourcePage])
        cells = msgspec.convert(tables, dict[str, dict[str, _CellInFile]])
        read = {
            pattern: {column: _cell(cell, sources) for column, cell in row.items()}
            for pattern, row in cells.items()
        }
    except (KeyError, ValueError) as error:
        raise DocumentedCellError(f"{file.name}: {type(error).__name__}: {error}") from error
    for pattern, row in read.items():
        if wrong := COLUMNS.keys() ^ row.keys():
            missing, unknown = sorted(wrong - row.keys()), sorted(wrong - COLUMNS.keys())
            raise DocumentedCellError(
                f"{file.name}: {pattern} has no cell for {missing}, and some for {unknown}"
            )
    return read


def _cell(cell: _CellInFile, sources: dict[str, _SourcePage]) -> DocumentedCell:
    """The cell; one that names a fact has that fact's date."""
    source, fact = sources[cell.source], BY_NAME[cell.fact] if cell.fact else None
    return DocumentedCell(
        text=_with_facts(cell.text),
        url=source.url,
        tag=fact.tag if fact else source.tag,
        date=fact.date if fact else source.read.isoformat(),
    )


def _with_facts(text: str) -> str:
    return text.format_map({name: _Printed(fact) for name, fact in BY_NAME.items()})


class _Printed:
    """A fact within a text, as value and unit; `{NAME:million}` is dollars for a million."""

    def __init__(self, fact: Fact[Any]) -> None:
        self._fact = fact

    def __format__(self, spec: str) -> str:
        if spec == "million":
            return f"{self._fact.value * 1_000_000:.2f}"
        if self._fact.unit.startswith("USD"):
            return f"{self._fact.value:f}"
        return f"{self._fact.value:,} {self._fact.unit}".strip()
