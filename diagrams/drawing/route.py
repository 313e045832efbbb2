"""Routes each arrow: horizontal and vertical stretches, few corners, around all obstacles.

The search (Dijkstra's) runs on a coarse grid: lines through the icons' centres, and free lanes
between columns and rows. Every arrow is routed again, with the others fixed, for some rounds.
"""

import dataclasses
import functools
import heapq
import itertools
from collections.abc import Callable, Iterator

from drawing.geometry import Box, Point, Stretch, stretches
from drawing.model import DrawnArrow, SheetError
from drawing.plan import ICON, Places
from drawing.sheet import Sheet

LANE = 14  # pixels between two arrows that run side by side
STUB = 13  # pixels: a straight end shorter than this is a kink with an arrowhead on it
CLEAR = 15  # pixels between an arrow and a frame along which it runs: closer looks like two frames
NEAR = 9  # pixels between an arrow and icons or text
CORNER, CROSSING, DETOUR, ON_FRAME, BESIDE = 45, 160, 90, 400, 900  # costs, in pixels of detour
# Costs of sides: leaving right and arriving left, in the reading direction, is free.
LEAVING = {"E": 0, "N": 26, "S": 26, "W": 60}
ENTERING = {"W": 0, "N": 26, "S": 26, "E": 60}
STEPS = {"E": Point(1, 0), "W": Point(-1, 0), "S": Point(0, 1), "N": Point(0, -1)}
OPPOSITE = {"E": "W", "W": "E", "N": "S", "S": "N"}
ROUNDS = 4

Way = list[Point]


@dataclasses.dataclass
class Port:
    """A point at a node's side where an arrow may begin or end."""

    at: Point
    side: str
    node: str
    off_centre: int


def route(sheet: Sheet, places: Places) -> list[Way]:
    """Each arrow's points, from its first through its corners to its last, in the sheet's order."""
    net, arrows = _Grid(sheet, places), sheet.arrows
    ways: dict[int, Way] = {}
    order = sorted(range(len(arrows)), key=lambda it: (net.distance(arrows[it]), it))
    for _, index in itertools.product(range(ROUNDS), order):
        ways[index] = net.way(arrows[index], _without(ways, index))
    for one, other in itertools.combinations(order, 2):
        if crossings([ways[one], ways[other]]):
            _untangle(net, ways, one, other)
    return [ways[index] for index in range(len(arrows))]


def crossings(ways: list[Way]) -> list[tuple[int, int]]:
    """Pairs of routes, by index, that cross or touch."""
    boxes = [[piece.box for piece in stretches(way)] for way in ways]
    return [
        (i, j)
        for (i, some), (j, others) in itertools.combinations(enumerate(boxes), 2)
        if any(a.meets(b) for a in some for b in others)
    ]


def _untangle(net: "_Grid", ways: dict[int, Way], one: int, other: int) -> None:
    """Route two crossing arrows again, in either order: one may block what the other needs."""
    rest = _without(ways, one, other)
    for first, second in ((one, other), (other, one)):
        laid = net.way(net.sheet.arrows[first], rest)
        after = net.way(net.sheet.arrows[second], [*rest, laid])
        if len(crossings([*rest, laid, after])) < len(crossings(list(ways.values()))):
            ways[first], ways[second] = laid, after


def _without(ways: dict[int, Way], *indices: int) -> list[Way]:
    return [way for index, way in ways.items() if index not in indices]


