"""Draws a design's file, as `receipts-lab review` reads it, for the page and for print.

The way of a receipt goes from left to right; what stands beside it is above or below. Lengths are
points, so that on paper no word is smaller than 8.5.
"""

import html
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from lab.review.drawn import Drawing, Edge, Node, read_drawing
from lab.review.site_data import DESIGNS, drawing_module

WIDE = 482
"""As wide as the text of an A4 handout."""
ICON, LINE, SIGN = 38, 11, 18
LEAST_STEP, _MOST_STEP, _HEAD = 64, 100, 64
_ABOVE, _BELOW = -100, 118
"""How far the rows beside the line are from it."""
_GAP, _LABEL_GAP = 18, 58
"""Between two frames, and where something is written there."""
_HALF = {"": 24, "aws": 38, "premises": 57}
"""From a part to the edge of its frame; the client's is as wide as its name."""
_FRAMES = {"aws": ("AWS", "cloud"), "premises": ("Client's premises", "premises")}
_LABEL_CHARS = 11


class Place(Struct, frozen=True):
    """Where a node stands: the centre of its icon, its frame, and its words in lines."""

    node: Node
    x: float
    y: float
    frame: str
    title: list[str]
    detail: list[str]

    @property
    def below(self) -> float:
        """Where its words end."""
        return self.y + ICON / 2 + 5 + LINE * (len(self.title) + len(self.detail))


def drawing(name: str) -> Drawing:
    """The drawing in `docs/workshop/designs`. Raises DesignError if there is none."""
    return read_drawing(DESIGNS / f"{name}.py")


def told(name: str) -> str:
    """The picture in words: each arrow with what is written on it."""
    it = drawing(name)
    arrows = [
        f"{it.nodes[edge.source].label} → {it.nodes[edge.target].label}"
        + (f": {edge.label}" if edge.label else "")
        for edge in it.edges
    ]
    return "; ".join(arrows)


def svg(name: str) -> str:
    """The picture as SVG, in the colour of the text around it."""
    it = drawing(name)
    places = placed(it)
    drawn = [*_frames(name, places)]
    for at, place in enumerate(places.values()):
        drawn += _node(f"{name}-{at}", place)
    drawn += [line for edge in it.edges for line in _arrow(edge, places)]
    top = min(place.y for place in places.values()) - _HEAD - 1
    high = max(place.below for place in places.values()) + 11 - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top:g} {WIDE} {high:g}" role="img" '
        f'aria-label="{html.escape(told(name))}" font-family="Inter, sans-serif" '
        f'fill="currentColor">{"".join(drawn)}</svg>'
    )


def _line(it: Drawing) -> list[str]:
    """The longest way through the arrows; its last node is beside it if others lead there too."""
    after: dict[str, list[str]] = {}
    for edge in it.edges:
        after.setdefault(edge.source, []).append(edge.target)

    def longest(node: str, seen: frozenset[str]) -> list[str]:
        ways = [longest(to, seen | {to}) for to in after.get(node, ()) if to not in seen]
        return [node, *max(ways, key=len, default=[])]

    line = max((longest(node, frozenset({node})) for node in it.nodes), key=len)
    return line[:-1] if sum(edge.target == line[-1] for edge in it.edges) > 1 else line


def placed(it: Drawing) -> dict[str, Place]:
    """Where each node stands, by its id."""
    line = _line(it)
    step, xs = columns(it, line)
    found = {node: _place(it.nodes[node], x, 0, step) for node, x in zip(line, xs, strict=True)}
    for node in it.nodes.values():
        if node.id not in found:
            before = [edge.source for edge in it.edges if edge.target == node.id]
            ends = before or [edge.target for edge in it.edges if edge.source == node.id]
            beside = max((found[end] for end in ends if end in found), key=lambda end: end.x)
            x = beside.x
            if _frame(node) != beside.frame:  # below the next part of the line, which is in it
                x = min(one.x for one in found.values() if one.frame == _frame(node))
            found[node.id] = _place(node, x, _BELOW if before else _ABOVE, step)
    return found


