"""Icons of the `diagrams` wheel, made small enough to embed in an SVG."""

import base64
import functools
import io
import pathlib
from typing import cast

from PIL import Image

SIDE = 128  # pixels: sharp at twice the size that sheets draw icons in


@functools.cache
def data_uri(path: pathlib.Path) -> str:
    """The icon as a data URI: a lossless WebP of 64 colours, about 2 KB, from the wheel's PNG."""
    with Image.open(path) as image:
        square = _squared(image.convert("RGBA")).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    few = square.quantize(64, method=Image.Quantize.FASTOCTREE).convert("RGBA")
    few.save(packed, "WEBP", lossless=True, quality=50, method=3)
    return "data:image/webp;base64," + base64.b64encode(packed.getvalue()).decode()


@functools.cache
def is_line_art(path: pathlib.Path) -> bool:
    """Whether the icon is dark lines on a transparent ground; dark mode recolours such icons."""
    with Image.open(path) as image:
        small = image.convert("RGBA").resize((48, 48), Image.Resampling.BOX)
    pixels = cast("list[tuple[int, ...]]", list(small.get_flattened_data()))
    inked = [rgb for *rgb, alpha in pixels if alpha > 200]  # noqa: PLR2004 - clearly opaque
    dark = sum(max(rgb) < 110 for rgb in inked)  # noqa: PLR2004 - AWS's squid ink and darker
    return bool(inked) and dark > 0.9 * len(inked)


def _squared(image: Image.Image) -> Image.Image:
    side = max(image.size)
    square = Image.new("RGBA", (side, side))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