class _Grid:
    """The grid of lines on which arrows may run, and the cost of each piece."""

    def __init__(self, sheet: Sheet, places: Places) -> None:
        self.sheet, self.places = sheet, places
        self.xs = _lines([(it.left, it.right) for it in places.columns], LANE)
        self.ys = sorted(
            {
                it.top + ICON // 2 + shift
                for it in places.icons.values()
                for shift in (-LANE, 0, LANE)
            }
            | set(_lanes([(it.top, it.bottom) for it in places.rows]))
            | _beside([(it.top, it.bottom) for it in places.zones.values()])
        )
        self.xs = sorted(
            {*self.xs, *_beside([(it.left, it.right) for it in places.zones.values()])}
        )
        for box in places.icons.values():
            self.xs = sorted({*self.xs, *(box.centre.x + shift for shift in (-LANE, 0, LANE))})
        heads = list(places.heads.values())
        self.walls = [
            *(places.stacks[name].grown(NEAR - 1) for name in places.icons),
            *(box.grown(3, 2) for box in places.texts.values()),
            *(box.grown(3) for box in places.rooms.values()),
            *heads,
        ]
        self.owner = [*places.icons, *places.texts, *places.rooms, *([""] * len(heads))]
        self._free: dict[tuple[Point, Point], bool] = {}
        self._touched: dict[Stretch, list[tuple[str, int, bool]]] = {}

    def distance(self, arrow: DrawnArrow) -> int:
        a, b = (self.places.icons[it].centre for it in (arrow.source, arrow.target))
        return abs(a.x - b.x) + 2 * abs(a.y - b.y)

    def way(self, arrow: DrawnArrow, others: list[Way]) -> Way:
        """The cheapest route of one arrow, with the others fixed.

        Raises:
            SheetError: there is no route; the plan is too tight.
        """
        pieces = [piece for way in others for piece in stretches(way)]
        taken = {level: [it.box for it in pieces if it.level == level] for level in (True, False)}
        price = functools.cache(lambda a, b: self._price(arrow, Stretch(a, b), taken))
        used = {end for way in others for end in (way[0], way[-1])}
        goals: dict[Point, list[tuple[int, Port]]] = {}
        for port, gate in self._ports(arrow.target, arrow.enters, used):
            cost = ENTERING[port.side] + port.off_centre + price(port.at, gate)
            goals.setdefault(gate, []).append((cost, port))
        ticket = itertools.count()  # breaks ties between equal costs: first in, first out
        queue: list[tuple[int, int, Point, str, Way]] = []
        for port, gate in self._ports(arrow.source, arrow.leaves, used):
            cost = LEAVING[port.side] + port.off_centre + price(port.at, gate)
            heapq.heappush(queue, (cost, next(ticket), gate, port.side, [port.at, gate]))
        been: set[tuple[Point, str]] = set()
        while queue:
            cost, _, at, heading, way = heapq.heappop(queue)
            if not heading:
                return _straightened(way)
            if (at, heading) in been:
                continue
            been.add((at, heading))
            for more, to, side in self._onward(at, heading, goals, price):
                heapq.heappush(queue, (cost + more, next(ticket), to, side, [*way, to]))
        raise SheetError(f"{arrow.where}: no way from {arrow.source!r} to {arrow.target!r}")

    def _onward(
        self,
        at: Point,
        heading: str,
        goals: dict[Point, list[tuple[int, Port]]],
        price: Callable[[Point, Point], int],
    ) -> Iterator[tuple[int, Point, str]]:
        """The next steps from a point: cost, next point, heading there ("" at the goal)."""
        for cost, port in goals.get(at, []):
            if heading != port.side:  # it would have to reverse on the spot
                yield cost + (0 if heading == OPPOSITE[port.side] else CORNER), port.at, ""
        for side, step in STEPS.items():
            after = None if side == OPPOSITE[heading] else self._next(at, step)
            if after and self._is_free(at, after):
                yield price(at, after) + (0 if side == heading else CORNER), after, side

    def _ports(self, node: str, side: str, used: set[Point]) -> list[tuple[Port, Point]]:
        """Free ports of a node, each with the first grid point in front of it."""
        icon, text = self.places.icons[node], self.places.texts[node]
        stack = self.places.stacks[node]
        ports = []
        for shift in (0, -LANE, LANE):
            ports += [
                Port(Point(stack.right + 3, icon.centre.y + shift), "E", node, abs(shift)),
                Port(Point(icon.left - 3, icon.centre.y + shift), "W", node, abs(shift)),
                Port(Point(icon.centre.x + shift, stack.top - 3), "N", node, abs(shift)),
                Port(Point(icon.centre.x + shift, text.bottom + 3), "S", node, abs(shift)),
            ]
        return [
            (it, gate)
            for it in ports
            if it.at not in used and (not side or it.side == side) and (gate := self._gate(it))
        ]

    def _gate(self, port: Port) -> Point | None:
        """The first grid point in front of the port, unless something is in between."""
        (x, y), step = port.at, STEPS[port.side]
        if step.x:
            beyond = [it for it in self.xs if (it - x) * step.x >= STUB]
            gate = Point(min(beyond, key=lambda it: abs(it - x)), y) if beyond else None
        else:
            beyond = [it for it in self.ys if (it - y) * step.y >= STUB]
            gate = Point(x, min(beyond, key=lambda it: abs(it - y))) if beyond else None
        if gate is None or not self._is_free(port.at, gate, port.node):
            return None
        return gate

    def _next(self, at: Point, step: Point) -> Point | None:
        if step.x:
            index = self._x_index[at.x] + step.x
            return Point(self.xs[index], at.y) if 0 <= index < len(self.xs) else None
        index = self._y_index[at.y] + step.y
        return Point(at.x, self.ys[index]) if 0 <= index < len(self.ys) else None

    @functools.cached_property
    def _x_index(self) -> dict[int, int]:
        return {x: index for index, x in enumerate(self.xs)}

    @functools.cached_property
    def _y_index(self) -> dict[int, int]:
        return {y: index for index, y in enumerate(self.ys)}

    def _is_free(self, a: Point, b: Point, leaving: str = "") -> bool:
        if leaving or (a, b) not in self._free:
            box = Stretch(a, b).box
            free = not any(
                box.meets(wall)
                for wall, owner in zip(self.walls, self.owner, strict=True)
                if not leaving or owner != leaving
            )
            if leaving:
                return free
            self._free[a, b] = self._free[b, a] = free
        return self._free[a, b]

    def _price(self, arrow: DrawnArrow, piece: Stretch, taken: dict[bool, list[Box]]) -> int:
        box = piece.box
        close = box.grown(0, LANE - 3) if piece.level else box.grown(LANE - 3, 0)
        beside = sum(close.meets(other) for other in taken[piece.level])
        crossed = sum(box.meets(other) for other in taken[not piece.level])
        cost = piece.length + BESIDE * beside + CROSSING * crossed
        for key, sides, along in self._frames(piece):
            ends_inside = {
                end in self.sheet.zones[key].nodes for end in (arrow.source, arrow.target)
            }
            # Only an arrow with exactly one end in the frame needs to cross it.
            cost += sides * (4 if len(ends_inside) > 1 else DETOUR) + (ON_FRAME if along else 0)
        return cost

    def _frames(self, piece: Stretch) -> list[tuple[str, int, bool]]:
        """Frames that a piece touches: how many sides it crosses, whether it runs along one."""
        if piece not in self._touched:
            self._touched[piece] = [
                (key, sides, along)
                for key, frame in self.places.zones.items()
                if (sides := _sides_crossed(piece, frame)) | (along := _runs_on(piece, frame))
            ]
        return self._touched[piece]


