"""The OCR engines, each of which implements `reading.engine.OcrEngine`, and the choice by name."""

import importlib

from reading.engine import OcrEngine

# Imported when chosen: each loads libraries that the others don't need, at every cold start.
_ENGINES = {
    "tesseract": ("reading.engines.tesseract", "TesseractEngine"),
    "tesserocr": ("reading.engines.tesserocr", "TesserocrEngine"),
    "ppocr": ("reading.engines.ppocr.engine", "PpOcrEngine"),
    "ppocr_tiny": ("reading.engines.ppocr_tiny", "TinyPpOcrEngine"),
    "textract": ("reading.engines.textract", "TextractEngine"),
}
ENGINES = tuple(_ENGINES)


def make_engine(name: str) -> OcrEngine:
    """Make the engine called `name`.

    Raises ValueError for an unknown name, with the known ones, and for an engine that this machine
    can't have, with the reason.
    """
    if name not in _ENGINES:
        raise ValueError(f"no OCR engine is called {name!r}; choose one of {', '.join(ENGINES)}")
    module, made = _ENGINES[name]
    engine: OcrEngine = getattr(importlib.import_module(module), made)()
    return engine
