"""Compares a sheet with the template, both ways: what is drawn is deployed, what is wired is drawn.

The template decides what exists; a sheet decides what is worth showing. Between the nodes of a
sheet, every wiring has an arrow or a reason in the sheet's `leaves_out`.
"""

import dataclasses
import functools

from diagram_check.template import OUTSIDE, Template, Wiring, wirings
from drawing.model import DrawnArrow, DrawnNode
from drawing.sheet import Sheet
from lab.support.paths import ROOT

Pair = tuple[str, str]
# The kinds of arrow that may represent each kind of wiring.
_ARROW_KINDS = {
    "request": {"request"},
    "event": {"data", "signal"},
    "read": {"data", "signal", "request"},
    "write": {"data", "signal", "request", "failure"},
    "redrive": {"failure"},
    "signal": {"signal"},
}


@dataclasses.dataclass(frozen=True)
class Drift:
    """One difference between a sheet and the template, and its remedy."""

    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}. {self.remedy}"


def drift(sheet: Sheet, template: Template) -> list[Drift]:
    """Every difference between a sheet and the template that it is checked against."""
    wired = _by_pair(template)
    drawn = {end for node in sheet.nodes.values() if (end := _end(node))}
    found = [
        Drift(
            node.where,
            f"{node.resource!r} is drawn and not deployed",
            f"Name a resource of {template.shown_as}, or take the node away",
        )
        for node in sheet.nodes.values()
        if node.resource and node.resource not in template
    ]
    claimed: dict[Pair, DrawnArrow] = {}
    for arrow in sheet.arrows:
        found += _wrong_evidence(sheet, arrow)
        for pair in claims(sheet, arrow):
            claimed[pair] = arrow
            found += _unwired(arrow, pair, wired, template)
    for pair, its in wired.items():
        shown = {*drawn, OUTSIDE} if _has_external_node(sheet) else drawn
        if pair[0] in shown and pair[1] in shown:
            found += _undrawn(sheet, pair, its, claimed, template)
    for pair, reason in sheet.leaves_out.items():
        if pair not in wired or pair in claimed or not reason:
            state = "drawn" if pair in claimed else "not wired"
            problem = f"leaves_out has {pair}, which is {state}"
            found.append(Drift(sheet.where, problem, "Take the entry away"))
    return found


def evidence(sheet: Sheet, template: Template) -> list[list[str]]:
    """The evidence for each arrow, as `template.yaml:41 UploadQueue.RedrivePolicy`."""
    wired = _by_pair(template) if sheet.checked else {}
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


@functools.lru_cache(maxsize=8)
def _by_pair(template: Template) -> dict[Pair, list[Wiring]]:
    pairs: dict[Pair, list[Wiring]] = {}
    for it in wirings(template):
        pairs.setdefault((it.source, it.target), []).append(it)
    return pairs


def _has_external_node(sheet: Sheet) -> bool:
    return any(node.external and not node.resource for node in sheet.nodes.values())


def _wrong_evidence(sheet: Sheet, arrow: DrawnArrow) -> list[Drift]:
    """Wrong evidence of an arrow: not needed, or a file that isn't there."""
    inside = all(_end(sheet.nodes[it]) for it in (arrow.source, arrow.target))
    if arrow.evidence and inside:
        problem = f"the arrow to {arrow.target!r} gives evidence although the template has it"
        return [Drift(arrow.where, problem, "Take evidence= away")]
    is_file = arrow.evidence.startswith(("reference/", "diagrams/", "docs/"))
    if is_file and not (ROOT / arrow.evidence).exists():
        problem = (
            f"the arrow to {arrow.target!r} has {arrow.evidence} as its evidence, which isn't there"
        )
        return [Drift(arrow.where, problem, "Name the file that does it today")]
    return []


