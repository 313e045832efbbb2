"""What AWS promises, from `promised.toml`: validated, its numbers taken from the facts."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from lab.plan.facts import Fact, Tag
from lab.plan.quotas import BY_NAME
from lab.support.errors import LabError

FILE = Path(__file__).with_name("promised.toml")

Column = Literal[
    "delivery",
    "ordering",
    "duplicates",
    "retries",
    "back_pressure",
    "fan_out",
    "replay",
    "payload",
    "scaling",
    "latency",
    "price",
]
COLUMNS: dict[Column, str] = {
    "delivery": "delivery",
    "ordering": "ordering",
    "duplicates": "duplicates",
    "retries": "what fails is tried again",
    "back_pressure": "what nobody has time for",
    "fan_out": "several consumers",
    "replay": "replay",
    "payload": "largest message",
    "scaling": "scaling",
    "latency": "latency",
    "price": "price, us-east-1",
}
"""Each column and its heading."""


class PromiseError(LabError):
    """`promised.toml` is wrong; the text says where."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: what is promised, where that stands, and the page's date or the day it was read."""

    says: str
    url: str
    tag: Tag
    date: str


class _Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    tag: Tag
    read: dt.date


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: str
    source: str = msgspec.field(name="from")
    fact: str = ""


def promises(file: Path = FILE) -> dict[str, dict[Column, Promise]]:
    """By pattern and column. Raises `PromiseError`."""
    try:
        told = tomllib.loads(file.read_text())
        sources = msgspec.convert(told.pop("sources"), dict[str, _Source])
        cells = msgspec.convert(told, dict[str, dict[Column, _Written]])
        read = {
            pattern: {column: _promise(cell, sources) for column, cell in row.items()}
            for pattern, row in cells.items()
        }
    except (KeyError, ValueError) as error:
        raise PromiseError(f"{file.name}: {type(error).__name__}: {error}") from error
    for pattern, row in read.items():
        if missing := COLUMNS.keys() - row.keys():
            raise PromiseError(f"{file.name}: {pattern} says nothing of {sorted(missing)}")
    return read


def _promise(cell: _Written, sources: dict[str, _Source]) -> Promise:
    """The cell; a price is as old as the fact that it is taken from."""
    source, fact = sources[cell.source], BY_NAME[cell.fact] if cell.fact else None
    return Promise(
        says=_filled(cell.says),
        url=source.url,
        tag=fact.tag if fact else source.tag,
        date=fact.date if fact else source.read.isoformat(),
    )


def _filled(says: str) -> str:
    return says.format_map({name: _Printed(fact) for name, fact in BY_NAME.items()})


class _Printed:
    """A fact within a sentence: value and unit; `{NAME:million}` is dollars for a million."""

    def __init__(self, fact: Fact[Any]) -> None:
        self._fact = fact

    def __format__(self, spec: str) -> str:
        if spec == "million":
            return f"{self._fact.value * 1_000_000:.2f}"
        if self._fact.unit.startswith("USD"):
            return f"{self._fact.value:f}"
        return f"{self._fact.value:,} {self._fact.unit}".strip()
