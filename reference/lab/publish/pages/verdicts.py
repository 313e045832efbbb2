"""Tables of the design bench: its verdict on each drawing of the repository, names, answers."""

import ast
import html
from pathlib import Path
from urllib.parse import urlencode

from lab.publish.pages.markdown import table
from lab.review.catalogue import NO_LIMIT, catalogue
from lab.review.judge import can_be_built, judge
from lab.review.site_data import DESIGNS, answers_of

HEAD = ("drawing", "of", "breaks", "it depends", "not judged", "does not apply", "holds")


def verdicts() -> str:
    """One line a drawing, with the lines of the rubric that ask of what it draws."""
    lines = sorted(map(_line, DESIGNS.glob("*.py")), key=lambda it: (-len(it[1]), it[1], it[0]))
    return table(HEAD, [(_link(path), *cells) for path, *cells in lines])


def verdict_names() -> str:
    """The short names of the rubric's lines, as the table has them."""
    lines = catalogue().properties
    return table(("name", "diagram", "property"), [(it.id, it.diagram, it.text) for it in lines])


def bench_answers() -> str:
    """Every question by its name, as a comment or `--set` takes it, with its answers."""
    listed = []
    for it in catalogue().questions:
        most = "" if it.most == NO_LIMIT else f", at most {it.most:,.0f}"
        options = [f"`{option.id}`: {option.label}" for option in it.options]
        answers = "<br>\n    ".join(options) or f"a number of {it.unit}{most}"
        listed.append(f"`{it.id}`: {it.ask}\n:   {answers}\n")
    return "\n".join(listed)


def _line(path: Path) -> tuple[str, ...]:
    diagram_of = {it.id: it.diagram for it in catalogue().properties}
    answers = answers_of(path)
    all_of_them = judge(answers)
    drawn = sorted({diagram_of[it.property] for it in all_of_them if it.word != "not judged"})
    found = [it for it in all_of_them if diagram_of[it.property] in drawn]

    def named(word: str) -> str:
        return ", ".join(it.property for it in found if it.word == word)

    holds = sum(it.word == "holds" for it in found)
    diagrams = ", ".join(map(str, drawn))
    lines = [named(it) for it in ("breaks", "depends", "not judged", "n/a")]
    if not can_be_built(answers):
        return str(path), diagrams, *lines[:-1], "the others: it can't be built", "–"
    return str(path), diagrams, *lines, str(holds)


def _link(path: str) -> str:
    """The drawing by its file's first sentence; the address opens it on the bench."""
    says = ast.get_docstring(ast.parse(Path(path).read_text())) or path
    state = html.escape(urlencode(answers_of(Path(path))))
    return f'<a href="design-bench.html#{state}">{says.rstrip(".")}</a>'
