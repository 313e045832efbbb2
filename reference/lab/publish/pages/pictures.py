"""Embeds the drawn diagrams in pages: the SVG, its numbered steps, a button to present it."""

import html
import re
from collections.abc import Callable
from pathlib import Path

_PLACEHOLDER = re.compile(
    r'<div class="picture" data-picture="([a-z-]+)" data-title="([^"]*)"></div>'
)
_STEPS = re.compile(r'<ol class="sheet-steps">.*?</ol>\n?', re.DOTALL)
_CAPTION = re.compile(r"<figcaption([^>]*)>(.*?)</figcaption>", re.DOTALL)
_STYLE = re.compile(r"<style>#[^<]*</style>\n?")
_HINT = (
    '<span class="sheet-hint">Point at a step. Click a part or an arrow (Tab, Enter) to see what '
    "makes it true. Present it, and each step is a key.</span>"
)


def placeholder(name: str, title: str = "") -> str:
    """A picture's place in a page: `{{ picture("baseline") }}`; `title` precedes the caption."""
    return f'<div class="picture" data-picture="{name}" data-title="{html.escape(title)}"></div>'


def embed(page: str, folder: Path, up: str, facts: Callable[[Path], str] = lambda _: "") -> str:
    """The page with its pictures.

    Args:
        page: HTML with placeholders.
        folder: where the pictures are drawn.
        up: the relative path from the page to the site's root.
        facts: JSON for the page's script, from a picture's `.parts.json`.
    """
    return _PLACEHOLDER.sub(lambda found: _figure(folder, found[1], found[2], up, facts), page)


def _figure(folder: Path, name: str, title: str, up: str, facts: Callable[[Path], str]) -> str:
    path = folder / f"{name}.figure.html"
    if not path.exists():
        raise FileNotFoundError(f"there is no sheet {name!r}: draw it with `make diagrams`")
    figure = path.read_text()
    parts = {"steps": _STEPS, "caption": _CAPTION, "style": _STYLE}
    if wrong := [part for part, pattern in parts.items() if len(pattern.findall(figure)) != 1]:
        raise ValueError(f"{path.name} must have exactly one: {', '.join(wrong)}")
    steps = "".join(_STEPS.findall(figure))
    figure = _STEPS.sub("", figure)
    # The page decides on the width: of the fragment's own style only the least legible width stays.
    least = int((re.search(r"min-width:(\d+)px", figure) or ["", "0"])[1])
    figure = _STYLE.sub("", figure)
    figure = _CAPTION.sub(lambda found: _caption(found, name, title, up), figure)
    figure = figure.replace("</figure>", f"{steps}</figure>")
    known = facts(folder / f"{name}.parts.json")
    script = f'<script type="application/json" class="sheet-facts">{known}</script>\n'
    return (
        f'<div class="picture" data-search-exclude style="--least:{least}px">\n{figure}'
        f"{script if known else ''}</div>\n"
    )


def _caption(found: re.Match[str], name: str, title: str, up: str) -> str:
    before = f"<strong>{title}</strong> " if title else ""
    return (
        f'<figcaption{found[1]}><span>{before}{found[2]}</span> <span class="picture-tools">'
        f'<button type="button" class="enlarge" data-enlarge="{name}-figure">'
        "Enlarge and present</button> "
        f'<a href="{up}diagrams/{name}.svg">SVG</a></span>{_HINT}</figcaption>'
    )


def badge(number: int) -> str:
    """A step's number as the picture shows it: `{{ n(3) }}`."""
    return f'<span class="step">{number}</span>'
