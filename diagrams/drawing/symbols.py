"""The symbols of a picture as SVG: zones, nodes, arrows and their labels."""

import html

from drawing import fonts
from drawing.geometry import Box, Point
from drawing.layout import Drawing, accessible_text
from drawing.model import DrawnArrow, DrawnNode, DrawnZone, slug
from drawing.plan import (
    BADGE,
    HEAD,
    ICON,
    PART_LINE,
    SERVICE_LINE,
    SMALL,
    SMALL_LINE,
    STACK,
    TITLE_LINE,
    ZONE_HEAD,
    ZONE_ICON,
    ZONE_PAD,
)
from drawing.route import Way
from drawing.services import GROUPS
from drawing.sheet import Sheet

ROUND = 9  # radius of an arrow's corners, pixels
OPEN = "request"  # the kind of arrow whose head is open
_escape = html.escape


def zones(drawing: Drawing) -> list[str]:
    """Frames, each with its name."""
    parts = []
    for key, box in drawing.places.zones.items():
        zone, head = drawing.sheet.zones[key], drawing.places.heads[key]
        parts.append(
            f'<g id="{drawing.sheet.name}-zone-{key}" class="zone {zone.kind}">'
            f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" '
            f'rx="{0 if zone.kind in GROUPS else 12}"/>{_zone_head(drawing.sheet, zone, head)}</g>'
        )
    return parts


def _zone_head(sheet: Sheet, zone: DrawnZone, head: Box) -> str:
    """The frame's name; in the corner before it the sign of AWS's group, if it is one."""
    sign, x, y = "", head.left + ZONE_PAD, head.top + ZONE_HEAD - 8
    if zone.kind in GROUPS:
        x, y = head.left + ZONE_ICON + 8, head.top + 17
        sign = (
            f'<use href="#{icon_id(sheet, GROUPS[zone.kind].icon)}" x="{head.left}" y="{head.top}" '
            f'width="{ZONE_ICON}" height="{ZONE_ICON}"/>'
        )
    return f'{sign}<text x="{x}" y="{y}">{_escape(zone.label)}</text>'


def nodes(drawing: Drawing) -> list[str]:
    """Icons with their text, parts and an empty text for a live figure."""
    sheet, parts = drawing.sheet, []
    for name, node in sheet.nodes.items():
        icon, text = drawing.places.icons[name], drawing.places.texts[name]
        room = drawing.places.rooms[name]
        ring = drawing.places.node(name).grown(6, 5)
        represents = node.resource or node.process or (f"aws:{node.aws}" if node.aws else "")
        data = f' data-resource="{represents}"' if represents else ""
        service = " ".join(node.service.name.split())
        data += f' data-service="{service}"' if service else ""
        parts.append(
            f'<g id="{sheet.name}-node-{name}" class="node" tabindex="0" role="graphics-symbol" '
            f'aria-label="{_escape(node.accessible_text)}"{data}>'
            f"<title>{_escape(_tooltip(node))}</title>"
            f'<rect class="ring" x="{ring.left}" y="{ring.top}" width="{ring.width}" '
            f'height="{ring.height}" rx="8" fill="none"/>'
            f'<g aria-hidden="true">{_icons(sheet, node, icon)}{_words(sheet, node, text)}</g>'
            f'<rect class="live-room" x="{room.left}" y="{room.top}" width="{room.width}" '
            f'height="{room.height}" rx="{room.height / 2:g}"/>'
            f'<text id="{sheet.name}-live-{name}" class="live" x="{room.centre.x}" '
            f'y="{room.bottom - 5}"></text></g>'
        )
    return parts


def _words(sheet: Sheet, node: DrawnNode, text: Box) -> str:
    """Title, small print and parts; the node's aria-label has the same text."""
    y, lines = text.top, []
    for kind, words, high in (
        ("title", node.title, TITLE_LINE),
        ("service", node.shown_service, SERVICE_LINE),
        ("detail", node.detail, SMALL_LINE),
        ("peril", node.warning, SMALL_LINE),
    ):
        for line in words:
            y += high
            lines.append(
                f'<text class="{kind}" x="{text.centre.x}" y="{y - 4}">{_escape(line)}</text>'
            )
    return "".join(lines + _parts(sheet, node, text, y + 2))


def _parts(sheet: Sheet, node: DrawnNode, text: Box, top: int) -> list[str]:
    """The parts as pills below one another, each with an id."""
    wide = max([fonts.width(part, SMALL) + 22 for part in node.parts], default=0)
    left = text.centre.x - wide // 2
    return [
        f'<g id="{sheet.name}-part-{node.name}-{slug(part)}" class="part">'
        f'<rect x="{left}" y="{top + PART_LINE * row + 3}" width="{wide}" '
        f'height="{PART_LINE - 4}" rx="{(PART_LINE - 4) / 2:g}"/>'
        f'<text x="{text.centre.x}" y="{top + PART_LINE * row + 19}">{_escape(part)}</text></g>'
        for row, part in enumerate(node.parts)
    ]


