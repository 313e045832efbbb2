"""The OCR engines, each of which implements `reading.engine.OcrEngine`, and the choice by name."""

from collections.abc import Callable

from reading.engine import OcrEngine
from reading.engines.ppocr.engine import PpOcrEngine
from reading.engines.tesseract import TesseractEngine
from reading.engines.tesserocr import TesserocrEngine


def _textract() -> OcrEngine:
    from reading.engines.textract import TextractEngine  # noqa: PLC0415 - loads boto3

    return TextractEngine()


_ENGINES: dict[str, Callable[[], OcrEngine]] = {
    "tesseract": TesseractEngine,
    "tesserocr": TesserocrEngine,
    "ppocr": PpOcrEngine,
    "textract": _textract,
}
ENGINES = tuple(_ENGINES)


def make_engine(name: str) -> OcrEngine:
    """Make the engine called `name`. The ValueError for an unknown name lists the known ones."""
    if name not in _ENGINES:
        raise ValueError(f"no OCR engine is called {name!r}; choose one of {', '.join(ENGINES)}")
    return _ENGINES[name]()
