"""Chooses the OCR engine by name: one setting, whatever the engine."""

from receipts.adapters.tesseract import TesseractEngine
from receipts.ports import OcrEngine

ENGINES = ("tesseract",)


def make_engine(name: str, timeout_s: float) -> OcrEngine:
    """The engine called `name`. Raises ValueError naming those there are."""
    if name == "tesseract":
        return TesseractEngine(timeout_s=timeout_s)
    raise ValueError(f"no OCR engine {name!r}; there is: {', '.join(ENGINES)}")
