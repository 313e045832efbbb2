"""Compares pictures with a template, both ways: what is drawn is deployed, and the reverse."""

import difflib
import functools
from typing import Literal

import msgspec

from diagram_check.icons import clash
from diagram_check.picture import Arrow, Pair, Part, Picture
from diagram_check.template import OUTSIDE, Place, Template, Wiring, wirings

Problem = Literal[
    "part-not-deployed",
    "part-is-another",
    "arrow-not-deployed",
    "arrow-points-back",
    "arrow-not-allowed",
    "arrow-is-another",
    "part-not-drawn",
    "arrow-not-drawn",
    "exception-not-needed",
    "evidence",
]
# The kinds of arrow that may represent each kind of wiring.
ARROW_KINDS = {
    "request": {"request"},
    "event": {"data", "signal"},
    "read": {"data", "signal", "request"},
    "write": {"data", "signal", "request", "failure"},
    "redrive": {"failure"},
    "signal": {"signal"},
}


class Difference(msgspec.Struct, frozen=True):
    """One difference, and what may be done about it.

    Attributes:
        kind: which difference it is; programs read this.
        about: the part's logical id, or the pair of an arrow.
        where: the place to begin at, as `file:line`.
        problem: what differs.
        remedy: the ways out.
        drawing: the line of the drawing; "" if there is none.
        places: the lines of the template.
    """

    kind: Problem
    about: str | Pair
    where: str
    problem: str
    remedy: str
    drawing: str = ""
    places: tuple[Place, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}. {self.remedy}"


def differences(
    picture: Picture, template: Template, *, way_out: str = "give a reason in leaves_out"
) -> list[Difference]:
    """What one picture draws that isn't deployed, and the wirings between its parts not drawn.

    Args:
        picture: what is drawn.
        template: what is deployed.
        way_out: how whoever draws may leave an arrow out, for the remedy.
    """
    wired = by_pair(template)
    found = [it for part in picture.parts for it in _part(part, template)]
    found += [
        it
        for arrow in picture.arrows
        for pair in arrow.claims
        for it in _unwired(arrow, pair, wired, template)
    ]
    claimed, shown = picture.claimed, picture.ends
    if picture.shows_outside:
        shown.add(OUTSIDE)
    for pair, its in wired.items():
        if shown.issuperset(pair) and pair not in claimed and pair not in picture.left_out:
            found.append(_undrawn(picture, pair, its, template, way_out))
    for pair, reason in picture.left_out.items():
        if pair not in wired or pair in claimed or not reason:
            state = "drawn" if pair in claimed else "not wired"
            problem = f"leaves_out has {pair}, which is {state}"
            found.append(
                Difference(
                    "exception-not-needed",
                    pair,
                    picture.where,
                    problem,
                    "Take the entry away",
                    drawing=picture.where,
                )
            )
    return found


@functools.lru_cache(maxsize=8)
def by_pair(template: Template) -> dict[Pair, list[Wiring]]:
    """The template's wirings by their two ends."""
    pairs: dict[Pair, list[Wiring]] = {}
    for it in wirings(template):
        pairs.setdefault((it.source, it.target), []).append(it)
    return pairs


def behind(pairs: set[Pair], template: Template) -> set[str]:
    """The resources that are evidence for wirings, and so are shown by an arrow."""
    wired = by_pair(template)
    return {
        place.path.split(".")[0]
        for pair in pairs & wired.keys()
        for wiring in wired[pair]
        for place in wiring.places
    }


def _part(part: Part, template: Template) -> list[Difference]:
    end = part.end
    if not end or end == OUTSIDE or end.startswith("aws:"):
        return []
    if end not in template:
        alike = difflib.get_close_matches(end, template.resources, n=1)
        remedy = f"Name a resource of {template.shown_as}, or take the node away"
        remedy += f" (is it {alike[0]}?)" if alike else ""
        problem = f"{end!r} is drawn and not deployed"
        return [Difference("part-not-deployed", end, part.where, problem, remedy, part.where)]
    its = template.resources[end]
    if clash(part.icon, its.type):
        place = Place(end, its.line)
        line = f"{template.shown_as}:{its.line}"
        problem = f"{end} is drawn as {part.icon} and is an {its.type} ({line})"
        remedy = "Give the node that type's icon, or another resource="
        return [
            Difference("part-is-another", end, part.where, problem, remedy, part.where, (place,))
        ]
    return []


def _unwired(
    arrow: Arrow, pair: Pair, wired: dict[Pair, list[Wiring]], template: Template
) -> list[Difference]:
    source, target = pair
    where, its = arrow.where, wired.get(pair)
    if its is None:
        kind: Problem = "arrow-not-deployed"
        problem = f"the arrow {source or '?'} -> {target or '?'} has no wiring behind it"
        remedy = f"Wire it in {template.shown_as}, or take the arrow away"
        places: tuple[Place, ...] = ()
        if pair[::-1] in wired:
            kind, places = "arrow-points-back", wired[pair[::-1]][0].places
            other = wired[pair[::-1]][0].how
            way = {"read": f"{source} only reads {target}", "write": f"{target} writes to {source}"}
            correct = way.get(other, f"the template has {target} -> {source} ({other})")
            problem = f"the arrow {source} -> {target} points the wrong way: {correct}"
            remedy = "Turn it round: an arrow points the way the data goes"
        if not source or not target or source == target == OUTSIDE:
            remedy = "Give its evidence=: a file of the repository, or the exercise"
        return [Difference(kind, pair, where, problem, remedy, where, places)]
    if broken := [it for it in its if it.missing]:
        line = f"{template.shown_as}:{broken[0].places[0].line}"
        problem = f"the arrow {source} -> {target} is not allowed: {broken[0].missing}"
        remedy = f"Mend {line}, or take the arrow away"
        return [
            Difference("arrow-not-allowed", pair, where, problem, remedy, where, broken[0].places)
        ]
    if arrow.kind and not any(arrow.kind in ARROW_KINDS[it.how] for it in its):
        problem = f"the arrow {source} -> {target} is drawn as {arrow.kind}, and is a {its[0].how}"
        remedy = f"Draw it as {' or '.join(sorted(ARROW_KINDS[its[0].how]))}"
        return [Difference("arrow-is-another", pair, where, problem, remedy, where, its[0].places)]
    return []


def _undrawn(
    picture: Picture, pair: Pair, its: list[Wiring], template: Template, way_out: str
) -> Difference:
    line = its[0].places[0].line
    problem = f"{pair[0]} -> {pair[1]} ({its[0].how}, {template.shown_as}:{line}) has no arrow"
    problem += f", and is not allowed: {its[0].missing}" if its[0].missing else ""
    return Difference(
        "arrow-not-drawn",
        pair,
        picture.where,
        problem,
        f"Draw it, or {way_out}",
        picture.where,
        tuple(place for it in its for place in it.places),
    )
