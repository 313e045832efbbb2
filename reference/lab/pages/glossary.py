"""The glossary: terms from `docs/reference/glossary.toml`, told once, linked where used."""

import re
import tomllib
from functools import cache

import msgspec
from msgspec import Struct

from lab.pages.values import ROOT

SOURCE = ROOT / "docs" / "reference" / "glossary.toml"


class Term(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A term, other forms of it that pages use, and what it says. `group` is its heading."""

    term: str
    says: str
    group: str
    forms: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Its place on the glossary's page."""
        return re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")


@cache
def _read(stamp: float) -> tuple[Term, ...]:  # noqa: ARG001  the file's time is the cache's key
    given = tomllib.loads(SOURCE.read_text())
    return msgspec.convert(given["terms"], tuple[Term, ...])


def terms() -> tuple[Term, ...]:
    """All terms. Raises msgspec.ValidationError where the file is wrong."""
    return _read(SOURCE.stat().st_mtime)


def page() -> str:
    """The glossary's page, by groups in the file's order."""
    lines: list[str] = []
    group = None
    for it in terms():
        if it.group != group:
            group = it.group
            lines.append(f"## {group}\n")
        lines.append(
            f'<p class="term" id="{it.anchor}" markdown><strong>{it.term}</strong> {it.says}</p>\n'
        )
    return "\n".join(lines)
