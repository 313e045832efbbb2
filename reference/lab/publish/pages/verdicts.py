"""The table of what the design bench says of each drawing in the repository."""

import ast
from collections.abc import Iterator
from pathlib import Path

from lab.publish.pages.markdown import table
from lab.review.catalogue import catalogue
from lab.review.judge import Verdict, judge
from lab.review.site_data import DESIGNS, answers_of

HEAD = ("drawing", "breaks", "it depends", "not judged", "holds")


def verdicts() -> str:
    """One line a drawing; a diagram of which nothing is drawn is left out of it."""
    return table(HEAD, [_line(it) for it in sorted(DESIGNS.glob("*.py"))])


def verdict_names() -> str:
    """The short names of the rubric's lines, as the table has them."""
    lines = catalogue().properties
    return table(("name", "diagram", "property"), [(it.id, it.diagram, it.text) for it in lines])


def _line(path: Path) -> tuple[str, ...]:
    found = [*_of_what_is_drawn(judge(answers_of(path)))]

    def named(word: str) -> str:
        return ", ".join(it.property for it in found if it.word == word)

    says = ast.get_docstring(ast.parse(path.read_text())) or path.stem
    holds = sum(it.word == "holds" for it in found)
    drawing = f"[{says.rstrip('.')}](designs/{path.name})"
    return drawing, *map(named, ("breaks", "depends", "not judged")), str(holds)


def _of_what_is_drawn(verdicts: tuple[Verdict, ...]) -> Iterator[Verdict]:
    diagram_of = {it.id: it.diagram for it in catalogue().properties}
    drawn = {diagram_of[it.property] for it in verdicts if it.word != "not judged"}
    yield from (it for it in verdicts if diagram_of[it.property] in drawn)
