"""Reading alone, on all cores at once: what a batch could take at best on this machine."""

import multiprocessing
import time
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from threading import Barrier

from msgspec import Struct

from lab.measure.batch.plain_loop import READING_LIMIT_S
from reading.engines import make_engine
from reading.extraction import read_image
from reading.extraction.deadline import cpu_seconds

START_LIMIT_S = 120.0


class SideBySide(Struct, frozen=True, kw_only=True):
    """All images, read once by as many processes as there are cores; `cpu_s` is of all of them."""

    wall_s: float
    cpu_s: float


def read_side_by_side(images: Sequence[Path], engine_name: str, processes: int) -> SideBySide:
    """Read the images, each by whichever process is free, and keep nothing.

    The clock runs from when every process has read its first image: models are loaded then.
    """
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    with context.Pool(processes, _get_ready, (engine_name, images[0], ready)) as pool:
        ready.wait(START_LIMIT_S)
        started = time.monotonic()
        cpu_s = sum(pool.imap_unordered(partial(_read, engine_name), images))
        wall_s = time.monotonic() - started
        pool.close()  # the processes end by themselves, and their engines with them
        pool.join()
    return SideBySide(wall_s=wall_s, cpu_s=cpu_s)


_engine = cache(make_engine)  # one in each process


def _get_ready(engine_name: str, image: Path, ready: Barrier) -> None:
    _read(engine_name, image)
    ready.wait(START_LIMIT_S)


def _read(engine_name: str, image: Path) -> float:
    """Processor seconds that it took."""
    engine = _engine(engine_name)
    before = cpu_seconds(engine)
    read_image(image.read_bytes(), engine, READING_LIMIT_S)
    return cpu_seconds(engine) - before
