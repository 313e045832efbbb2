"""Reads one line of text: a strip of the image in, letters with their chances out."""

import math
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PIL import Image

from reading.engines.ppocr import last_layer, models
from reading.engines.ppocr.boxes import Box
from reading.engines.ppocr.pixels import as_input
from reading.engines.ppocr.session import start

HEIGHT = 48
"""The network reads lines of this height in pixels, of any width."""

LEAST_WIDTH = 32

STRAIGHT = 1.0
"""Pixels by which a line may rise or fall over its width and still be cut out without turning it:
turning costs, and blurs."""

LETTERS = frozenset(
    [chr(code) for code in range(0x20, 0x7F)]
    + [chr(code) for code in range(0xA1, 0x100)]  # Latin-1: Western Europe
    + list("ŒœŠšŽžŸ€₩₪₫₱₹₺₽–—‘’“”„•…")  # noqa: RUF001 - as they are printed
)
"""The letters and signs of the languages that are read here, and of their money."""

LOOKALIKES = {"。": ".", "、": ",", "·": "-", "×": "x"}
"""Signs that the network prefers, for what stands on receipts here."""

BLANK = 0
"""The place of what is between two letters, before all signs."""


class Letter(Struct, frozen=True):
    """One letter, its chance, and its middle as a share of the line's width."""

    text: str
    chance: float
    at: float


class Recognizer:
    """The network that reads lines."""

    def __init__(self, networks: models.Networks = models.NETWORKS["small"]) -> None:
        model = models.read_model(networks.recognizer)
        signs = _listed(networks.signs) if networks.signs else last_layer.signs(model)
        columns = [BLANK, *(i for i, sign in enumerate(signs) if i and plain(sign))]
        self._letters = [plain(signs[i]) for i in columns]
        self._session = start(last_layer.cut(model, columns, networks.last_layer))

    def read_line(self, image: Image.Image, box: Box) -> list[Letter]:
        """The letters in a box of a grey image."""
        (scores,) = self._session.run(None, {"x": as_input(cut_out(image, box))})
        return list(decode(scores[0], self._letters))


def _listed(signs: models.Model) -> list[str]:
    """The signs in the order of the network's scores: the blank first, the space last."""
    return ["", *models.read_model(signs).decode().splitlines(), " "]


def plain(sign: str) -> str:
    """What stands for a sign of the network: the plain letter, or nothing if it isn't needed."""
    text = LOOKALIKES.get(sign) or unicodedata.normalize("NFKC", sign)
    return text if text in LETTERS else ""


def cut_out(image: Image.Image, box: Box) -> Image.Image:
    """The strip of a grey image within a box, as high as the network reads it."""
    width = max(LEAST_WIDTH, math.ceil(HEIGHT * box.width / box.height))
    size = (width, HEIGHT)
    if abs(box.sin) * box.width < STRAIGHT:
        (left, top), _, (right, bottom), _ = box.corners()
        edges = (max(0, left), max(0, top), min(image.width, right), min(image.height, bottom))
        return image.resize(size, Image.Resampling.BILINEAR, edges)
    x, y = box.width / width, box.height / HEIGHT
    (left, top), *_ = box.corners()
    # For each pixel of the strip, the place in the image.
    affine = (x * box.cos, -y * box.sin, left, x * box.sin, y * box.cos, top)
    return image.transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC)


def decode(scores: NDArray[np.float32], letters: Sequence[str]) -> Iterator[Letter]:
    """The most probable sign of each column, once where it goes on, without the blanks.

    `scores` has a row of chances for each column of the strip, from left to right.
    """
    best = scores.argmax(1)
    begins = np.flatnonzero((best != BLANK) & (best != np.concatenate([[-1], best[:-1]])))
    for column in begins.tolist():
        sign = int(best[column])
        yield Letter(letters[sign], float(scores[column, sign]), (column + 0.5) / len(best))
