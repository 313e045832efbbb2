"""Finds the lines of text in an image: its boxes, in reading order."""

from collections.abc import Sequence

from PIL import Image

from reading.engines.ppocr import models
from reading.engines.ppocr.boxes import Box, find_boxes
from reading.engines.ppocr.pixels import as_input
from reading.engines.ppocr.session import start

STRIDE = 32
"""The sides of what the network takes are multiples of this."""

MOST_PIXELS = 4_000_000
"""What the network sees at most, whatever the scale: it takes 850 MB of memory for these."""

SAME_LINE = 10.0
"""Boxes whose upper edges differ by less stand beside each other, in pixels of the image."""


class Detector:
    """The network that finds lines. It sees the image at `scale` times its size."""

    def __init__(self, networks: models.Networks = models.NETWORKS["small"]) -> None:
        self._session = start(models.read_model(networks.detector))

    def find_lines(self, image: Image.Image, scale: float) -> list[Box]:
        """The boxes of the lines in a grey image, in its pixels, in reading order."""
        scale = min(scale, (MOST_PIXELS / (image.width * image.height)) ** 0.5)
        width, height = (max(STRIDE, round(s * scale / STRIDE) * STRIDE) for s in image.size)
        small = image.resize((width, height), Image.Resampling.BILINEAR)
        (chances,) = self._session.run(None, {"x": as_input(small)})
        across, down = image.width / width, image.height / height
        return in_reading_order([b.scaled(across, down) for b in find_boxes(chances[0, 0])])


def in_reading_order(boxes: Sequence[Box]) -> list[Box]:
    """From top to bottom, and what stands beside each other from left to right."""
    rows: list[list[Box]] = []
    last = float("-inf")
    for box in sorted(boxes, key=_top):
        if _top(box) - last >= SAME_LINE:
            rows.append([])
        rows[-1].append(box)
        last = _top(box)
    return [box for row in rows for box in sorted(row, key=lambda one: one.corners()[0][0])]


def _top(box: Box) -> float:
    return box.corners()[0][1]
