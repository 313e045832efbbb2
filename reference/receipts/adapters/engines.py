"""Chooses the OCR engine by name: one setting, whatever the engine."""

from collections.abc import Callable

from receipts.adapters.cascade import CascadeEngine
from receipts.adapters.rapidocr import RapidOcrEngine
from receipts.adapters.tesseract import TesseractEngine
from receipts.adapters.tesserocr import TesserocrEngine
from receipts.ocr import OcrEngine


def _textract() -> OcrEngine:
    from receipts.adapters.textract import TextractEngine  # noqa: PLC0415 - boto3 only if used

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
