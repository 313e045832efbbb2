"""Cuts away what is not the receipt: the table that it lies on, and empty margins."""

from PIL import Image

from reading.extraction.ink import ink

MARGIN = 0.02
"""The share of the longer side that is left around the print: engines miss letters at the edge."""


def print_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around the print, without specks and scanner edges, or None for a blank page.

    A row or column counts if at least a small part of it is print, which keeps out single dots and
    the dark lines of a scanner's lid.
    """
    # Of a long strip the width counts: print that is squeezed too far can't be seen any more.
    factor = max(1, min(max(image.size) // 1000, min(image.size) // 250))
    small = image.reduce(factor) if factor > 1 else image
    print_ = ink(small)
    columns = _span(print_.resize((print_.width, 1), Image.Resampling.BOX).tobytes())
    rows = _span(print_.resize((1, print_.height), Image.Resampling.BOX).tobytes())
    if not columns or not rows:
        return None
    pad = round(MARGIN * max(image.size))
    return (
        max(0, columns[0] * factor - pad),
        max(0, rows[0] * factor - pad),
        min(image.width, columns[1] * factor + pad),
        min(image.height, rows[1] * factor + pad),
    )


def _span(profile: bytes, least: int = 2) -> tuple[int, int] | None:
    """The range from the first to the last index where at least `least` of 255 is print."""
    printed = [i for i, value in enumerate(profile) if value >= least]
    return (printed[0], printed[-1] + 1) if printed else None
