"""Chooses the OCR engine by name: one setting, whatever the engine."""

from collections.abc import Callable

from reading.engine import OcrEngine
from reading.engines.cascade import CascadeEngine
from reading.engines.rapidocr import RapidOcrEngine
from reading.engines.tesseract import TesseractEngine
from reading.engines.tesserocr import TesserocrEngine


def _textract() -> OcrEngine:
    from reading.engines.textract import TextractEngine  # noqa: PLC0415 - boto3 only if used

    return TextractEngine()


_ENGINES: dict[str, Callable[[], OcrEngine]] = {
    "tesseract": TesseractEngine,
    "tesserocr": TesserocrEngine,
    "rapidocr": RapidOcrEngine,
    "cascade": lambda: CascadeEngine(TesserocrEngine(), RapidOcrEngine()),
    "textract": _textract,
}
ENGINES = tuple(_ENGINES)


def make_engine(name: str) -> OcrEngine:
    """The engine called `name`. Raises ValueError naming those there are."""
    if name not in _ENGINES:
        raise ValueError(f"no OCR engine {name!r}; there are: {', '.join(ENGINES)}")
    return _ENGINES[name]()
