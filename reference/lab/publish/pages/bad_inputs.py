"""The table of bad inputs and the answer to each, as the tests recorded them."""

import re

from msgspec import Struct, json

from lab.publish.pages.markdown import table
from lab.support.paths import DATA
from lab.support.provenance import DataFile

_FILE = DATA / "bad-inputs.json"
_MARKUP = re.compile(r"[&<>*_`\[\]$\\|{}]")

_TYPED = re.compile(r"`([^`]+)`")


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
    """Hostile text escaped for a page, where none of it acts; between backticks it is code."""
    plain, *others = (_MARKUP.sub(_escaped, it) for it in _TYPED.split(text))
    codes, texts = others[::2], others[1::2]
    return plain + "".join(f"<code>{a}</code>{b}" for a, b in zip(codes, texts, strict=True))


def _escaped(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"
