"""Writes a placed sheet as one SVG document.

Ids are stable, so that a page can put live figures and moving messages on a sheet; `x` is the
sheet's name, `a` and `b` are node names:
    x-node-a, x-live-a (an empty text beside the icon), x-part-a-breaker, x-zone-stage, x-arrow-a-b (x-arrow-a-b-2 for
    a second one), x-arrow-a-b-path (to move along), x-label-a-b, x-step-1
"""

import dataclasses
import html
import pathlib

from drawing import fonts, icons, look
from drawing.geometry import Box, Point
from drawing.labels import Label, label
from drawing.plan import (
    BADGE,
    HEAD,
    ICON,
    PART_LINE,
    SMALL_LINE,
    STACK,
    TITLE_LINE,
    ZONE_HEAD,
    ZONE_PAD,
    Places,
    place,
)
from drawing.route import Way, route
from drawing.sheet import KINDS, DrawnArrow, DrawnNode, Sheet, slug

MARGIN = 20
ROUND = 9  # radius of an arrow's corners
STEP_SIZE, STEP_LINE = 13.5, 19  # pixels
_say = html.escape


@dataclasses.dataclass
class Drawing:
    """A sheet with everything in its place, ready to be written in any form."""

    sheet: Sheet
    places: Places
    ways: list[Way]
    labels: list[Label]
    arrow_ids: list[str]
    evidence: list[list[str]]  # for each arrow, what stands behind it


def lay_out(sheet: Sheet, evidence: list[list[str]] | None = None) -> Drawing:
    """Place the nodes, lay the arrows, find room for the words."""
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


def svg(drawing: Drawing, *, alone: bool = True, style: str | None = None) -> str:
    """The drawing as SVG.

    Args:
        drawing: what to write.
        alone: with heading and numbered sentences; else for a page that tells those itself.
        style: CSS to use instead of the one that follows the light or dark mode.
    """
    sheet, whole = drawing.sheet, _extent(drawing)
    width = max(whole.width + 2 * MARGIN, 640)
    head, foot = _head(sheet, width, alone=alone), []
    shift = Point((width - whole.width) // 2 - whole.left, head.height + 14 - whole.top)
    height = head.height + 14 + whole.height + MARGIN
    if alone and sheet.steps:
        foot, height = _steps(sheet, width, height + 6)
    name = sheet.name
    description = " ".join([sheet.about, *(f"{n}. {it}" for n, it in enumerate(sheet.steps, 1))])
    css = look.css(alone=alone) if style is None else style
    body = [
        *head.parts,
        f'<g transform="translate({shift.x} {shift.y})">',
        '<g class="zones">',
        *_zones(drawing),
        '</g><g class="arrows" role="group" aria-label="Arrows">',
        *_arrows(drawing),
        '</g><g class="nodes" role="group" aria-label="Parts">',
        *_nodes(drawing),
        '</g><g class="labels" aria-hidden="true">',
        *_labels(drawing),
        '</g><g class="overlay" aria-hidden="true"></g></g>',
        *foot,
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" class="sheet" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="graphics-document document" aria-roledescription="diagram" '
            f'aria-labelledby="{name}-title" aria-describedby="{name}-about">',
            f'<title id="{name}-title">{_say(sheet.title)}</title>',
            f'<desc id="{name}-about">{_say(description)}</desc>',
            f"<style>{css}</style>",
            f"<defs>{_definitions(sheet)}</defs>",
            *(['<rect class="paper" width="100%" height="100%" rx="12"/>'] if alone else []),
            *body,
            "</svg>\n",
        ]
    )


@dataclasses.dataclass
class _Part:
    parts: list[str]
    height: int


def _extent(drawing: Drawing) -> Box:
    """Everything that is drawn, labels and arrows too."""
    boxes = [drawing.places.whole]
    boxes += [Box(p.x - 4, p.y - 4, p.x + 4, p.y + 4) for way in drawing.ways for p in way]
    boxes += [it.words for it in drawing.labels if it.words]
    left, top = min(it.left for it in boxes), min(it.top for it in boxes)
    return Box(left, top, max(it.right for it in boxes), max(it.bottom for it in boxes))


