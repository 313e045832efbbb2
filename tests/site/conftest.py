"""The site, built once as `make docs` builds it, and its pages as a browser's parser sees them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from built_site import build_site

VOID = {
    "area",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


@dataclass(repr=False)  # a page within its elements within a failure is no help
class Element:
    tag: str
    attributes: dict[str, str]
    within: list["Element"]
    text: str = ""

    def inside(self, tag: str) -> bool:
        return any(it.tag == tag for it in self.within)


@dataclass(repr=False)  # a page within its elements within a failure is no help
class Page:
    path: Path
    name: str
    source: str
    elements: list[Element] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        return [it for it in self.elements if it.tag in tags]

    @property
    def ids(self) -> set[str]:
        return {it.attributes["id"] for it in self.elements if "id" in it.attributes}


class _Reader(HTMLParser):
    def __init__(self, page: Page):
        super().__init__()
        self._page = page
        self._open = []

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {k: v or "" for k, v in attrs}, list(self._open))
        self._page.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self._page.elements.append(Element(tag, {k: v or "" for k, v in attrs}, list(self._open)))

    def handle_endtag(self, tag):
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                break

    def handle_data(self, data):
        for it in self._open:
            it.text += data


def read(path: Path, root: Path) -> Page:
    page = Page(path, path.relative_to(root).as_posix(), path.read_text())
    _Reader(page).feed(page.source)
    return page


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def pages(site) -> list[Page]:
    return [read(path, site) for path in sorted(site.rglob("*.html"))]
