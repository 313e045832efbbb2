"""The table of bad inputs and what each was answered, as the tests noted it."""

import re

from msgspec import Struct, json

from lab.publish.pages.markdown import table
from lab.support.paths import DATA
from lab.support.provenance import DataFile

_FILE = DATA / "bad-inputs.json"
_MARKUP = re.compile(r"[&<>*_`\[\]$\\|{}]")


class Row(Struct, frozen=True, kw_only=True):
    """What came on one part of the way, and what it was answered."""

    part: str
    input: str
    answer: str


class BadInputs(DataFile, frozen=True, kw_only=True):
    """What `docs/data/bad-inputs.json` holds."""

    rows: list[Row]


def bad_inputs(part: str) -> str:
    """The rows of one part of the way, as a table."""
    rows = json.decode(_FILE.read_bytes(), type=BadInputs).rows
    return table(
        ("what came", "what it was answered"),
        [(_literal(row.input), _literal(row.answer)) for row in rows if row.part == part],
    )


def _literal(text: str) -> str:
    """Text from hostile tests, for a page: nothing in it is Markdown or HTML."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)
