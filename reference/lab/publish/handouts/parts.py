"""The parts of a handout: `docs/instructor/handouts.toml` names pages, or headings of pages."""

import re
import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from lab.publish.pages import page_source, render_values, wrong_designs
from lab.support.paths import DOCS

SOURCE = DOCS / "instructor" / "handouts.toml"

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+?)(?: \{.*\})?$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page, the text `under` one heading of it, `room` to draw in, or the wrong `designs`."""

    page: str | None = None
    under: str | None = None
    room: str | None = None
    designs: Literal["pictures", "answers"] | None = None
    new_page: bool = False

    def __post_init__(self) -> None:
        kinds = [it for it in (self.page, self.room, self.designs) if it is not None]
        if len(kinds) != 1 or (self.under and not self.page):
            raise ValueError("a part is a `page`, with `under` or not, a `room`, or `designs`")


class Handout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One PDF; `more` is the page of the site whose address is printed on it.

    `tallest` is how many percent of a page's height a drawn sheet takes at most.
    """

    name: str
    title: str
    subtitle: str
    more: str
    tallest: int = 49
    parts: tuple[Part, ...]


def read(source: Path = SOURCE) -> tuple[Handout, ...]:
    """The handouts. Raises msgspec.ValidationError for an invalid file."""
    entries = tomllib.loads(source.read_text())["handouts"]
    return msgspec.convert(entries, tuple[Handout, ...])


def markdown(part: Part, docs: Path = DOCS) -> str:
    """A part's Markdown with its values; "" for a room. Raises ValueError for a missing heading."""
    if part.designs == "answers":
        return f"## Answers, to keep\n\n{wrong_designs.answers()}"
    if part.designs == "pictures":
        return "\n\n".join(
            f'<figure class="design-sheet" data-design="{it.drawing}" data-number="{it.number}">'
            "</figure>"
            for it in wrong_designs.wrong_designs()
        )
    if part.page is None:
        return ""
    text = _FRONT_MATTER.sub("", (docs / part.page).read_text())
    text = render_values.render(page_source.prepared(text), part.page)
    return under(text, part.under, part.page) if part.under else text


def under(text: str, heading: str, where: str) -> str:
    """The heading and its text, up to the next heading of its level or above."""
    hidden = _FENCE.sub(
        lambda found: re.sub(r"[^\n]", "x", found[0]), text
    )  # a "#" in code is no heading
    found = list(_HEADING.finditer(hidden))
    for index, one in enumerate(found):
        if one[2] == heading:
            after = (it.start() for it in found[index + 1 :] if len(it[1]) <= len(one[1]))
            return text[one.start() : next(after, len(text))]
    raise ValueError(f"docs/{where} has no heading {heading!r}")
