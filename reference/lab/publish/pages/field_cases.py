"""What people really send, and what was answered: before it was mended, and now."""

import re
from itertools import chain

from msgspec import Struct, json

from lab.publish.pages.bad_inputs import literal
from lab.publish.pages.markdown import table
from lab.support.paths import DATA
from lab.support.provenance import DataFile

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of input: its `source` (public reports), and the answer to each of its inputs."""

    folder: str
    title: str
    source: str
    answers: dict[str, str]


class FieldCases(DataFile, frozen=True, kw_only=True):
    """What `docs/data/field-cases.json` holds, and `field-cases-before.json`."""

    kinds: list[Kind]


def field_cases() -> str:
    """A heading, the source and a table for each kind."""
    now, before = _read("field-cases"), _read("field-cases-before")
    earlier = {kind.folder: kind.answers for kind in before.kinds}
    return "\n\n".join(
        chain.from_iterable(_section(kind, earlier[kind.folder]) for kind in now.kinds)
    )


def _section(kind: Kind, earlier: dict[str, str]) -> list[str]:
    rows = [
        (literal(name), _dates_kept(earlier[name]), _dates_kept(answer))
        for name, answer in kind.answers.items()
    ]
    return [
        f"## {kind.title}",
        f"As in {literal(kind.source)}.",
        table(("what came", "what came of it before", "what comes of it"), rows),
    ]


def _dates_kept(answer: str) -> str:
    """The answer for a page, where no line ends inside a date."""
    return _DATE.sub(r'<span class="when">\g<0></span>', literal(answer))


def _read(name: str) -> FieldCases:
    return json.decode((DATA / f"{name}.json").read_bytes(), type=FieldCases)
