"""The results to write: read from rendered receipts by the real engine once, then cached."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console
from rich.progress import track

from lab.measure.peak.design import Route
from lab.run.photos.rendering import render
from lab.run.photos.sets import version as pictures_version
from lab.support import paths
from lab.support.code_digest import code_digest
from lab.support.engine_version import engine_version
from reading.engines import make_engine
from reading.extraction import read_image
from receipts.batch import receipt_id_for
from receipts.messages import ResultMessage, decode, encode

ENGINE = "tesseract"
DISTINCT_RECEIPTS = 40
"""Receipts that the engine reads; more would be of the same size and shape."""

CACHE = paths.CACHE / "peak"


def replay_results(console: Console, cache: Path = CACHE) -> list[ResultMessage]:
    """The results; from the folder `cache` where today's engine and code have read them already."""
    path = cache_path(cache)
    if path.exists():
        return [decode(line, ResultMessage) for line in path.read_bytes().splitlines()]
    engine = make_engine(ENGINE)
    results = []
    for number in track(range(1, DISTINCT_RECEIPTS + 1), "reading receipts, once", console=console):
        image = render(number).image
        receipt = read_image(image, engine)
        batch_id = f"{0:032x}"
        results.append(
            ResultMessage(
                batch_id=batch_id,
                index=number,
                receipt_id=receipt_id_for(batch_id, number),
                customer_reference="C-1",
                name=f"{number}.jpg",
                image_bucket="replay",
                image_key=f"uploads/{batch_id}/{number:05d}/{number}.jpg",
                image_sha256=hashlib.sha256(image).hexdigest(),
                engine=engine.name,
                read_at=dt.datetime.now(dt.UTC),
                receipt=receipt,
                needs_review=receipt.needs_review,
            )
        )
    cache.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(encode(result) for result in results))
    return results


def cache_path(cache: Path) -> Path:
    """The file in `cache` for today's engine, pictures and code; others read other results."""
    code = code_digest("reading.extraction", "reading.receipt", "receipts.messages")
    decisive = (engine_version(ENGINE), pictures_version(), code)
    key = hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]
    return cache / f"replay-{key}.jsonl"


def batch_id_of(route: Route, ceiling: float) -> str:
    """The batch of a route's results: each route has its own, so that its rows can be counted."""
    settings = (ceiling,) if route.buffered else ()
    return hashlib.sha256(repr((route.value, *settings)).encode()).hexdigest()[:32]


def replay_forever(results: list[ResultMessage], batch_id: str) -> Iterator[ResultMessage]:
    """The results in an endless loop, each time as new receipts of `batch_id`."""
    index = 0
    while True:
        for result in results:
            index += 1
            yield replace(
                result, batch_id=batch_id, index=index, receipt_id=receipt_id_for(batch_id, index)
            )