def _definitions(sheet: Sheet) -> str:
    parts = [
        f'<filter id="{sheet.name}-inked" x="0" y="0" width="1" height="1">'
        '<feFlood class="ink"/><feComposite in2="SourceAlpha" operator="in"/></filter>'
    ]
    for path in sorted({node.icon for node in sheet.nodes.values()}):
        parts.append(
            f'<symbol id="{_icon_id(sheet, path)}" viewBox="0 0 {icons.SIDE} {icons.SIDE}">'
            f'<image width="{icons.SIDE}" height="{icons.SIDE}" href="{icons.data_uri(path)}"/>'
            "</symbol>"
        )
    return "".join(parts)


def _icon_id(sheet: Sheet, path: pathlib.Path) -> str:
    return f"{sheet.name}-icon-{path.stem}"


def _head(sheet: Sheet, width: int, *, alone: bool) -> _Part:
    """Heading, sentence, stamp and key; in a page the key and the stamp only."""
    parts, y = [], MARGIN
    if alone:
        parts.append(f'<text class="heading" x="{MARGIN}" y="{y + 20}">{_say(sheet.title)}</text>')
        y += 26
        for line in fonts.wrap(sheet.about, 14, width - 2 * MARGIN):
            y += 20
            parts.append(f'<text class="about" x="{MARGIN}" y="{y}">{_say(line)}</text>')
        y += 14
    key, used = _key(sheet, y + 12)
    parts += key
    if sheet.stamp:
        wide = fonts.width(sheet.stamp, 13, fonts.SEMIBOLD) + 20
        if used + wide + 2 * MARGIN > width:
            y += 30
            used = MARGIN
        x = width - MARGIN - wide
        parts.append(
            f'<g class="stamp"><rect x="{x}" y="{y - 1}" width="{wide}" height="25" rx="5"/>'
            f'<text x="{x + 10}" y="{y + 16}">{_say(sheet.stamp)}</text></g>'
        )
    return _Part(parts, y + 24)


def _key(sheet: Sheet, y: int) -> tuple[list[str], int]:
    """What the lines mean, and how far to the right the key reaches."""
    x, parts = MARGIN, ['<g class="key">']
    for kind, meaning in KINDS.items():
        if any(arrow.kind == kind for arrow in sheet.arrows):
            head = _arrowhead(Point(x, y), Point(x + 34, y))
            parts.append(
                f'<g class="arrow {kind}"><path d="M{x} {y}H{x + 34 - HEAD}"/>{head}</g>'
                f'<text x="{x + 41}" y="{y + 4.5:g}">{meaning}</text>'
            )
            x += 41 + fonts.width(meaning, 13) + 22
    if any(arrow.opened_by for arrow in sheet.arrows):
        meaning = "opens the connection"
        parts.append(
            f'<g class="arrow"><circle class="opener" cx="{x + 5}" cy="{y}" r="4"/></g>'
            f'<text x="{x + 16}" y="{y + 4.5:g}">{meaning}</text>'
        )
        x += 16 + fonts.width(meaning, 13) + 22
    if any(arrow.barred for arrow in sheet.arrows):
        meaning = "can't be"
        parts.append(
            f'{_bar(Point(x + BADGE, y))}<text x="{x + 27}" y="{y + 4.5:g}">{meaning}</text>'
        )
        x += 27 + fonts.width(meaning, 13) + 22
    return [*parts, "</g>"], x


def _zones(drawing: Drawing) -> list[str]:
    parts = []
    for key, box in drawing.places.zones.items():
        zone, head = drawing.sheet.zones[key], drawing.places.heads[key]
        corner = 12 if zone.kind == "stage" else 8
        parts.append(
            f'<g id="{drawing.sheet.name}-zone-{key}" class="zone {zone.kind}">'
            f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" '
            f'rx="{corner}"/><text x="{head.left + ZONE_PAD}" y="{head.top + ZONE_HEAD - 5}">'
            f"{_say(zone.label)}</text></g>"
        )
    return parts


