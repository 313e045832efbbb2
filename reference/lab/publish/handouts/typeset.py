"""Turns a page's HTML tree into Typst source; text becomes Typst strings, never markup."""

import re
from collections.abc import Sequence
from pathlib import Path

from lab.publish.pages import drawn_design
from lab.publish.pages.html_tree import Element, parse_html
from lab.support.charts.drawing import PALETTE

SKIPPED = frozenset({"button", "input", "link", "output", "script", "style"})
SKIPPED_CLASSES = frozenset({"md-button", "handouts", "info"})
"""Buttons, downloads, and long evidence, which only the site shows."""
ELSEWHERE = "↗"
"""Behind what is a link on the site; the footer says so."""
_INLINE = {"strong": "strong", "em": "emph", "b": "strong", "i": "emph"}
_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
_INK = re.compile(r"var\(--(\w+)\)")
_SPACE = re.compile(r"[ \t\n]+")  # a no-break space stays
_NARROW_CHARS = 9
"""A column whose longest text has at most so many characters is as wide as that text."""
_WHOLE_ROWS = 12
"""A table of at most so many rows stays on one page."""

Children = Sequence[Element | str]


class Typesetter:
    """Typesets trees; `diagrams` and `charts` are the folders of what was drawn.

    A sheet is as wide as the text, unless it would take more than `tallest` percent of a page.
    """

    def __init__(self, diagrams: Path, charts: Path, tallest: int = 49) -> None:
        self._diagrams, self._charts, self._tallest = diagrams, charts, tallest

    def blocks(self, children: Children) -> str:
        """Elements below one another."""
        parts: list[str] = []
        inline: list[Element | str] = []
        for it in children:
            if isinstance(it, str) or it.tag in {"a", "code", "span", "sup", *_INLINE}:
                inline.append(it)
                continue
            parts += self._paragraph(inline)
            inline = []
            if not self._skipped(it):
                parts.append(self._block(it))
        return "\n".join([*parts, *self._paragraph(inline)])

    def _paragraph(self, children: Children) -> list[str]:
        if not "".join(it if isinstance(it, str) else it.text for it in children).strip():
            return []
        return [f"#par[{self.inline(children)}]"]

    def _block(self, it: Element) -> str:  # noqa: PLR0911  one branch for each kind
        if it.tag in _LEVELS:
            return f"#heading(level: {_LEVELS[it.tag]})[{self.inline(it.children)}]"
        if it.tag == "p":
            kind = "lead" if "lead" in it.classes else "par"
            return f"#{kind}[{self.inline(it.children)}]"
        if it.tag in {"ul", "ol"}:
            items = [f"[{self.blocks(li.children)}]" for li in _elements(it)]
            return f"#{'list' if it.tag == 'ul' else 'enum'}({', '.join(items)})"
        if it.tag == "table":
            return self._table(it)
        if it.tag == "pre":
            return f"#listing({quoted(it.text.rstrip())})"
        if "picture" in it.classes:
            return self._picture(it.attributes["data-picture"], it.attributes["data-title"])
        if it.tag == "figure":
            return self._figure(it)
        if it.tag == "details" or "admonition" in it.classes:
            return self._callout(it)
        if "shown" in it.classes:
            return f"#shown[{self.blocks(it.children)}]"
        return self.blocks(it.children)

    def _figure(self, it: Element) -> str:
        if "design-sheet" in it.classes:
            name, number = it.attributes["data-design"], it.attributes["data-number"]
            drawn, told = quoted(drawn_design.svg(name)), quoted(drawn_design.told(name))
            return f"#design-sheet({quoted(number)}, {drawn}, {told})"
        if "drawn-design" in it.classes:
            return f"#par[#emph[Picture {it.attributes['data-number']} of the wrong designs.]]"
        return self._chart(it) if "chart" in it.classes else self.blocks(it.children)

    def _callout(self, it: Element) -> str:
        title, *body = _elements(it)
        return f"#callout([{self.inline(title.children)}])[{self.blocks(body)}]"

    def _picture(self, name: str, title: str) -> str:
        figure = parse_html((self._diagrams / f"{name}.figure.html").read_text())
        (caption,), (about,) = figure.all("figcaption"), figure.all("desc")
        prefix = f"#strong[#{quoted(title)}] " if title else ""
        return (  # the steps are in the picture and in its description
            f"#sheet({quoted(f'/docs/diagrams/{name}.png')}, {quoted(about.text)}, "
            f"[{prefix}{self.inline(caption.children)}], {self._tallest}%)"
        )

    def _chart(self, figure: Element) -> str:
        (svg,), (about,) = figure.all("svg"), figure.all("desc")
        name = svg.attributes["aria-labelledby"].partition("-title")[0]
        fragment = (self._charts / f"{name}.figure.html").read_text(encoding="utf-8")
        drawn = fragment[fragment.index("<svg") : fragment.index("</svg>") + len("</svg>")]
        inked = _INK.sub(lambda found: PALETTE[found[1]][0], drawn)
        return f"#chart({quoted(inked)}, {quoted(about.text)})"

    def _table(self, table: Element) -> str:
        rows = [_elements(row) for row in table.all("tr")]
        columns = [self._width([row[at].text for row in rows]) for at in range(len(rows[0]))]
        sides = ["right" if "number" in it.classes else "left" for it in rows[0]]
        cells = ", ".join(f"[{self.inline(it.children)}]" for row in rows[1:] for it in row)
        head = ", ".join(f"[{self.inline(it.children)}]" for it in rows[0])
        whole = "true" if len(rows) <= _WHOLE_ROWS else "false"
        return (
            f"#grid-table(({', '.join(columns)},), ({', '.join(sides)},), ({head},), ({cells},), "
            f"whole: {whole})"
        )

    @staticmethod
    def _width(texts: Sequence[str]) -> str:
        longest = max(map(len, texts))
        mean = sum(map(len, texts)) / len(texts)
        return "auto" if longest <= _NARROW_CHARS else f"{max(14, min(mean, 44)):.0f}fr"

    def inline(self, children: Children) -> str:
        """Text and elements within a line."""
        return "".join(self._within(it) for it in children)

    def _within(self, it: Element | str) -> str:  # noqa: PLR0911  one branch for each kind
        if isinstance(it, str):
            return "#" + quoted(_SPACE.sub(" ", it))
        if self._skipped(it):
            return ""
        if it.tag == "code":
            return f"#raw({quoted(it.text)})"
        if it.tag == "br":
            return "#linebreak()"
        if "tick-box" in it.classes:
            return "#tick-box"
        if "step" in it.classes:
            return f"#step[{self.inline(it.children)}]"
        if "source" in it.classes:
            return f"#source[{self.inline(it.children)}]"
        text = self.inline(it.children)
        if it.tag == "a":
            return f"{text}#elsewhere({quoted(ELSEWHERE)})"
        return f"#{_INLINE[it.tag]}[{text}]" if it.tag in _INLINE else text

    @staticmethod
    def _skipped(it: Element) -> bool:
        return it.tag in SKIPPED or not SKIPPED_CLASSES.isdisjoint(it.classes)


def _elements(it: Element) -> list[Element]:
    return [child for child in it.children if isinstance(child, Element)]


def quoted(text: str) -> str:
    """Text as a Typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
