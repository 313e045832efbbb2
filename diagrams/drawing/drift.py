"""Holds a sheet to the template, both ways; the comparison itself is `diagram_check`'s.

The template decides what exists; a sheet decides what is worth showing. Between the nodes of a
sheet, every wiring has an arrow or a reason in the sheet's `leaves_out`.
"""

from typing import cast

from diagram_check.compare import Difference, behind, by_pair, differences
from diagram_check.picture import Arrow, Kind, Pair, Part, Picture
from diagram_check.template import OUTSIDE, Template
from drawing.model import DrawnArrow, DrawnNode
from drawing.sheet import Sheet
from lab.support.paths import ROOT

EXCEPTIONS = "diagrams/drift_exceptions.py"


def drift(sheet: Sheet, template: Template) -> list[Difference]:
    """Every difference between a sheet and the template that it is checked against."""
    wrong = [it for arrow in sheet.arrows for it in _wrong_evidence(sheet, arrow)]
    return wrong + differences(picture(sheet), template)


def picture(sheet: Sheet) -> Picture:
    """The sheet as the check sees it."""
    nodes = sheet.nodes.values()
    return Picture(
        sheet.where,
        tuple(Part(_end(node), node.where) for node in nodes),
        tuple(Arrow(tuple(claims(sheet, it)), it.where, cast("Kind", it.kind))
              for it in sheet.arrows),
        shows_outside=any(node.external and not node.resource for node in nodes),
        left_out=sheet.leaves_out,
    )  # fmt: skip


def evidence(sheet: Sheet, template: Template) -> list[list[str]]:
    """The evidence for each arrow, as `template.yaml:41 UploadQueue.RedrivePolicy`."""
    wired = by_pair(template) if sheet.checked else {}
    found = []
    for arrow in sheet.arrows:
        places = {
            place: None
            for pair in claims(sheet, arrow)
            for wiring in wired.get(pair, [])
            for place in wiring.places
        }
        lines = [f"{template.shown_as}:{it.line} {it.path}" for it in places]
        found.append(lines or ([arrow.evidence] if arrow.evidence else []))
    return found


def claims(sheet: Sheet, arrow: DrawnArrow) -> list[Pair]:
    """The wirings (from, to) that an arrow stands for; none if it is outside the template."""
    source, target = sheet.nodes[arrow.source], sheet.nodes[arrow.target]
    if arrow.signed_by:
        return [(_end(sheet.nodes[arrow.signed_by]), _end(target))]
    if arrow.evidence:
        return []
    start = OUTSIDE if source.external else _end(source)
    end = OUTSIDE if target.external else _end(target)
    return [(start, end), (end, start)] if arrow.both else [(start, end)]


def _end(node: DrawnNode) -> str:
    return node.resource or (f"aws:{node.aws}" if node.aws else "")


def _wrong_evidence(sheet: Sheet, arrow: DrawnArrow) -> list[Difference]:
    """Wrong evidence of an arrow: not needed, or a file that isn't there."""
    inside = all(_end(sheet.nodes[it]) for it in (arrow.source, arrow.target))
    problem = remedy = ""
    if arrow.evidence and inside:
        problem = f"the arrow to {arrow.target!r} gives evidence although the template has it"
        remedy = "Take evidence= away"
    is_file = arrow.evidence.startswith(("reference/", "diagrams/", "docs/"))
    if not problem and is_file and not (ROOT / arrow.evidence).exists():
        problem = (
            f"the arrow to {arrow.target!r} has {arrow.evidence} as its evidence, which isn't there"
        )
        remedy = "Name the file that does it today"
    pair = (arrow.source, arrow.target)
    return [Difference("evidence", pair, arrow.where, problem, remedy)] if problem else []


def find_undrawn(
    sheets: list[Sheet],
    template: Template,
    undrawn: dict[str, str],
    undrawn_types: dict[str, str],
    undrawn_wirings: dict[Pair, str],
) -> list[Difference]:
    """What is deployed and on no sheet of its template, and exceptions that are no longer needed.

    A resource counts as shown if it is drawn, or if it is evidence for a wiring that is.
    """
    pictures = [picture(it) for it in sheets]
    claimed = {pair for it in pictures for pair in it.claimed}
    shown = {end for it in pictures for end in it.ends} | behind(claimed, template)
    wired = by_pair(template)
    remedy = f"Draw it, or say why not in {EXCEPTIONS}"
    found, used_types = [], set()
    for name, it in template.resources.items():
        if name in shown:
            continue
        if it.type in undrawn_types:
            used_types.add(it.type)
        elif name not in undrawn:
            problem = f"{name} ({it.type}) is deployed and on no sheet"
            where = f"{template.shown_as}:{it.line}"
            found.append(Difference("part-not-drawn", name, where, problem, remedy))
    for pair, its in wired.items():
        if pair not in claimed and pair not in undrawn_wirings:
            where = f"{template.shown_as}:{its[0].places[0].line}"
            problem = f"{pair[0]} -> {pair[1]} ({its[0].how}) is wired and on no sheet"
            problem += f"; it is not allowed: {its[0].missing}" if its[0].missing else ""
            found.append(Difference("arrow-not-drawn", pair, where, problem, remedy))
    stale: list[str | Pair] = [it for it in undrawn if it not in template or it in shown]
    stale += [it for it in undrawn_types if it not in used_types]
    stale += [it for it in undrawn_wirings if it not in wired or it in claimed]
    for entry in stale:
        problem = f"{entry} is listed as not drawn, but is drawn or gone"
        found.append(
            Difference(
                "exception-not-needed", entry, f"{EXCEPTIONS}:1", problem, "Take the entry away"
            )
        )
    return found
