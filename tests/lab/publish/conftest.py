"""The site, built once as `make docs` builds it, and its pages as a browser's parser sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers.built_site import build_site
from lab.publish.pages import html_tree


@dataclass(repr=False)  # a page within its elements within a failure is no help
class Element:
    tag: str
    attributes: dict[str, str]
    within: list["Element"]
    text: str

    def inside(self, tag: str) -> bool:
        return any(it.tag == tag for it in self.within)


@dataclass(repr=False)  # a page within its elements within a failure is no help
class Page:
    path: Path
    name: str
    source: str
    elements: list[Element]

    def all(self, *tags: str) -> list[Element]:
        return [it for it in self.elements if it.tag in tags]

    @property
    def ids(self) -> set[str]:
        return {it.attributes["id"] for it in self.elements if "id" in it.attributes}


def elements(within: list[Element], node: html_tree.Element) -> Iterator[Element]:
    for child in node.children:
        if isinstance(child, html_tree.Element):
            element = Element(child.tag, child.attributes, within, child.text)
            yield element
            yield from elements([*within, element], child)


def read(path: Path, root: Path) -> Page:
    source = path.read_text()
    found = list(elements([], html_tree.parse_html(source)))
    return Page(path, path.relative_to(root).as_posix(), source, found)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def pages(site) -> list[Page]:
    return [read(path, site) for path in sorted(site.rglob("*.html"))]
