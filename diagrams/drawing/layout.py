"""A sheet with everything placed, ready to be written as SVG."""

import dataclasses

from drawing.labels import Label, label
from drawing.model import DrawnArrow
from drawing.plan import Places, place
from drawing.route import Way, route
from drawing.sheet import Sheet


@dataclasses.dataclass
class Drawing:
    """A sheet's places, routes and labels, in the order of its nodes and arrows."""

    sheet: Sheet
    places: Places
    ways: list[Way]
    labels: list[Label]
    arrow_ids: list[str]
    evidence: list[list[str]]  # for each arrow


def lay_out(sheet: Sheet, evidence: list[list[str]] | None = None) -> Drawing:
    """Place the nodes, route the arrows, place their labels."""
    places = place(sheet)
    ways = route(sheet, places)
    ids: list[str] = []
    for arrow in sheet.arrows:
        name, count = f"{sheet.name}-arrow-{arrow.source}-{arrow.target}", 1
        while name in ids:
            count += 1
            name = f"{sheet.name}-arrow-{arrow.source}-{arrow.target}-{count}"
        ids.append(name)
    spots = label(sheet, places, ways)
    return Drawing(sheet, places, ways, spots, ids, evidence or [[] for _ in ids])


def accessible_text(sheet: Sheet, arrow: DrawnArrow) -> str:
    """The arrow as one line of text: from, to, label."""
    ends = [" ".join(sheet.nodes[it].title) for it in (arrow.source, arrow.target)]
    step = f"Step {arrow.number}. " if arrow.number else ""
    words = f": {' '.join(arrow.label)}" if arrow.label else ""
    return f"{step}{ends[0]} {'and' if arrow.both else 'to'} {ends[1]}{words}"
