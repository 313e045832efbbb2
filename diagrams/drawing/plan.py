"""Places a sheet's nodes and zones: columns and rows by its plan, distances by its text."""

import dataclasses

from drawing import fonts
from drawing.geometry import Box, Point, bounding_box
from drawing.model import DrawnArrow, DrawnNode, DrawnZone, SheetError
from drawing.services import GROUPS
from drawing.sheet import Sheet

ICON = 56
TITLE, TITLE_LINE = 15, 19  # size and line height of a node's name, pixels
SERVICE, SERVICE_LINE = 13, 16  # the same of its service's name
SMALL, SMALL_LINE = 14, 17  # the same of its small print, of labels and of zones
PART_LINE = 26  # height of a part's pill with the space above it
STACK = 8  # pixels: the offset of stacked icons to the upper right
HEAD = 9  # length of an arrowhead
BADGE = 10  # radius of a step's number
ZONE_PAD, ZONE_HEAD = 18, 28
ZONE_ICON = 24  # of an AWS group, in the frame's corner
BETWEEN = Point(22, 36)  # free space between neighbouring texts, and under a row
NARROWEST = 44  # a column's least extra width over an icon: room for a live number in its frame
LIVE = Box(-6, -18, 38, 0)  # a live number's room, from an icon's upper right corner
EMPTY = "."

Cell = tuple[int, int]  # row and column
Cells = dict[str, list[Cell]]
Span = tuple[int, int]  # from and to, in pixels


@dataclasses.dataclass
class Places:
    """The places of everything on a sheet, in pixels."""

    icons: dict[str, Box]
    stacks: dict[str, Box]  # the icon with those stacked behind it
    rooms: dict[str, Box]  # a live number's, at the icon's upper right corner
    texts: dict[str, Box]
    zones: dict[str, Box]
    heads: dict[str, Box]  # the zones' names
    columns: list[Box]  # each as wide as its widest node
    rows: list[Box]
    whole: Box

    def node(self, name: str) -> Box:
        """The box around a node's icon and text."""
        return bounding_box([self.stacks[name], self.texts[name]])


def place(sheet: Sheet) -> Places:
    """Place everything by the plan.

    Raises:
        SheetError: the plan and the nodes don't match, or a zone covers a node that isn't in it.
    """
    cells = _cells(sheet)
    wide, high = _sizes(sheet, cells)
    columns = _spread(wide, _gaps(sheet, cells, wide, across=True))
    rows = _spread(high, _gaps(sheet, cells, high, across=False))
    icons = {name: _icon(taken, columns, rows) for name, taken in cells.items()}
    texts = {name: _text(sheet.nodes[name], icon) for name, icon in icons.items()}
    stacks = {
        name: box._replace(top=box.top - STACK, right=box.right + STACK)
        if sheet.nodes[name].many
        else box
        for name, box in icons.items()
    }
    zones = _zones(sheet, cells, columns, rows)
    heads = {key: _head(sheet.zones[key], box) for key, box in zones.items()}
    rooms = {name: LIVE.moved(box.right, box.top) for name, box in stacks.items()}
    whole = bounding_box([*stacks.values(), *rooms.values(), *texts.values(), *zones.values()])
    return Places(
        icons,
        stacks,
        rooms,
        texts,
        zones,
        heads,
        [Box(left, whole.top, right, whole.bottom) for left, right in columns],
        [Box(whole.left, top, whole.right, bottom) for top, bottom in rows],
        whole,
    )


def _sizes(sheet: Sheet, cells: Cells) -> tuple[list[int], list[int]]:
    """The width of each column and the height of each row, by the nodes in it."""
    taken = [cell for its in cells.values() for cell in its]
    wide = [ICON + NARROWEST] * (1 + max(column for _, column in taken))
    high = [ICON] * (1 + max(row for row, _ in taken))
    for name, its in cells.items():
        text = _text_size(sheet.nodes[name])
        columns, rows = {column for _, column in its}, {row for row, _ in its}
        if len(columns) == 1:
            (column,) = columns
            wide[column] = max(wide[column], text.x)
        if len(rows) == 1:
            (row,) = rows
            high[row] = max(high[row], ICON + text.y)
    for key, zone in sheet.zones.items():
        first, last = _extent(sheet, cells, key, 1)
        if first == last:
            wide[first] = max(wide[first], _head_width(zone) - 2 * ZONE_PAD)
    return _even(wide), high


