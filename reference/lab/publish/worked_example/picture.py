"""The pictures of the worked example: its photo, and the straightened image with its words."""

import io

from msgspec import Struct
from PIL import Image

from lab.publish.worked_example.walk import Walk
from lab.support.paths import ASSETS
from lab.support.provenance import DataFile
from reading.engine import Word
from reading.extraction.fields import PassResult

FOLDER = ASSETS / "example"
WIDTH = 560
"""Pixels: twice what a page shows."""


class Size(Struct, frozen=True):
    """Of the image in which the words have their places, in pixels."""

    width: int
    height: int


class WorkedExample(DataFile, frozen=True, kw_only=True):
    """What `docs/data/example.json` holds; `words` are those of the first OCR pass."""

    walk: Walk
    words: tuple[Word, ...]
    size: Size


def save_pictures(photo: bytes, result: PassResult) -> tuple[tuple[Word, ...], Size]:
    """Write photo and straightened image; answer the words that were read, and where."""
    first = (result.passes or (result,))[0]
    straightened = first.steps[-1].image
    FOLDER.mkdir(parents=True, exist_ok=True)
    _save(Image.open(io.BytesIO(photo)).convert("RGB"), "photo")
    _save(straightened.convert("L"), "straightened")
    words = tuple(word for line in first.lines for word in line.words)
    return words, Size(*straightened.size)


def _save(image: Image.Image, name: str) -> None:
    image.thumbnail((WIDTH, 3 * WIDTH))
    image.save(FOLDER / f"{name}.webp", quality=60, method=6)