def _unwired(
    arrow: DrawnArrow, pair: Pair, wired: dict[Pair, list[Wiring]], template: Template
) -> list[Drift]:
    source, target = pair
    its = wired.get(pair)
    if its is None:
        problem = f"the arrow {source or '?'} -> {target or '?'} has no wiring behind it"
        remedy = f"Wire it in {template.shown_as}, or take the arrow away"
        if pair[::-1] in wired:
            other = wired[pair[::-1]][0].how
            way = {"read": f"{source} only reads {target}", "write": f"{target} writes to {source}"}
            correct = way.get(other, f"the template has {target} -> {source} ({other})")
            problem = f"the arrow {source} -> {target} points the wrong way: {correct}"
            remedy = "Turn it round: an arrow points the way the data goes"
        if not source or not target:
            remedy = "Give its evidence=: a file of the repository, or the exercise"
        return [Drift(arrow.where, problem, remedy)]
    if broken := [it for it in its if it.missing]:
        where = f"{template.shown_as}:{broken[0].places[0].line}"
        problem = f"the arrow {source} -> {target} is not allowed: {broken[0].missing}"
        return [Drift(arrow.where, problem, f"Mend {where}, or take the arrow away")]
    if not any(arrow.kind in _ARROW_KINDS[it.how] for it in its):
        problem = f"the arrow {source} -> {target} is drawn as {arrow.kind}, and is a {its[0].how}"
        return [
            Drift(
                arrow.where, problem, f"Draw it as {' or '.join(sorted(_ARROW_KINDS[its[0].how]))}"
            )
        ]
    return []


def _undrawn(
    sheet: Sheet,
    pair: Pair,
    its: list[Wiring],
    claimed: dict[Pair, DrawnArrow],
    template: Template,
) -> list[Drift]:
    if pair in claimed or pair in sheet.leaves_out:
        return []
    place = its[0].places[0]
    problem = (
        f"{pair[0]} -> {pair[1]} ({its[0].how}, {template.shown_as}:{place.line}) has no arrow"
    )
    problem += f", and is not allowed: {its[0].missing}" if its[0].missing else ""
    return [Drift(sheet.where, problem, "Draw it, or give a reason in leaves_out")]


def find_undrawn(
    sheets: list[Sheet],
    template: Template,
    undrawn: dict[str, str],
    undrawn_types: dict[str, str],
    undrawn_wirings: dict[Pair, str],
) -> list[Drift]:
    """What is deployed and on no sheet of its template, and exceptions that are no longer needed.

    A resource counts as shown if it is drawn, or if it is evidence for a wiring that is.
    """
    shown = {end for sheet in sheets for node in sheet.nodes.values() if (end := _end(node))}
    claimed = {pair for sheet in sheets for arrow in sheet.arrows for pair in claims(sheet, arrow)}
    wired = _by_pair(template)
    behind = {
        place.path.split(".")[0]
        for pair in claimed & wired.keys()
        for wiring in wired[pair]
        for place in wiring.places
    }
    found, used_types = [], set()
    for name, it in template.resources.items():
        if name in shown | behind:
            continue
        if it.type in undrawn_types:
            used_types.add(it.type)
        elif name not in undrawn:
            problem = f"{name} ({it.type}) is deployed and on no sheet"
            remedy = "Draw it, or say why not in diagrams/drift_exceptions.py"
            found.append(Drift(f"{template.shown_as}:{it.line}", problem, remedy))
    for pair, its in wired.items():
        if pair not in claimed and pair not in undrawn_wirings:
            where = f"{template.shown_as}:{its[0].places[0].line}"
            problem = f"{pair[0]} -> {pair[1]} ({its[0].how}) is wired and on no sheet"
            problem += f"; it is not allowed: {its[0].missing}" if its[0].missing else ""
            found.append(
                Drift(where, problem, "Draw it, or say why not in diagrams/drift_exceptions.py")
            )
    stale: list[object] = [it for it in undrawn if it not in template or it in shown | behind]
    stale += [it for it in undrawn_types if it not in used_types]
    stale += [it for it in undrawn_wirings if it not in wired or it in claimed]
    for entry in stale:
        problem = f"{entry} is listed as not drawn, but is drawn or gone"
        found.append(Drift("diagrams/drift_exceptions.py:1", problem, "Take the entry away"))
    return found
