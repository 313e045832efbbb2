"""Places each arrow's number and label on its own line, clear of everything else."""

import dataclasses
import math
from collections.abc import Iterator

from drawing import fonts
from drawing.geometry import Box, Point, Stretch, stretches
from drawing.model import DrawnArrow
from drawing.plan import BADGE, HEAD, SMALL, SMALL_LINE, Places
from drawing.route import Way
from drawing.sheet import Sheet

# Penalties, in pixels of distance from the best spot.
TOUCH, STRADDLE, BELOW, BESIDE, LEFT, AWAY = 60, 45, 14, 6, 12, 8
SPOTS = 17  # tried along each stretch
CROSS = 2 * BADGE + 5  # pixels from a number to the cross that follows it
CLOSE = 5  # pixels from a line to its words
APART = 7  # pixels: text closer to other text would read as one phrase


@dataclasses.dataclass
class Label:
    """The places of an arrow's number, words and cross.

    Attributes:
        badge: centre of the number's disc, on the arrow; None without a number.
        words: box of the words; None without words.
        anchor: the words' alignment in their box: start, middle or end.
        cross: centre of the cross on an impossible arrow; None on others.
    """

    badge: Point | None
    words: Box | None
    anchor: str = "middle"
    cross: Point | None = None

    @property
    def boxes(self) -> list[Box]:
        """The area that the label covers."""
        discs = [disc for disc in (self.badge, self.cross) if disc]
        covered = [Box(x, y, x, y).grown(BADGE + 1) for x, y in discs]
        return [*covered, self.words.grown(2, 0)] if self.words else covered


def label(sheet: Sheet, places: Places, ways: list[Way]) -> list[Label]:
    """A place for each arrow's label; arrows with the shortest stretches choose first."""
    standing: list[Box] = [*places.stacks.values(), *places.heads.values()]
    standing += places.rooms.values()
    standing += [it.grown(APART, 1) for it in places.texts.values()]
    frames = list(places.zones.values())
    found: dict[int, Label] = {}
    for index in sorted(range(len(ways)), key=lambda it: (_longest(ways[it]), it)):
        others = [way for other, way in enumerate(ways) if other != index]
        lines = [piece.box for way in others for piece in stretches(way)]
        own = [piece.box for piece in stretches(ways[index])]

        best: tuple[float, Label] = (math.inf, Label(None, None))
        for spot, cost in _spots(sheet.arrows[index], stretches(ways[index])):
            price = cost
            for box in spot.boxes:
                price += sum(TOUCH + box.overlap(it) for it in standing if box.meets(it))
                price += sum(2 * TOUCH for it in lines if box.meets(it))
                price += sum(STRADDLE for it in frames if _straddles(box, it))
            if spot.words:
                price += sum(2 * TOUCH for it in own if spot.words.grown(5, 1).meets(it))
            if price < best[0]:
                best = price, spot
        found[index] = best[1]
        standing += found[index].boxes
    return [found[index] for index in range(len(ways))]


def _spots(arrow: DrawnArrow, way: list[Stretch]) -> Iterator[tuple[Label, float]]:
    """Candidate labels along a route with their costs; the middle of a long stretch is cheapest."""
    if not (arrow.label or arrow.number or arrow.impossible):
        return
    for place, piece in enumerate(way):
        # Keep arrowheads visible.
        first = HEAD if arrow.both and place == 0 else 0
        last = HEAD if place == len(way) - 1 else 0
        last += CROSS if arrow.impossible and arrow.number else 0
        free = piece.length - first - last - 2 * (BADGE + 2)
        short = max(0, 16 - free) * 3 if arrow.number else 0
        for spot in range(SPOTS):
            share = spot / (SPOTS - 1)
            along = first + BADGE + 2 + round(max(free, 0) * share)
            at = _on(piece, min(along, piece.length) if free > 0 else (piece.length - last) // 2)
            cost = abs(share - 0.5) * 40 + short - min(piece.length, 120) / 6
            for label, more in _around(arrow, at, piece):
                yield label, cost + more


def _around(arrow: DrawnArrow, at: Point, piece: Stretch) -> Iterator[tuple[Label, int]]:
    """The words on either side of the line, and the number on it.

    A number that is hidden at first stands beside its words on the line where there is room, so
    that the words are close to the line.
    """
    badge = at if arrow.number else None
    cross = _cross(arrow, at, piece)
    if not arrow.label:
        yield Label(badge, None, cross=cross), 0
        return
    wide = max(fonts.width(line, SMALL) for line in arrow.label)
    size = Point(wide + wide % 2, SMALL_LINE * len(arrow.label))
    hidden = badge and not arrow.leads and not cross
    if hidden:
        reach = BADGE + 4 + (size.x if piece.level else size.y) // 2
        for aside in (_moved(at, piece, reach), _moved(at, piece, -reach)):
            if _reaches(piece, aside):
                for words, anchor, cost in _beside(at, piece, size, CLOSE):
                    yield Label(aside, words, anchor), cost
    for words, anchor, cost in _beside(at, piece, size, BADGE + 1 if badge or cross else CLOSE):
        yield Label(badge, words, anchor, cross), cost + (AWAY if hidden else 0)


def _beside(at: Point, piece: Stretch, size: Point, off: int) -> Iterator[tuple[Box, str, int]]:
    """Boxes for words beside a place on a line, each with its alignment and cost."""
    x, y = at.x - size.x // 2, at.y - size.y // 2
    if piece.level:
        yield Box(x, at.y - off - size.y, x + size.x, at.y - off), "middle", 0
        yield Box(x, at.y + off, x + size.x, at.y + off + size.y), "middle", BELOW
    else:
        off += 2
        yield Box(at.x + off, y, at.x + off + size.x, y + size.y), "start", BESIDE
        yield Box(at.x - off - size.x, y, at.x - off, y + size.y), "end", LEFT


def _moved(at: Point, piece: Stretch, distance: int) -> Point:
    return Point(at.x + distance, at.y) if piece.level else Point(at.x, at.y + distance)


def _reaches(piece: Stretch, at: Point) -> bool:
    """Whether a number at this place leaves both ends of the stretch to be seen."""
    room = BADGE + 2
    (x1, y1), (x2, y2) = piece
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    if piece.level:
        return left + room <= at.x <= right - room - HEAD
    return top + room <= at.y <= bottom - room - HEAD


def _cross(arrow: DrawnArrow, at: Point, piece: Stretch) -> Point | None:
    """The cross's place: after the number, towards the arrow's end."""
    if not arrow.impossible:
        return None
    off = CROSS if arrow.number else 0
    step = _on(piece, off)
    return Point(at.x + step.x - piece.start.x, at.y + step.y - piece.start.y)


def _on(piece: Stretch, distance: int) -> Point:
    (x1, y1), (x2, y2) = piece
    if piece.level:
        return Point(x1 + (distance if x2 > x1 else -distance), y1)
    return Point(x1, y1 + (distance if y2 > y1 else -distance))


def _straddles(box: Box, frame: Box) -> bool:
    inside = (
        box.left >= frame.left
        and box.right <= frame.right
        and box.top >= frame.top
        and box.bottom <= frame.bottom
    )
    return box.meets(frame) and not inside


def _longest(way: Way) -> int:
    return max(it.length for it in stretches(way))
