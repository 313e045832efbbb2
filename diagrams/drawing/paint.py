"""Writes a placed sheet as one SVG document.

Ids are stable, so that a page's script can add live figures and moving messages. With x the sheet's
name, a and b names of nodes:
    x-node-a        a node                   x-live-a        an empty text, centred in the room
                                             that is kept at its icon's upper right corner
    x-part-a-word   one of its parts         x-zone-words    a zone
    x-arrow-a-b     an arrow (a second one: x-arrow-a-b-2; its line to move along: …-path)
    x-label-a-b     its words and number     x-step-1        a numbered sentence
    x-overlay       an empty group on top of the picture, in the picture's coordinates
Attributes:
    data-resource   of a node: what it is in the template      data-service   its service's name
    data-from, data-to   of an arrow: names of nodes           data-step      its step's number
    data-arrow      of a label: its arrow's id
Classes:
    badge           a step's number, shown at the step's first arrow
    badge-more      the number at another arrow of that step: hidden until its label (the group
                    with data-arrow) has the class `pointed`
    live-room       a live number's frame: hidden until the text after it has words
"""

import html

from drawing import theme
from drawing.geometry import Box, Point, bounding_box
from drawing.layout import Drawing
from drawing.legend import head, steps
from drawing.services import GROUPS, symbol
from drawing.sheet import Sheet
from drawing.symbols import arrows, icon_id, labels, nodes, zones

ALONE, INLINE = 20, 4  # margin in pixels
UNDER_HEAD = 14
NARROWEST = 640  # pixels: for headings to have room
_escape = html.escape


def svg(drawing: Drawing, *, alone: bool = True, style: str | None = None) -> str:
    """The drawing as SVG.

    Args:
        drawing: what to write.
        alone: with heading and numbered sentences; else for a page that has its own.
        style: CSS to use instead of the one that follows the light or dark mode.
    """
    sheet, whole = drawing.sheet, _extent(drawing)
    margin = ALONE if alone else INLINE
    width = max(whole.width + 2 * margin, NARROWEST)
    above = head(sheet, width, margin, alone=alone)
    top = above.bottom + UNDER_HEAD
    shift = Point((width - whole.width) // 2 - whole.left, top - whole.top)
    below, height = [], top + whole.height + margin
    if alone and sheet.steps:
        part = steps(sheet, width, margin, height + 6)
        below, height = part.svg, part.bottom + margin
    name, title = sheet.name, _escape(sheet.title)
    description = " ".join([sheet.about, *(f"{n}. {it}" for n, it in enumerate(sheet.steps, 1))])
    paper = ['<rect class="paper" width="100%" height="100%" rx="12"/>'] if alone else []
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" class="sheet" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="graphics-document document" aria-roledescription="diagram" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-about">'
    )
    lines = [
        opening,
        f'<title id="{name}-title">{title}</title>',
        f'<desc id="{name}-about">{_escape(description)}</desc>',
        f"<style>{theme.css(alone=alone) if style is None else style}</style>",
        f"<defs>{_definitions(sheet)}</defs>",
        *paper,
        *above.svg,
        f'<g transform="translate({shift.x} {shift.y})">',
        '<g class="zones">',
        *zones(drawing),
        '</g><g class="arrows" role="group" aria-label="Arrows">',
        *arrows(drawing),
        '</g><g class="nodes" role="group" aria-label="Parts">',
        *nodes(drawing),
        '</g><g class="labels" aria-hidden="true">',
        *labels(drawing),
        f'</g><g id="{name}-overlay" aria-hidden="true"></g></g>',
        *below,
        "</svg>\n",
    ]
    return "\n".join(lines)


def _extent(drawing: Drawing) -> Box:
    """Everything that is drawn, arrows and words too."""
    corners = [Box(*point, *point).grown(4) for way in drawing.ways for point in way]
    words = [it.words for it in drawing.labels if it.words]
    return bounding_box([drawing.places.whole, *corners, *words])


def _definitions(sheet: Sheet) -> str:
    """Each icon once."""
    used = {node.service._replace(name="") for node in sheet.nodes.values()}
    used |= {GROUPS[zone.kind] for zone in sheet.zones.values() if zone.kind in GROUPS}
    in_order = sorted(used, key=lambda it: it.icon)
    return "".join(symbol(it, icon_id(sheet, it.icon)) for it in in_order)