def _lines(spans: list[tuple[int, int]], lane: int) -> list[int]:
    middles = [(a + b) // 2 + shift for a, b in spans for shift in (-lane, 0, lane)]
    return sorted({*middles, *_lanes(spans)})


def _lanes(spans: list[tuple[int, int]]) -> list[int]:
    """Lines in and beside the middle of each gap, as many as fit."""
    first, last = spans[0][0], spans[-1][1]
    found = [at for k in range(1, 5) for at in (first - k * LANE, last + k * LANE)]
    for (_, end), (start, _) in itertools.pairwise(spans):
        middle, room = (end + start) // 2, (start - end) // 2 - 5
        found += [middle + shift for k in range(-2, 3) if abs(shift := k * LANE) <= max(room, 0)]
    return found


def _beside(frames: list[tuple[int, int]]) -> set[int]:
    """Lines on both sides of a frame's sides, far enough from them."""
    return {side + shift for frame in frames for side in frame for shift in (-CLEAR - 1, CLEAR + 1)}


def _sides_crossed(piece: Stretch, frame: Box) -> int:
    a, b = piece
    if piece.level:
        if not frame.top < a.y < frame.bottom:
            return 0
        return sum(min(a.x, b.x) < side < max(a.x, b.x) for side in (frame.left, frame.right))
    if not frame.left < a.x < frame.right:
        return 0
    return sum(min(a.y, b.y) < side < max(a.y, b.y) for side in (frame.top, frame.bottom))


def _runs_on(piece: Stretch, frame: Box) -> bool:
    near = CLEAR - 2
    thick = piece.box.grown(0, near) if piece.level else piece.box.grown(near, 0)
    sides = (
        [Box(frame.left, y, frame.right, y + 1) for y in (frame.top, frame.bottom)]
        if piece.level
        else [Box(x, frame.top, x + 1, frame.bottom) for x in (frame.left, frame.right)]
    )
    return any(thick.meets(side) for side in sides)


def _straightened(way: Way) -> Way:
    """The route reduced to its ends and corners."""
    corners = way[:1]
    for before, at, after in zip(way, way[1:], way[2:], strict=False):
        if (before.x, at.x) != (at.x, after.x) and (before.y, at.y) != (at.y, after.y):
            corners.append(at)
    return [*corners, way[-1]]
