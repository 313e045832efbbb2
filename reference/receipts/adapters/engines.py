"""Chooses the OCR engine by name: one setting, whatever the engine."""

from collections.abc import Callable

from receipts.adapters.cascade import CascadeEngine
from receipts.adapters.rapidocr import RapidOcrEngine
from receipts.adapters.tesseract import TesseractEngine
from receipts.adapters.tesserocr import TesserocrEngine
from receipts.ports import OcrEngine


def _cascade(timeout_s: float) -> OcrEngine:
    return CascadeEngine(TesserocrEngine(timeout_s=timeout_s), RapidOcrEngine(timeout_s=timeout_s))


def _textract(timeout_s: float) -> OcrEngine:
    from receipts.adapters.textract import TextractEngine  # noqa: PLC0415 - boto3 only if used

    return TextractEngine(timeout_s=timeout_s)


_ENGINES: dict[str, Callable[[float], OcrEngine]] = {
    "tesseract": lambda timeout_s: TesseractEngine(timeout_s=timeout_s),
    "tesserocr": lambda timeout_s: TesserocrEngine(timeout_s=timeout_s),
    "rapidocr": lambda timeout_s: RapidOcrEngine(timeout_s=timeout_s),
    "cascade": _cascade,
    "textract": _textract,
}
ENGINES = tuple(_ENGINES)


def make_engine(name: str, timeout_s: float) -> OcrEngine:
    """The engine called `name`. Raises ValueError naming those there are."""
    if name not in _ENGINES:
        raise ValueError(f"no OCR engine {name!r}; there are: {', '.join(ENGINES)}")
    return _ENGINES[name](timeout_s)
