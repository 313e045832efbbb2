"""The port of an OCR engine: an image in, words with their places out."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct
from PIL import Image

WALL_PER_CPU_S = 4.0
"""How long a CPU second may take on a crowded machine. What takes longer hangs."""


class Word(Struct, frozen=True, kw_only=True):
    """One word that an OCR engine read; its box in pixels, `confidence` from 0 to 1."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float


class OcrEngineError(Exception):
    """The engine could not read the image."""


class OcrTimeoutError(OcrEngineError):
    """The engine was stopped because it did not finish within its time limit."""


class ImageRequirements(Struct, frozen=True, kw_only=True):
    """The kind of image that an engine reads best.

    `glyph_height` is the height of its type in pixels. `restore` asks for faded print to be
    restored: light evened out, print darkened. The further `gamma` lies below 1, the darker faint
    print becomes.
    """

    glyph_height: int = 21
    restore: bool = True
    gamma: float = 1.0


class OcrEngine(Protocol):
    """Turns an upright image into words, in the order in which the engine reads them."""

    name: str

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read all words within `within_s` seconds, which include starting and loading the engine.

        CPU seconds, if the engine runs in a child process that can count them: then a hung one is
        stopped after `WALL_PER_CPU_S` times as long. Else seconds of the clock on the wall.

        Raises `OcrTimeoutError` when the time is over, `OcrEngineError` when the engine fails.
        """
        ...


class OcrPass(Struct, frozen=True):
    """One way to read an image: an engine, and the image that it requires.

    `better` marks an engine that reads better than those of the passes before it. It is also asked
    to settle a doubtful merchant's name, and its words outweigh theirs. `adds_german` marks a pass
    that knows German where those before it don't: it is run on German paper even without a doubt.
    """

    engine: OcrEngine
    requirements: ImageRequirements
    better: bool = False
    adds_german: bool = False


@runtime_checkable
class MultiPassEngine(Protocol):
    """An engine that offers several passes: the next one is run where fields are still in doubt."""

    @property
    def passes(self) -> Sequence[OcrPass]:
        """The passes, the cheapest first."""
        ...


def passes_of(engine: OcrEngine) -> Sequence[OcrPass]:
    """The passes that an engine offers; a single one with the usual image if it lists none."""
    if isinstance(engine, MultiPassEngine):
        return engine.passes
    return [OcrPass(engine, ImageRequirements())]