def _icons(sheet: Sheet, node: DrawnNode, at: Box) -> str:
    """The icon, with fainter ones behind it if there are many of the node."""
    behind = [(STACK, ' class="behind"'), (STACK // 2, ' class="behind"')] if node.many else []
    return "".join(
        f'<use href="#{icon_id(sheet, node.service.icon)}" x="{at.left + off}" y="{at.top - off}" '
        f'width="{ICON}" height="{ICON}"{faint}/>'
        for off, faint in [*behind, (0, "")]
    )


def _tooltip(node: DrawnNode) -> str:
    kinds = [
        node.resource,
        f"process: {node.process}" if node.process else "",
        f"AWS service: {node.aws}" if node.aws else "",
        f"given: {node.external}" if node.external else "",
    ]
    return f"{node.called} ({'; '.join(it for it in kinds if it)})"


def arrows(drawing: Drawing) -> list[str]:
    """Lines with rounded corners; their tooltips show the evidence."""
    parts = []
    for arrow, way, name, evidence in zip(
        drawing.sheet.arrows, drawing.ways, drawing.arrow_ids, drawing.evidence, strict=True
    ):
        text = accessible_text(drawing.sheet, arrow)
        tooltip = "\n".join([text, *evidence])
        start = arrowhead(arrow.kind, way[1], way[0]) if arrow.both else ""
        path = _path(arrow, way)
        opener = ""
        if arrow.opened_by:
            at = way[-1] if arrow.opened_by == arrow.target else way[0]
            toward = way[-2] if arrow.opened_by == arrow.target else way[1]
            at = _along(at, toward, HEAD + 7 if arrow.opened_by == arrow.target else 5)
            opener = f'<circle class="opener" cx="{at.x}" cy="{at.y}" r="4"/>'
        parts.append(
            f'<g id="{name}" class="arrow {arrow.kind}" tabindex="0" role="graphics-symbol" '
            f'aria-label="{_escape(text)}" data-from="{arrow.source}" data-to="{arrow.target}" '
            f'data-step="{arrow.number}">'
            f'<title>{_escape(tooltip)}</title><path class="reach" d="{path}" stroke="none"/>'
            f'<path id="{name}-path" d="{path}"/>'
            f"{arrowhead(arrow.kind, way[-2], way[-1])}{start}{opener}</g>"
        )
    return parts


def labels(drawing: Drawing) -> list[str]:
    """Words and numbers, on top of everything; the arrows' aria-labels have the same text."""
    parts = []
    for arrow, name, spot in zip(
        drawing.sheet.arrows, drawing.arrow_ids, drawing.labels, strict=True
    ):
        if not (spot.words or spot.badge or spot.cross):
            continue
        words, ground = "", ""
        if spot.words:
            ground = _ground(drawing, spot.words.centre)
            x = {"start": spot.words.left, "end": spot.words.right}.get(
                spot.anchor, spot.words.centre.x
            )
            words = "".join(
                f'<text x="{x}" y="{spot.words.top + SMALL_LINE * row + 13}" '
                f'text-anchor="{spot.anchor}">{_escape(line)}</text>'
                for row, line in enumerate(arrow.label)
            )
        disc = badge(spot.badge, arrow.number, more=not arrow.leads) if spot.badge else ""
        disc += bar(spot.cross) if spot.cross else ""
        parts.append(
            f'<g id="{name.replace("-arrow-", "-label-", 1)}" data-arrow="{name}">'
            f'<g class="words {arrow.kind} {ground}">{words}</g>{disc}</g>'
        )
    return parts


def _ground(drawing: Drawing, at: Point) -> str:
    """The class for the innermost zone at a place: words get a halo of its colour."""
    found = [key for key, box in drawing.places.zones.items() if box.holds(at)]
    return f"on-{drawing.sheet.zones[found[-1]].kind}" if found else ""


def badge(at: Point, number: int, *, more: bool = False) -> str:
    """A step's number on its disc; `more`: not the step's first, so shown only when pointed at."""
    classes = "badge badge-more" if more else "badge"
    return (
        f'<g class="{classes}"><circle cx="{at.x}" cy="{at.y}" r="{BADGE}"/>'
        f'<text x="{at.x}" y="{at.y + 4.6:g}">{number}</text></g>'
    )


def bar(at: Point) -> str:
    """The cross on an impossible arrow."""
    x, y, reach = at.x, at.y, 4
    return (
        f'<g class="bar"><circle cx="{x}" cy="{y}" r="{BADGE}"/><path d="M{x - reach} {y - reach}'
        f'L{x + reach} {y + reach}M{x + reach} {y - reach}L{x - reach} {y + reach}"/></g>'
    )


def _path(arrow: DrawnArrow, way: Way) -> str:
    """The line with rounded corners, up to where the arrowhead begins; to an open one's tip."""
    short = 1 if arrow.kind == OPEN else HEAD - 1
    first = _along(way[0], way[1], short) if arrow.both else way[0]
    last = _along(way[-1], way[-2], short)
    points, parts = [first, *way[1:-1], last], [f"M{first.x} {first.y}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(ROUND, _length(before, at) // 2, _length(at, after) // 2)
        start, end = _along(at, before, bend), _along(at, after, bend)
        parts.append(f"L{start.x} {start.y}Q{at.x} {at.y} {end.x} {end.y}")
    return "".join([*parts, f"L{last.x} {last.y}"])


def arrowhead(kind: str, before: Point, tip: Point) -> str:
    """The arrowhead with this tip, pointing away from `before`; a request's is open.

    So requests and data differ in print without colours, too: by head and by thickness.
    """
    back = _along(tip, before, HEAD)
    if before.y == tip.y:
        sides = f"{back.x} {back.y - 4}L{tip.x} {tip.y}L{back.x} {back.y + 4}"
    else:
        sides = f"{back.x - 4} {back.y}L{tip.x} {tip.y}L{back.x + 4} {back.y}"
    return f'<path class="head" d="M{sides}{"" if kind == OPEN else "Z"}"/>'


def _along(start: Point, toward: Point, distance: int) -> Point:
    step = Point(_sign(toward.x - start.x), _sign(toward.y - start.y))
    return Point(start.x + step.x * distance, start.y + step.y * distance)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _length(a: Point, b: Point) -> int:
    return abs(a.x - b.x) + abs(a.y - b.y)


def icon_id(sheet: Sheet, icon: str) -> str:
    """The id of an icon's symbol."""
    return f"{sheet.name}-icon-{slug(icon)}"
