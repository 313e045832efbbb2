"""Nothing that is built shows what only its source should have: Markdown, braces, empty columns."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from lab.publish.pages.html_tree import Element, parse_html

pytestmark = pytest.mark.slow

AS_TYPED = frozenset({"code", "pre", "script", "style", "textarea"})
"""Elements whose text stands there as somebody types it."""

RAW = re.compile(r"\]\(|`|\*\*|\{\{|\{%|--8<--|(?<!\w):::|\]\{ ?[.#:]|markdown>|A code host shows")


FILLED_BY_HAND = frozenset({"instructor/sheets.html"})
"""Pages whose tables have columns to tick."""


def read(path: Path) -> Element:
    return parse_html(path.read_text(encoding="utf-8"))


def words(node: Element) -> Iterator[str]:
    """The texts of an element that a reader takes for words."""
    for child in node.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in AS_TYPED:
            yield from words(child)


def raw(text: str) -> list[str]:
    """What a source should have had converted, with what stands around it."""
    return [text[max(0, it.start() - 30) : it.end() + 30] for it in RAW.finditer(text)]


def empty_columns(page: Element) -> list[str]:
    """The headings of columns in which no cell says anything."""
    found = []
    for table in page.all("table"):
        rows = [
            [it for it in row.children if isinstance(it, Element) and it.tag in {"td", "th"}]
            for row in table.all("tr")
        ]
        for at in range(min(map(len, rows), default=0)):
            said = [row[at].text.strip() or row[at].all("input") for row in rows]
            if len(rows) > 1 and not any(said[1:]):
                found.append(str(said[0]))
    return found


@pytest.mark.parametrize(
    "text",
    ["see [it](x.md)", "a `word`", "**bold**", "{{ n }}", '--8<-- "x"', "::: lab.cli", "[a]{.b}"],
)
def test_raw_sources_are_seen(text: str) -> None:
    assert raw(text)
    assert raw("plain: a (b), [c] {d} * e") == []


def test_a_column_without_a_word_is_seen() -> None:
    row = "<tr><td>a</td><td></td></tr>"
    page = parse_html(f"<table><tr><th>x</th><th>default</th></tr>{row}{row}</table>")
    assert empty_columns(page) == ["default"]


def test_no_page_shows_its_source(site: Path) -> None:
    shown = {
        path.relative_to(site).as_posix(): found
        for path in sorted(site.rglob("*.html"))
        if (found := raw(" ".join(words(read(path)))))
    }
    assert shown == {}


def test_no_table_has_an_empty_column(site: Path) -> None:
    shown = {
        path.relative_to(site).as_posix(): found
        for path in sorted(site.rglob("*.html"))
        if (found := empty_columns(read(path)))
        and path.relative_to(site).as_posix() not in FILLED_BY_HAND
    }
    assert shown == {}


def test_no_handout_shows_its_source(site: Path) -> None:
    texts = {
        path.stem: " ".join(page.extract_text() for page in PdfReader(path).pages)
        for path in sorted((site / "handouts").glob("*.pdf"))
    }
    assert len(texts) > 1
    shown = {name: [it for it in raw(text) if "`" not in it] for name, text in texts.items()}
    assert not any(shown.values()), shown  # a listing may have backticks