def _icon(taken: list[Cell], columns: list[Span], rows: list[Span]) -> Box:
    """The icon in the middle of its columns, at the top of its row or between its rows."""
    left, right = (pick(columns[c][side] for _, c in taken) for side, pick in ((0, min), (1, max)))
    tops = [rows[r][0] for r, _ in taken]
    x, y, half = (left + right) // 2, (min(tops) + max(tops) + ICON) // 2, ICON // 2
    return Box(x - half, y - half, x + half, y + half)


def _text(node: DrawnNode, icon: Box) -> Box:
    size, middle, top = _text_size(node), icon.centre.x, icon.bottom + 3
    return Box(middle - size.x // 2, top, middle + size.x // 2, top + size.y - 3)


def _cells(sheet: Sheet) -> Cells:
    cells: Cells = {}
    for row, names in enumerate(sheet.plan):
        for column, name in enumerate(names):
            if name != EMPTY:
                cells.setdefault(name, []).append((row, column))
    if missing := sorted(cells.keys() - sheet.nodes.keys()):
        raise SheetError(f"{sheet.where}: the plan names {missing}, and no node is called so")
    for name, node in sheet.nodes.items():
        if name not in cells:
            raise SheetError(f"{node.where}: {name!r} has no place in the plan ({sheet.where})")
    return cells


def _even(sizes: list[int]) -> list[int]:
    """The sizes rounded up to even numbers, so that half of each is a whole number."""
    return [it + it % 2 for it in sizes]


def _text_size(node: DrawnNode) -> Point:
    small = node.detail + node.warning
    widths = [fonts.width(line, TITLE, fonts.SEMIBOLD) for line in node.title]
    widths += [fonts.width(line, SERVICE) for line in node.shown_service]
    widths += [fonts.width(line, SMALL) for line in small]
    widths += [fonts.width(part, SMALL) + 22 for part in node.parts]
    wide = max([*widths, ICON])
    lines = TITLE_LINE * len(node.title) + SMALL_LINE * len(small)
    lines += SERVICE_LINE * len(node.shown_service)
    return Point(wide + wide % 2, 6 + lines + PART_LINE * len(node.parts) + 2 * bool(node.parts))


def _gaps(sheet: Sheet, cells: Cells, sizes: list[int], *, across: bool) -> list[int]:
    """Free pixels before each column (or row), with more for frames and labels in between."""
    axis = 1 if across else 0
    gaps = [0] + [BETWEEN.x if across else BETWEEN.y] * (len(sizes) - 1)
    starts, ends = [0] * len(sizes), [0] * len(sizes)
    for key in sheet.zones:
        first, last = _extent(sheet, cells, key, axis)
        lead, tail = _nesting(sheet, cells, key, axis)
        starts[first] = max(starts[first], lead)
        ends[last] = max(ends[last], tail)
    for index in range(1, len(sizes)):
        framed = starts[index] + ends[index - 1]
        gaps[index] = max(gaps[index], framed + (12 if framed else 0))
    for arrow in sheet.arrows:
        a, b = sorted((cells[arrow.source][0], cells[arrow.target][0]), key=lambda it: it[axis])
        between = range(a[axis] + 1, b[axis] + 1)
        if a[1 - axis] != b[1 - axis] or not between:
            continue
        # A label must not cross a frame. Where frames lie on the arrow's way, it gets room in the
        # gap between them: beside a framed icon it would be too close to the icon's own frame.
        index = max(between, key=lambda it: starts[it] + ends[it - 1])
        framed = starts[index] + ends[index - 1]
        room = _room_for(arrow, across=across)
        if len(between) == 1:
            room += STACK if across and sheet.nodes[arrow.source].many else 0
            before = 0 if ends[index - 1] or not across else (sizes[index - 1] - ICON) // 2
            after = 0 if starts[index] or not across else (sizes[index] - ICON) // 2
            gaps[index] = max(gaps[index], framed + room - before - after)
        elif arrow.label and across and _is_framed(sheet, cells, index, row=a[0]):
            gaps[index] = max(gaps[index], framed + room)
    return _even(gaps)


def _is_framed(sheet: Sheet, cells: Cells, column: int, row: int) -> bool:
    """Whether, in that row, a frame ends or begins in the gap before the column."""
    for key in sheet.zones:
        first, last = _extent(sheet, cells, key, 1)
        top, bottom = _extent(sheet, cells, key, 0)
        if top <= row <= bottom and column in (first, last + 1):
            return True
    return False


def _room_for(arrow: DrawnArrow, *, across: bool) -> int:
    if across:
        words = max([fonts.width(line, SMALL) for line in arrow.label], default=0)
        return max(words + 26, 2 * BADGE + 34 if arrow.number else 30)
    discs = 2 * BADGE * (bool(arrow.number) + arrow.impossible) + (5 if arrow.impossible else 0)
    return max(SMALL_LINE * len(arrow.label) + 26, discs + (38 if arrow.leads else 26), 30)


def _extent(sheet: Sheet, cells: Cells, zone: str, axis: int) -> tuple[int, int]:
    taken = [cell[axis] for name in sheet.zones[zone].nodes for cell in cells[name]]
    if not taken:
        raise SheetError(f"{sheet.zones[zone].where}: zone {zone!r} is empty")
    return min(taken), max(taken)


def _nesting(sheet: Sheet, cells: Cells, zone: str, axis: int) -> tuple[int, int]:
    """Pixels from the frame's first side to its nodes, and from these to its last side."""
    first, last = _extent(sheet, cells, zone, axis)
    foot = sheet.zones[zone].head == "foot"
    own = (
        ZONE_PAD + (0 if axis or foot else ZONE_HEAD),
        ZONE_PAD + (0 if axis or not foot else ZONE_HEAD - ZONE_PAD // 2),
    )
    inner = [key for key, it in sheet.zones.items() if it.parent == zone]
    lead = [_nesting(sheet, cells, k, axis)[0] for k in inner
            if _extent(sheet, cells, k, axis)[0] == first]  # fmt: skip
    tail = [_nesting(sheet, cells, k, axis)[1] for k in inner
            if _extent(sheet, cells, k, axis)[1] == last]  # fmt: skip
    return own[0] + max(lead, default=0), own[1] + max(tail, default=0)


def _spread(sizes: list[int], gaps: list[int]) -> list[Span]:
    at, placed = 0, []
    for size, gap in zip(sizes, gaps, strict=True):
        at += gap
        placed.append((at, at + size))
        at += size
    return placed


def _head(zone: DrawnZone, box: Box) -> Box:
    wide = _head_width(zone)
    left = box.right - wide if zone.head == "right" else box.left
    top = box.bottom - ZONE_HEAD if zone.head == "foot" else box.top
    return Box(left, top, left + wide, top + ZONE_HEAD)


def _head_width(zone: DrawnZone) -> int:
    words = fonts.width(zone.label, SMALL, fonts.SEMIBOLD)
    return words + (ZONE_ICON + 18 if zone.kind in GROUPS else 2 * ZONE_PAD)


def _zones(
    sheet: Sheet,
    cells: Cells,
    columns: list[Span],
    rows: list[Span],
) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    for key, zone in sheet.zones.items():
        (left, right), (top, bottom) = (_extent(sheet, cells, key, axis) for axis in (1, 0))
        for name, taken in cells.items():
            if name not in zone.nodes and any(
                left <= c <= right and top <= r <= bottom for r, c in taken
            ):
                raise SheetError(
                    f"{zone.where}: zone {zone.label!r} covers {name!r}, which isn't in it: "
                    f"move one of them in the plan ({sheet.where})"
                )
        west, east = _nesting(sheet, cells, key, 1)
        north, south = _nesting(sheet, cells, key, 0)
        boxes[key] = Box(
            columns[left][0] - west,
            rows[top][0] - north,
            columns[right][1] + east,
            rows[bottom][1] + south,
        )
    return boxes
