"""Measures the size of the type, and scales it to what an engine reads best."""

import re
from collections import Counter

from PIL import Image

from reading.extraction.ink import ink, swell

MAX_PIXELS = 12_000_000
"""The most pixels after scaling; more would cost seconds and help no engine. A strip that is longer
than `USUAL` times its width may have as many more as it is longer: it has more lines."""

USUAL = 4


def height(image: Image.Image) -> int | None:
    """The median height in pixels of the lines of print, or None if there is no print.

    Letters are smeared together sideways, so that a column of pixels crosses each line as one run.
    """
    factor = max(1, min(image.size) // 1000)
    print_ = ink(image.reduce(factor) if factor > 1 else image)
    smeared = swell(print_, 1).reduce((4, 1)).point(lambda value: 255 if value > 60 else 0)
    columns = smeared.transpose(Image.Transpose.TRANSPOSE)
    width = columns.width
    runs: Counter[int] = Counter()
    data = columns.tobytes()
    for start in range(0, len(data), width):
        for match in re.finditer(rb"\xff+", data[start : start + width]):
            runs[match.end() - match.start()] += 1
    weighed = {length: length * n for length, n in runs.items() if 5 <= length <= 80}
    half = sum(weighed.values()) / 2
    for length in sorted(weighed):
        half -= weighed[length]
        if half <= 0:
            return length * factor
    return None


def scale(image: Image.Image, factor: float) -> Image.Image:
    """Scale by `factor`, but three times at most and to no more than `MAX_PIXELS`."""
    most = MAX_PIXELS * max(1.0, max(image.size) / min(image.size) / USUAL)
    factor = min(factor, 3.0, (most / (image.width * image.height)) ** 0.5)
    if abs(factor - 1) < 0.05:
        return image
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    smooth = Image.Resampling.LANCZOS if factor < 1 else Image.Resampling.BICUBIC
    return image.resize(size, smooth)
