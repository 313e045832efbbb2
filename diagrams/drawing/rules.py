"""The rules that every sheet keeps, told where it is drawn: the place, what is wrong, what to do.

`broken` looks at what is written, `broken_when_drawn` at what comes out of it.
"""

import ast
import pathlib
import re
from collections.abc import Iterator

from drawing import pages
from drawing.geometry import stretches
from drawing.layout import Drawing
from drawing.model import DrawnArrow
from drawing.paint import svg
from drawing.route import crossings
from drawing.sheet import Sheet

MOST_WORDS = 3  # on a line
SITE_COLUMN = 674  # CSS pixels of a page's column in a small window
A4 = (680, 1009)  # CSS pixels inside margins of 15 mm
LEAST_IN_PRINT = 8  # CSS pixels: 6 pt, a footnote's size
# Digits that are a name's, not a number of what is deployed.
_NAMES_WITH_DIGITS = r"\bS3\b|\bEC2\b|\bpicture \d\b"


def broken(sheet: Sheet) -> list[str]:
    """What breaks a rule in how the sheet is written; also what it noted itself."""
    rules = (_plan, _lines, _steps, _evidence, _purpose)
    return [*sheet.problems, *(it for rule in rules for it in rule(sheet))]


def broken_when_drawn(drawing: Drawing) -> list[str]:
    """What breaks a rule in how the sheet looks: what crosses or covers, a picture too large."""
    sheet = drawing.sheet
    found = [
        f"{sheet.arrows[one].where}: {_named(sheet.arrows[one])} and {_named(sheet.arrows[other])} "
        f"({sheet.arrows[other].where}) cross or touch. Move a node in the plan, or choose the "
        'sides that they leave and enter, as Data(leaves="S", enters="W")'
        for one, other in crossings(drawing.ways)
    ]
    found += _words_on_lines(drawing)
    wide, _ = _size(svg(drawing, alone=False))
    widest = SITE_COLUMN * pages.DRAWN_TEXT // pages.LEAST_TEXT
    if wide > widest and not sheet.pans:
        found.append(
            f"{sheet.where}: the picture is {wide} px wide, and from {widest} px on a page has to "
            "be panned. Take fewer columns or shorter lines, or say pans=True"
        )
    wide, high = _size(svg(drawing))
    upright, across = (min(w / wide, h / high, 1) for w, h in (A4, A4[::-1]))
    if pages.DRAWN_TEXT * max(upright, across) < LEAST_IN_PRINT:
        found.append(
            f"{sheet.where}: at {wide} x {high} px its text can't be read on a printed A4 page. "
            "Make two sheets of it"
        )
    return found


def _words_on_lines(drawing: Drawing) -> Iterator[str]:
    arrows = drawing.sheet.arrows
    for arrow, label in zip(arrows, drawing.labels, strict=True):
        for other, way in zip(arrows, drawing.ways, strict=True):
            pieces = [it.box for it in stretches(way)] if other is not arrow else []
            if label.words and any(map(label.words.meets, pieces)):
                yield (
                    f"{arrow.where}: {' '.join(arrow.label)!r} lies on {_named(other)}. Break it "
                    "into shorter lines with \\n, say less, or move a node in the plan"
                )


def typed_numbers(source: str, where: str) -> list[str]:
    """The digits in a sheet's own words, where its numbers must come from a template."""
    return [
        f"{where}:{node.lineno}: {node.value!r} types a number. Ask the template for it, as "
        "{sheet.template.max_receives('WriteQueue')}, so that it can't go stale"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\d", re.sub(_NAMES_WITH_DIGITS, "", node.value))
    ]


def _plan(sheet: Sheet) -> Iterator[str]:
    planned = {name for row in sheet.plan for name in row if name != "."}
    if missing := sorted(planned - sheet.nodes.keys()):
        yield (
            f"{sheet.where}: the plan names {missing}, and no node is called so; the nodes are "
            f"{', '.join(sheet.nodes)}"
        )
    for name, node in sheet.nodes.items():
        if name not in planned:
            yield f"{node.where}: {name!r} has no place in the plan ({sheet.where})"
    for zone in sheet.zones.values():
        if not zone.nodes:
            yield f"{zone.where}: zone {zone.label!r} is empty. Put nodes in it, or take it away"


def _lines(sheet: Sheet) -> Iterator[str]:
    lines = [(arrow.where, line) for arrow in sheet.arrows for line in arrow.label]
    for node in sheet.nodes.values():
        texts = (node.title, node.detail, node.warning, node.parts)
        lines += [(node.where, line) for its in texts for line in its]
    for where, line in lines:
        count = len(line.split())
        if not 1 <= count <= MOST_WORDS:
            yield (
                f"{where}: {line!r} has {count} words, and a line has one to {MOST_WORDS}. Break "
                "it with \\n, or say it in a step"
            )


def _steps(sheet: Sheet) -> Iterator[str]:
    for arrow in sheet.arrows:
        if not arrow.number:
            yield (
                f"{arrow.where}: {_named(arrow)} belongs to no step. Write "
                'step("A sentence.") above it'
            )
    numbers = {arrow.number for arrow in sheet.arrows}
    for number, (sentence, where) in enumerate(zip(sheet.steps, sheet.step_lines, strict=True), 1):
        if number not in numbers:
            yield f"{where}: step {number} has no arrow. Draw one under it, or take it away"
        if not (sentence[:1].isupper() and sentence.endswith(".")):
            yield f"{where}: {sentence!r} is no sentence. Begin it large, and end it with a stop"


def _evidence(sheet: Sheet) -> Iterator[str]:
    for arrow in sheet.arrows:
        if not (sheet.checked or arrow.evidence):
            yield f"{arrow.where}: nothing stands behind {_named(arrow)}. Give its evidence="


def _purpose(sheet: Sheet) -> Iterator[str]:
    if not (sheet.checked or sheet.stamp):
        yield f'{sheet.where}: it is not what is deployed. Say in stamp= what it is: "our proposal"'
    if sheet.checked and not any(it.resource or it.aws for it in sheet.nodes.values()):
        yield (
            f"{sheet.where}: nothing on it is of {sheet.template_path}. Name resources by "
            'resource=, or say what it is in stamp=, as "our proposal"'
        )
    path = pathlib.Path(sheet.file)
    if (sheet.checked or sheet.asked_template) and path.exists():
        yield from typed_numbers(path.read_text(), sheet.where.rpartition(":")[0])


def _named(arrow: DrawnArrow) -> str:
    return f"the arrow {arrow.source} -> {arrow.target}"


def _size(picture: str) -> tuple[int, int]:
    wide, high = re.findall(r'viewBox="0 0 (\d+) (\d+)"', picture)[0]
    return int(wide), int(high)
