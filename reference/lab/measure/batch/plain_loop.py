"""The plain loop that anyone would write first, and the processor time of its OCR alone."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from msgspec import Struct
from PIL import Image

from lab.run.postgres import Postgres
from reading.engine import OcrEngine, OcrPass, Word, passes_of
from reading.engines import make_engine
from reading.extraction import read_image
from reading.extraction.deadline import cpu_seconds

READING_LIMIT_S = 60.0


class PlainLoop(Struct, frozen=True, kw_only=True):
    """One run over all images. `cpu_s` is the whole loop's, `ocr_cpu_s` the engine's alone."""

    receipts: int
    wall_s: float
    cpu_s: float
    ocr_cpu_s: float


class MeteredEngine:
    """An engine that counts the processor seconds of its reads, children included.

    All passes of the engine count on the same meter.
    """

    def __init__(self, engine: OcrEngine) -> None:
        """Wraps `engine`."""
        self.name = engine.name
        self.cpu_s = 0.0
        self._engine = engine
        self.passes = [
            OcrPass(_Metered(self, one.engine), one.requirements) for one in passes_of(engine)
        ]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`."""
        return self.metered(self._engine, image, within_s)

    def metered(self, engine: OcrEngine, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read with one of the engines, and count."""
        before = cpu_seconds(engine)
        try:
            return engine.read_words(image, within_s)
        finally:
            self.cpu_s += cpu_seconds(engine) - before


class _Metered:
    """The engine of one pass."""

    def __init__(self, meter: MeteredEngine, engine: OcrEngine) -> None:
        self.name = engine.name
        self._meter = meter
        self._engine = engine

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        return self._meter.metered(self._engine, image, within_s)


def run_loop(
    images: Sequence[Path], engine_name: str, database: Postgres, progress: Callable[[int], None]
) -> PlainLoop:
    """Read one image after the other, and insert a row for each."""
    plain = make_engine(engine_name)
    engine = MeteredEngine(plain)
    started, cpu_before = time.monotonic(), cpu_seconds(plain)
    with psycopg.connect(database.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE plain_loop (name text, merchant text, total numeric)")
        for image in images:
            receipt = read_image(image.read_bytes(), engine, READING_LIMIT_S)
            connection.execute(
                "INSERT INTO plain_loop VALUES (%s, %s, %s)",
                [image.name, receipt.merchant, receipt.total],
            )
            progress(1)
        wall_s, cpu_s = time.monotonic() - started, cpu_seconds(plain) - cpu_before
        connection.execute("DROP TABLE plain_loop")
    if close := getattr(plain, "close", None):
        close()  # else its child's time would count in whatever is measured next
    return PlainLoop(receipts=len(images), wall_s=wall_s, cpu_s=cpu_s, ocr_cpu_s=engine.cpu_s)
