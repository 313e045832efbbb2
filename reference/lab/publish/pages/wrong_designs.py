"""The designs of `docs/instructor/wrong-diagrams.md`: numbered, drawn, and with their questions.

The page says which drawing belongs to which heading; sheets and answers follow its order.
"""

import re

from msgspec import Struct

from lab.publish.pages import drawn_design, on_paper
from lab.publish.pages.markdown import table
from lab.review.judge import judge
from lab.review.site_data import DESIGNS, answers_of
from lab.support.paths import DOCS

PAGE = "instructor/wrong-diagrams.md"
_ENTRY = re.compile(
    r"^### (?P<title>.+?)(?: \{.*?\})?\n\n"
    r"\{\{ wrong_design\(\"(?P<drawing>\w+)\", at=\"(?P<at>[\w-]+)\"\) \}\}\n"
    r"(?P<text>.*?)(?=^##|\Z)",
    re.MULTILINE | re.DOTALL,
)
_ASK = re.compile(r"^\*\*Ask:\*\* (.+?)\n\n", re.MULTILINE | re.DOTALL)
_ANSWER = ("answer",)
"""The evidence of what a design only says of itself, in comments that no picture shows."""


class WrongDesign(Struct, frozen=True):
    """An entry of the page; `at` is the line of the rubric that the drawing is there for."""

    number: int
    title: str
    drawing: str
    at: str
    ask: str


def wrong_designs() -> list[WrongDesign]:
    """All of them in the page's order. Raises ValueError for one without a question."""
    found = []
    for number, entry in enumerate(_ENTRY.finditer((DOCS / PAGE).read_text()), 1):
        ask = _ASK.search(entry["text"])
        if ask is None:
            raise ValueError(f"docs/{PAGE}: {entry['title']!r} asks nothing")
        words = " ".join(ask[1].split())
        found.append(WrongDesign(number, entry["title"], entry["drawing"], entry["at"], words))
    return found


def wrong_design(drawing: str, at: str) -> str:
    """A drawing on the page, with the number that it has on paper."""
    (it,) = (one for one in wrong_designs() if (one.drawing, one.at) == (drawing, at))
    return (
        f'<figure class="chart drawn-design" data-number="{it.number}"><div class="pan" '
        f'style="padding:.6rem" tabindex="0" role="group" aria-label="Picture {it.number}">'
        f"{drawn_design.svg(drawing)}"
        f'</div><figcaption style="margin:0;font-style:normal">Picture {it.number}</figcaption>'
        "</figure>"
    )


def answers() -> str:
    """What each picture is, what to ask, what the review says of it, and where more is printed."""
    rows = [
        (it.number, it.title, it.ask, verdict(it), on_paper.page_of("instructor", it.title))
        for it in wrong_designs()
    ]
    return table(("no.", "what it is", "ask, and wait", "the review says", "page"), rows)


def verdict(it: WrongDesign) -> str:
    """What the review says of the line that it is there for. Raises ValueError if that holds."""
    (judged,) = (
        one for one in judge(answers_of(DESIGNS / f"{it.drawing}.py")) if one.property == it.at
    )
    rules = [rule for rule in judged.rules if rule.evidence != _ANSWER] or judged.rules
    if judged.word == "breaks":
        return "**breaks:** " + "; ".join(rule.why for rule in rules)
    if judged.word == "depends":
        return "**depends on** " + "; and on ".join(rule.on for rule in rules)
    raise ValueError(f"{it.drawing}: {it.at} is {judged.word}: nothing is wrong there")
