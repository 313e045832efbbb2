"""What an OCR engine is: another port, apart since only reading knows it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

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
    """The engine did not finish within the time that was left and was stopped."""


class Picture(Struct, frozen=True, kw_only=True):
    """How an engine wants its picture.

    Type `glyph_height` pixels high; with fading restored (print darkened, light evened out) or not,
    the more so the smaller `gamma` is below 1.
    """

    glyph_height: int = 21
    restore: bool = True
    gamma: float = 1.0


class OcrEngine(Protocol):
    """Turns an upright image into words, in the engine's own reading order."""

    name: str

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read all words within so many seconds, starting and loading included.

        Raises `OcrTimeoutError` when they are over, `OcrEngineError` when it gives up.
        """
        ...


class Look(Struct, frozen=True):
    """One way to read an image: an engine and the picture made for it.

    `better` says that the engine reads better than those of the looks before: it is also asked for
    a doubtful merchant's name, and believed before them.
    """

    engine: OcrEngine
    picture: Picture
    better: bool = False


@runtime_checkable
class LooksAgain(Protocol):
    """An engine that has more than one look: the next is taken where fields are in doubt."""

    @property
    def looks(self) -> Sequence[Look]:
        """The looks, the cheapest first."""
        ...