def _nodes(drawing: Drawing) -> list[str]:
    sheet, parts = drawing.sheet, []
    for name, node in sheet.nodes.items():
        icon, text = drawing.places.icons[name], drawing.places.texts[name]
        middle, y = icon.centre.x, text.top + TITLE_LINE - 4
        lines = []
        for kind, words, high in (
            ("title", node.title, TITLE_LINE),
            ("detail", node.detail, SMALL_LINE),
            ("peril", node.peril, SMALL_LINE),
        ):
            for line in words:
                lines.append(f'<text class="{kind}" x="{middle}" y="{y}">{_say(line)}</text>')
                y += high
        lines += _parts(sheet, node, text, y - TITLE_LINE + 6)
        ring = drawing.places.node(name).grown(6, 5)
        says = node.resource or node.process or (f"aws:{node.aws}" if node.aws else "")
        resource = f' data-resource="{says}"' if says else ""
        parts.append(
            f'<g id="{sheet.name}-node-{name}" class="node" tabindex="0" role="graphics-symbol" '
            f'aria-label="{_say(node.spoken)}"{resource}><title>{_say(_is(node))}</title>'
            f'<rect class="ring" x="{ring.left}" y="{ring.top}" width="{ring.width}" '
            f'height="{ring.height}" rx="8" fill="none"/>'
            f"{_icons(sheet, node, icon)}{''.join(lines)}"
            f'<text id="{sheet.name}-live-{name}" class="live" x="{icon.right + 5}" '
            f'y="{icon.top + 9}"></text></g>'
        )
    return parts


def _parts(sheet: Sheet, node: DrawnNode, text: Box, top: int) -> list[str]:
    """Pills, one under the other, each with an id of its own."""
    wide = max([fonts.width(part, 13) + 22 for part in node.parts], default=0)
    left = text.centre.x - wide // 2
    return [
        f'<g id="{sheet.name}-part-{node.name}-{slug(part)}" class="part">'
        f'<rect x="{left}" y="{top + PART_LINE * row + 3}" width="{wide}" '
        f'height="{PART_LINE - 4}" rx="{(PART_LINE - 4) / 2:g}"/>'
        f'<text x="{text.centre.x}" y="{top + PART_LINE * row + 18}">{_say(part)}</text></g>'
        for row, part in enumerate(node.parts)
    ]


