"""HTML as a tree of elements: handouts are typeset from it, and tests inspect pages with it."""

from html.parser import HTMLParser

from msgspec import Struct, field

VOID = frozenset(
    ("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
"""Tags of elements without an end tag."""


class Element(Struct):
    """An HTML element; its children are elements and text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The classes in its `class` attribute."""
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """All text within the element."""
        return "".join(it if isinstance(it, str) else it.text for it in self.children)

    def all(self, tag: str) -> list["Element"]:
        """All descendants with this tag, in document order."""
        found: list[Element] = []
        for it in self.children:
            if isinstance(it, Element):
                found += ([it] if it.tag == tag else []) + it.all(tag)
        return found


def parse_html(html: str) -> Element:
    """Parse HTML into a tree whose root is a `body` element."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("body")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, 0, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                break

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
