"""Measures how far the lines of print slope, and turns them level."""

import itertools

from PIL import Image

from reading.extraction.ink import ink
from reading.extraction.strips import densest

STEEPEST = 15.0
"""The largest slope in degrees; a receipt held askew by hand slopes less."""

LONGEST = 4
"""How many times as long as wide the part is in which the slope is measured. Squeezed into a small
image, the lines of a longer one would melt together."""


def slope(image: Image.Image) -> float:
    """The angle in degrees by which to turn `image` (counter-clockwise) for level lines.

    At the right angle each row is either print or gap, so the angle with the sharpest row profile
    wins. It is searched in coarse steps first, for which half the size does, then in finer ones.
    """
    small = densest(image, LONGEST * min(image.size)).copy()
    small.thumbnail((600, 900), Image.Resampling.BOX)
    print_ = ink(small, 30)
    best = 0.0
    half = print_.reduce(2)
    for seen, step, reach in ((half, 2.0, STEEPEST), (print_, 0.5, 1.5), (print_, 0.2, 0.4)):
        count = int(reach / step)
        angles = [best + step * i for i in range(-count, count + 1)]
        best = max(angles, key=lambda angle: (_sharpness(seen, angle), -abs(angle)))
    return best


def level(image: Image.Image, angle: float) -> Image.Image:
    """Turn by `angle` degrees and fill the corners with the colour of the paper."""
    if abs(angle) < 0.15:
        return image
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=_light(image))


def _light(image: Image.Image) -> int:
    histogram = image.histogram()
    return max(range(256), key=lambda value: histogram[value])


def _sharpness(print_: Image.Image, angle: float) -> float:
    """How much the rows of the turned image differ from their neighbours."""
    turned = print_.rotate(angle, Image.Resampling.NEAREST)
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return float(sum((a - b) ** 2 for a, b in itertools.pairwise(rows)))
