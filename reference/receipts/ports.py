"""What the stages need of the outside, as protocols. Adapters keep them on AWS, fakes in tests."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from PIL import Image


class Word(Struct, frozen=True, kw_only=True):
    """One word as an OCR engine saw it; the box in pixels, `confidence` 0 to 1."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float


class OcrEngineError(Exception):
    """The engine could not read the image."""


class OcrTimeoutError(OcrEngineError):
    """The engine did not finish within its time limit and was stopped."""


class OcrEngine(Protocol):
    """Turns an upright image into words, in the engine's own reading order."""

    name: str

    def read(self, image: Image.Image) -> Sequence[Word]:
        """Read all words.

        Raises `OcrTimeoutError` after the engine's time limit, `OcrEngineError` when it gives up.
        """
        ...
