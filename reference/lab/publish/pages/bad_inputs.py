"""The table of bad inputs and the answer to each, as the tests recorded them."""

import re

from msgspec import Struct, json

from lab.publish.pages.markdown import table
from lab.support.paths import DATA
from lab.support.provenance import DataFile

_FILE = DATA / "bad-inputs.json"
_MARKUP = re.compile(r"[&<>*_`\[\]$\\|{}]")


class Row(Struct, frozen=True, kw_only=True):
    """One bad input at one stage (`part`), and its answer."""

    part: str
    input: str
    answer: str


class BadInputs(DataFile, frozen=True, kw_only=True):
    """What `docs/data/bad-inputs.json` holds."""

    rows: list[Row]


def bad_inputs(part: str) -> str:
    """The bad inputs of one stage, as a table."""
    rows = json.decode(_FILE.read_bytes(), type=BadInputs).rows
    return table(
        ("what came", "what it was answered"),
        [(literal(row.input), literal(row.answer)) for row in rows if row.part == part],
    )


def literal(text: str) -> str:
    """Hostile text escaped for a page: none of it acts as Markdown or HTML."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)
