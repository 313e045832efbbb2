"""Where a thing stands on paper: placeholders for pages of the handouts, and what fills them.

A page can't know them while it is rendered; whoever has set the handouts fills them in.
"""

import html
import re
from collections.abc import Iterable, Mapping

Pages = Mapping[str, Mapping[str, int]]
"""By handout and heading: the page of the PDF."""
_PLACE = re.compile(r'<span class="on-paper" data-at="([^"]*)" data-how="(page|both)"></span>')
_AGAIN = re.compile(r"\b([\w-]+\u00a0\d+)(?:<br>\1\b)+")


def page_of(handout: str, heading: str) -> str:
    """The place of one page number."""
    return _place(f"{handout}/{heading}", "page")


def papers(places: Iterable[str]) -> str:
    """The places of handouts with their page numbers, each given as `handout/heading`."""
    return "<br>".join(_place(it, "both") for it in places)


def fill(text: str, pages: Pages) -> str:
    """The text with page numbers, a page that comes twice in a row said once.

    Raises ValueError for a heading that no handout has.
    """
    told = _PLACE.sub(lambda found: _filled(html.unescape(found[1]), found[2], pages), text)
    return _AGAIN.sub(r"\1", told)


def has_places(text: str) -> bool:
    """Whether page numbers are to be filled in."""
    return _PLACE.search(text) is not None


def _place(at: str, how: str) -> str:
    plain = at.replace("`", "")
    return f'<span class="on-paper" data-at="{html.escape(plain)}" data-how="{how}"></span>'


def _filled(at: str, how: str, pages: Pages) -> str:
    handout, _, heading = at.partition("/")
    try:
        number = pages[handout][heading]
    except KeyError:
        raise ValueError(f"the handout {handout!r} has no heading {heading!r}") from None
    return str(number) if how == "page" else f"{handout}\u00a0{number}"
