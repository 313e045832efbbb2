"""Turns a drawing into a PNG: the same bytes on every Linux x86-64 with the pinned wheels."""

import io

import resvg_py
from PIL import Image

from drawing import fonts, theme
from drawing.layout import Drawing
from drawing.paint import svg

ZOOM = 2.0  # sharp on slides and on fine screens


def png(drawing: Drawing, *, dark: bool) -> bytes:
    """The sheet alone, in light or dark mode; 256 colours look the same in a third of the size."""
    colours = theme.DARK if dark else theme.LIGHT
    full = resvg_py.svg_to_bytes(
        svg_string=svg(drawing, style=theme.flat_css(dark=dark)),
        background=colours["paper"],
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=[str(it) for it in fonts.files()],
    )
    with Image.open(io.BytesIO(full)) as image:
        few = image.convert("RGB").quantize(
            256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()