def _icons(sheet: Sheet, node: DrawnNode, at: Box) -> str:
    """The icon, and fainter ones behind it where many work at once."""
    inked = f' filter="url(#{sheet.name}-inked)"' if icons.is_line_art(node.icon) else ""
    behind = [(STACK, ' class="behind"'), (STACK // 2, ' class="behind"')] if node.many else []
    return "".join(
        f'<use href="#{_icon_id(sheet, node.icon)}" x="{at.left + off}" y="{at.top - off}" '
        f'width="{ICON}" height="{ICON}"{inked}{faint}/>'
        for off, faint in [*behind, (0, "")]
    )


def _is(node: DrawnNode) -> str:
    kinds = [
        node.resource,
        f"process: {node.process}" if node.process else "",
        f"AWS service: {node.aws}" if node.aws else "",
        f"given: {node.given}" if node.given else "",
    ]
    return f"{' '.join(node.title)} ({'; '.join(it for it in kinds if it)})"


def _arrows(drawing: Drawing) -> list[str]:
    parts = []
    for arrow, way, name, evidence in zip(
        drawing.sheet.arrows, drawing.ways, drawing.arrow_ids, drawing.evidence, strict=True
    ):
        said = spoken(drawing.sheet, arrow)
        tooltip = "\n".join([said, *evidence])
        start = _arrowhead(way[1], way[0]) if arrow.both else ""
        path = _path(way, both=arrow.both)
        opener = ""
        if arrow.opened_by:
            at = way[-1] if arrow.opened_by == arrow.target else way[0]
            toward = way[-2] if arrow.opened_by == arrow.target else way[1]
            at = _along(at, toward, HEAD + 7 if arrow.opened_by == arrow.target else 5)
            opener = f'<circle class="opener" cx="{at.x}" cy="{at.y}" r="4"/>'
        parts.append(
            f'<g id="{name}" class="arrow {arrow.kind}" tabindex="0" role="graphics-symbol" '
            f'aria-label="{_say(said)}" data-from="{arrow.source}" data-to="{arrow.target}">'
            f'<title>{_say(tooltip)}</title><path class="reach" d="{path}" stroke="none"/>'
            f'<path id="{name}-path" d="{path}"/>'
            f"{_arrowhead(way[-2], way[-1])}{start}{opener}</g>"
        )
    return parts


def spoken(sheet: Sheet, arrow: DrawnArrow) -> str:
    """The arrow in one line: who, to whom, what."""
    ends = [" ".join(sheet.nodes[it].title) for it in (arrow.source, arrow.target)]
    step = f"Step {arrow.number}. " if arrow.number else ""
    words = f": {' '.join(arrow.label)}" if arrow.label else ""
    return f"{step}{ends[0]} {'and' if arrow.both else 'to'} {ends[1]}{words}"


def _labels(drawing: Drawing) -> list[str]:
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
                f'<text x="{x}" y="{spot.words.top + SMALL_LINE * row + 12}" '
                f'text-anchor="{spot.anchor}">{_say(line)}</text>'
                for row, line in enumerate(arrow.label)
            )
        badge = _badge(spot.badge, arrow.number) if spot.badge else ""
        badge += _bar(spot.cross) if spot.cross else ""
        parts.append(
            f'<g id="{name.replace("-arrow-", "-label-", 1)}" data-arrow="{name}">'
            f'<g class="words {arrow.kind} {ground}">{words}</g>{badge}</g>'
        )
    return parts


def _ground(drawing: Drawing, at: Point) -> str:
    """The innermost zone's kind at a place: words get a halo of its colour."""
    found = [key for key, box in drawing.places.zones.items() if box.holds(at)]
    return f"on-{drawing.sheet.zones[found[-1]].kind}" if found else ""


def _badge(at: Point, number: int) -> str:
    return (
        f'<g class="badge"><circle cx="{at.x}" cy="{at.y}" r="{BADGE}"/>'
        f'<text x="{at.x}" y="{at.y + 4.6:g}">{number}</text></g>'
    )


def _bar(at: Point) -> str:
    """A cross on an arrow that can't be."""
    x, y, reach = at.x, at.y, 4
    return (
        f'<g class="bar"><circle cx="{x}" cy="{y}" r="{BADGE}"/><path d="M{x - reach} {y - reach}'
        f'L{x + reach} {y + reach}M{x + reach} {y - reach}L{x - reach} {y + reach}"/></g>'
    )


def _steps(sheet: Sheet, width: int, top: int) -> tuple[list[str], int]:
    """The numbered sentences in two columns, as even as they go; and where they end."""
    columns = 2
    room = (width - 2 * MARGIN - 28 * (columns - 1)) // columns
    wrapped = [fonts.wrap(it, STEP_SIZE, room - 32) for it in sheet.steps]
    heights = [STEP_LINE * len(lines) + 9 for lines in wrapped]
    # The first column takes steps until it is at least as high as what is left.
    split = min(
        range(1, len(heights) + 1),
        key=lambda it: (max(sum(heights[:it]), sum(heights[it:])), it),
    )
    parts, lowest = ['<g class="steps">'], top
    for column, numbers in enumerate((range(split), range(split, len(heights)))):
        x, y = MARGIN + column * (room + 28), top
        for index in numbers:
            lines = "".join(
                f'<text x="{x + 32}" y="{y + 14 + STEP_LINE * row}" '
                f'style="font-size:{STEP_SIZE}px">{_say(line)}</text>'
                for row, line in enumerate(wrapped[index])
            )
            parts.append(
                f'<g id="{sheet.name}-step-{index + 1}">'
                f"{_badge(Point(x + 10, y + 10), index + 1)}{lines}</g>"
            )
            y += heights[index]
        lowest = max(lowest, y)
    return [*parts, "</g>"], lowest + MARGIN - 9


def _path(way: Way, *, both: bool) -> str:
    """The line with rounded corners, up to where the arrowhead begins."""
    first = _along(way[0], way[1], HEAD - 1) if both else way[0]
    last = _along(way[-1], way[-2], HEAD - 1)
    points, parts = [first, *way[1:-1], last], [f"M{first.x} {first.y}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(ROUND, _length(before, at) // 2, _length(at, after) // 2)
        start, end = _along(at, before, bend), _along(at, after, bend)
        parts.append(f"L{start.x} {start.y}Q{at.x} {at.y} {end.x} {end.y}")
    return "".join([*parts, f"L{last.x} {last.y}"])


def _arrowhead(before: Point, tip: Point) -> str:
    back = _along(tip, before, HEAD)
    if before.y == tip.y:
        sides = f"{back.x} {back.y - 4}L{tip.x} {tip.y}L{back.x} {back.y + 4}"
    else:
        sides = f"{back.x - 4} {back.y}L{tip.x} {tip.y}L{back.x + 4} {back.y}"
    return f'<path class="head" d="M{sides}Z"/>'


def _along(start: Point, toward: Point, distance: int) -> Point:
    step = Point(_sign(toward.x - start.x), _sign(toward.y - start.y))
    return Point(start.x + step.x * distance, start.y + step.y * distance)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _length(a: Point, b: Point) -> int:
    return abs(a.x - b.x) + abs(a.y - b.y)
