"""Finds a spot for each arrow's number and words: on its own line, clear of everything else."""

import dataclasses

from drawing import fonts
from drawing.geometry import Box, Point, Stretch, stretches
from drawing.plan import BADGE, SMALL, SMALL_LINE, Places
from drawing.route import Way
from drawing.sheet import DrawnArrow, Sheet

TOUCH = 60  # pixels of distance that an overlap is worth, and more with its area


@dataclasses.dataclass
class Label:
    """Where an arrow's number and words stand.

    Attributes:
        badge: centre of the number's disc, on the arrow; None without a number.
        words: box of the words; None without words.
        anchor: how the words stand to their box: start, middle or end.
        cross: centre of the cross on an arrow that can't be; None on others.
    """

    badge: Point | None
    words: Box | None
    anchor: str = "middle"
    cross: Point | None = None


def label(sheet: Sheet, places: Places, ways: list[Way]) -> list[Label]:
    """A spot for each arrow's label, the ones with the least choice first."""
    standing = [*places.stacks.values(), *places.heads.values()]
    # Words beside words of something else would read as one phrase.
    standing += [it.grown(7, 1) for it in places.texts.values()]
    frames = list(places.zones.values())
    found: dict[int, Label] = {}
    order = sorted(range(len(ways)), key=lambda it: (_longest(ways[it]), it))
    for index in order:
        arrow = sheet.arrows[index]
        lines = [piece for other, way in enumerate(ways) if other != index
                 for piece in stretches(way)]  # fmt: skip
        own = stretches(ways[index])
        best, choice = None, Label(None, None)
        for candidate, cost in _candidates(arrow, own):
            for box, weight in _boxes(candidate):
                cost += sum(TOUCH + box.overlap(it) for it in standing if box.meets(it))
                cost += sum(TOUCH * 2 for it in lines if box.meets(it.box))
                cost += sum(weight for it in frames if _straddles(box, it))
            if candidate.words:
                words = candidate.words.grown(1)
                cost += sum(TOUCH * 2 for it in own if words.meets(it.box))
            if best is None or cost < best:
                best, choice = cost, candidate
        found[index] = choice
        standing += [box for box, _ in _boxes(choice)]
    return [found[index] for index in range(len(ways))]


def _candidates(arrow: DrawnArrow, way: list[Stretch]):
    """Spots along the way; near the middle of a long level stretch is best."""
    if not arrow.label and not arrow.number and not arrow.barred:
        yield Label(None, None), 0.0
        return
    wide = max([fonts.width(line, SMALL) for line in arrow.label], default=0)
    high = SMALL_LINE * len(arrow.label)
    for place, piece in enumerate(way):
        a, b = sorted(piece)
        # The arrowhead's end needs its head seen.
        tail = 12 if place == len(way) - 1 else 0
        room = piece.length - 2 * BADGE - tail
        for step in range(17):
            share = step / 16
            short = max(0, 40 - room) * 3 if arrow.number else 0
            cost = abs(share - 0.5) * 40 + short - min(piece.length, 120) / 6
            at = Point(
                a.x + BADGE + round((b.x - a.x - 2 * BADGE) * share) if piece.level else a.x,
                a.y if piece.level else a.y + BADGE + round((b.y - a.y - 2 * BADGE) * share),
            )
            badge = at if arrow.number else None
            if not arrow.label:
                yield Label(badge, None, cross=_beyond(arrow, at, piece)), cost
                continue
            cross = _beyond(arrow, at, piece)
            off = BADGE + 3 if arrow.number else 5
            half = -(-wide // 2)
            if piece.level:
                above = Box(at.x - half, at.y - off - high, at.x + half, at.y - off)
                yield Label(badge, above, cross=cross), cost
                below = Box(at.x - half, at.y + off, at.x + half, at.y + off + high)
                yield Label(badge, below, cross=cross), cost + 14
            else:
                top = at.y - high // 2
                right = Box(at.x + off + 2, top, at.x + off + 2 + wide, top + high)
                yield Label(badge, right, "start", cross), cost + 6
                left = Box(at.x - off - 2 - wide, top, at.x - off - 2, top + high)
                yield Label(badge, left, "end", cross), cost + 12


def _boxes(it: Label) -> list[tuple[Box, int]]:
    """The label's boxes, each with what it costs to straddle a frame."""
    boxes = []
    if it.words:
        boxes.append((it.words.grown(2, 0), 45))
    for (x, y), reach in ((disc, BADGE + 1) for disc in (it.badge, it.cross) if disc):
        boxes.append((Box(x - reach, y - reach, x + reach, y + reach), 25))
    return boxes


def _straddles(box: Box, frame: Box) -> bool:
    inside = (
        box.left >= frame.left
        and box.right <= frame.right
        and box.top >= frame.top
        and box.bottom <= frame.bottom
    )
    return box.meets(frame) and not inside


def _beyond(arrow: DrawnArrow, at: Point, piece: Stretch) -> Point | None:
    """Where the cross stands: after the number, on the way to the arrow's end."""
    if not arrow.barred:
        return None
    off = 2 * BADGE + 5 if arrow.number else 0
    if piece.level:
        return Point(at.x + (off if piece.end.x > piece.start.x else -off), at.y)
    return Point(at.x, at.y + (off if piece.end.y > piece.start.y else -off))


def _longest(way: Way) -> int:
    return max(it.length for it in stretches(way))
