"""The glossary: terms defined once in `docs/reference/glossary.toml`, linked where pages use them.

The Markdown extension `abbr` would mark every use and link none, so a reader with a touch screen
would see no explanation.
"""

import html
import re
import tomllib
from functools import cache
from html.parser import HTMLParser

import msgspec
from msgspec import Struct

from lab.publish.pages.html_tree import VOID
from lab.support.paths import DOCS

SOURCE = DOCS / "reference" / "glossary.toml"

# Running text only: no headings, links, code or controls.
_WITHIN = {"p", "li", "td", "dd"}
_NOT_WITHIN = {"a", "abbr", "button", "code", "figure", "pre", "script", "style", "summary", "svg"}
_NOT_WITHIN |= {f"h{n}" for n in range(1, 7)}


class Term(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A term, its description, other `forms` of it that pages use, and its heading (`group`).

    `also` is what others call it: printed and found by the search, linked nowhere.
    """

    term: str
    description: str
    group: str
    forms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The term's anchor on the glossary's page."""
        return re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")


@cache
def _read(stamp: float) -> tuple[Term, ...]:  # noqa: ARG001  the file's time keys the cache
    document = tomllib.loads(SOURCE.read_text())
    return msgspec.convert(document["terms"], tuple[Term, ...])


def terms() -> tuple[Term, ...]:
    """All terms. Raises msgspec.ValidationError for an invalid file."""
    return _read(SOURCE.stat().st_mtime)


def glossary() -> str:
    """The glossary's page, grouped as the file is."""
    lines: list[str] = []
    group = None
    for it in terms():
        if it.group != group:
            group = it.group
            lines.append(f"## {group}\n")
        lines.append(
            f'<p class="term" id="{it.anchor}" markdown>'
            f"<strong>{it.term}</strong> {it.description}{_also(it)}</p>\n"
        )
    return "\n".join(lines)


def _also(term: Term) -> str:
    return f" Also: {', '.join(term.also)}." if term.also else ""


def link_terms(page: str, glossary: str) -> str:
    """The page's HTML with each term linked once, to `glossary`, the glossary's address."""
    linker = _Linker(terms(), glossary)
    linker.feed(page)
    linker.close()
    return "".join(linker.out)


class _Linker(HTMLParser):
    def __init__(self, known: tuple[Term, ...], glossary: str) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._glossary = glossary
        self._open: list[str] = []
        self._left = {form.lower(): it for it in known for form in (it.term, *it.forms)}
        self._pattern = _pattern(self._left)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")
        if tag not in VOID:
            # Labels of tabs and the like opt out by a class of their own.
            opted_out = "no-terms" in (dict(attrs).get("class") or "")
            self._open.append("code" if opted_out else tag)

    def handle_startendtag(self, *_: object) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")
        if self._open and tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.out.append(self._linked(data) if self._is_text() else data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def _is_text(self) -> bool:
        return not _WITHIN.isdisjoint(self._open) and _NOT_WITHIN.isdisjoint(self._open)

    def _linked(self, text: str) -> str:
        return self._pattern.sub(self._link, text)

    def _link(self, found: re.Match[str]) -> str:
        term = self._left.get(found[0].lower())
        if term is None:
            return found[0]
        self._left = {form: it for form, it in self._left.items() if it is not term}
        description = html.escape(re.sub(r"[*`]|\]\([^)]*\)|\[", "", term.description))
        href = f"{self._glossary}#{term.anchor}"
        return f'<a class="term" href="{href}" title="{description}">{found[0]}</a>'


def _pattern(forms: dict[str, Term]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE
    )