def columns(it: Drawing, line: list[str]) -> tuple[float, list[float]]:
    """How far the parts of the line stand from one another within a frame, and where each is."""
    frames = [_frame(it.nodes[node]) for node in line]
    labels = {(edge.source, edge.target): edge.label for edge in it.edges}
    steps: list[float | None] = []  # None: as wide as there is room for
    for pair, (one, other) in zip(pairwise(line), pairwise(frames), strict=True):
        label = labels.get(pair, "")
        if one != other:
            steps.append(_HALF[one] + (_LABEL_GAP if label else _GAP) + _HALF[other])
        else:
            steps.append(ICON + 70 if len(label) > _LABEL_CHARS else None)
    ends = _HALF[frames[0]] + _HALF[frames[-1]] + 2
    free = WIDE - ends - sum(step or 0 for step in steps)
    step = min(_MOST_STEP, free / max(1, steps.count(None)))
    ways = [step if way is None else way for way in steps]
    left = (WIDE - ends - sum(ways)) / 2 + _HALF[frames[0]] + 1
    return step, [left + sum(ways[:at]) for at in range(len(line))]


def _frame(node: Node) -> str:
    return "premises" if node.on_premises else "" if node.kind == "person" else "aws"


def _place(node: Node, x: float, y: float, step: float) -> Place:
    title, _, detail = node.label.partition(", ")
    chars = int(min(step, 80) / 5.4)
    return Place(
        node, x, y, _frame(node), textwrap.wrap(title, chars), textwrap.wrap(detail, chars + 1)
    )


def _frames(name: str, places: dict[str, Place]) -> Iterator[str]:
    top = min(it.y for it in places.values()) - _HEAD
    high = max(it.below for it in places.values()) + 9 - top
    signs = drawing_module("services").GROUPS
    for frame, (label, group) in _FRAMES.items():
        xs = [it.x for it in places.values() if it.frame == frame]
        if xs:
            left, wide = min(xs) - _HALF[frame], max(xs) - min(xs) + 2 * _HALF[frame]
            yield (
                f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" '
                'fill="none" stroke="currentColor" stroke-opacity=".55"/>'
                f'<text x="{left + SIGN + 6:g}" y="{top + 13:g}" font-size="9.5" '
                f'font-weight="600">{label}</text>'
            )
            yield _used(signs[group], f"{name}-{frame}", (left, top, SIGN))


def _node(name: str, it: Place) -> Iterator[str]:
    service = drawing_module("services").service(it.node.picture)
    yield _used(service, name, (it.x - ICON / 2, it.y - ICON / 2, ICON))
    words = [*((line, '9.5" font-weight="600') for line in it.title)]
    words += [(line, "9") for line in it.detail]
    for at, (line, size) in enumerate(words, 1):
        yield (
            f'<text x="{it.x:g}" y="{it.y + ICON / 2 + 2 + at * LINE:g}" text-anchor="middle" '
            f'font-size="{size}">{html.escape(line)}</text>'
        )


def _used(service: object, name: str, at: tuple[float, float, int]) -> str:
    x, y, side = at
    symbol: str = drawing_module("services").symbol(service, f"design-{name}")
    return (
        f'{symbol}<use href="#design-{name}" x="{x:g}" y="{y:g}" width="{side}" height="{side}"/>'
    )


def _arrow(edge: Edge, places: dict[str, Place]) -> Iterator[str]:
    a, b = places[edge.source], places[edge.target]
    half = ICON / 2 + 4
    if a.y == b.y:
        way = 1 if b.x > a.x else -1
        points = [(a.x + way * half, a.y), (b.x - way * half, b.y)]
    elif a.x == b.x:
        points = [(a.x, a.below + 4), (b.x, b.y - half)]
    else:  # down past its words, then along
        points = [(a.x, a.below + 4), (a.x, b.y), (b.x - half, b.y)]
    path = "L".join(f"{x:g} {y:g}" for x, y in points)
    (x0, y0), (x1, y1) = points[-2:]
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    sides = [(x1 - 8 * dx - 4 * dy * to, y1 - 8 * dy - 4 * dx * to) for to in (1, -1)]
    head = "L".join(f"{x:g} {y:g}" for x, y in [(x1, y1), *sides])
    yield (
        f'<path d="M{path}" fill="none" stroke="currentColor" stroke-width="1.4"/>'
        f'<path d="M{head}Z"/>'
    )
    x0 = x0 if a.frame == b.frame else a.x + _HALF[a.frame]
    x1 = x1 if a.frame == b.frame else b.x - _HALF[b.frame]
    for at, line in enumerate(reversed(textwrap.wrap(edge.label, _LABEL_CHARS))):
        yield (
            f'<text x="{(x0 + x1) / 2:g}" y="{y1 - 7 - at * 10:g}" font-size="8.5" '
            f'text-anchor="middle">{html.escape(line)}</text>'
        )
