"""Reads many images in several processes, one engine each; a bad one leaves the rest alone."""

import itertools
import resource
import time
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from typing import Any

import msgspec

from reading.command.sources import Source
from reading.engine import OcrEngine, OcrEngineError
from reading.engines import make_engine
from reading.extraction import explain as explaining
from reading.extraction.deadline import Deadline
from reading.extraction.decode import UnreadableImageError, decode
from reading.extraction.prepare import straighten
from reading.extraction.reading import read_straight
from reading.receipt import Receipt


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of the output. Either `error` says why an image was not read, or the fields are set.

    Money is in units of `currency`, `confidence` 0 to 1 by field, `cpu_seconds` with all children.
    """

    file: str
    merchant: str | None = None
    address: str | None = None
    date: str | None = None
    time: str | None = None
    currency: str | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    paid: Decimal | None = None
    change: Decimal | None = None
    payment_method: str | None = None
    items: list[dict[str, Any]] = msgspec.field(default_factory=list)
    confidence: dict[str, float] = msgspec.field(default_factory=dict)
    engine: str
    cpu_seconds: float
    needs_review: bool
    error: str | None = None


def read_all(
    sources: list[Source], engine: str, limit_s: float, jobs: int, *, explained: bool = False
) -> Iterator[tuple[Line, str]]:
    """Read in `jobs` processes; answers a line and an explanation each, in `sources`' order.

    `limit_s` is the time in seconds that one image may take. A single job needs no other process.
    """
    here = make_engine(engine)  # also where others read: what is wrong with it is raised here
    if min(jobs, len(sources)) == 1:
        yield from _read_here(sources, here, limit_s, explained=explained)
        return
    read_in_processes = partial(_read_in_processes, engine, limit_s, jobs, explained)
    done = 0
    while done < len(sources):
        try:
            for answer in read_in_processes(sources[done:]):
                done += 1
                yield answer
        except BrokenProcessPool:
            # Any that was being read may have killed its process. The first of them is read again,
            # alone: a second killing is its own. With the others it begins anew.
            suspect = sources[done]
            done += 1
            try:
                yield from read_in_processes([suspect])
            except BrokenProcessPool:
                reason = "the reading process ended; it may have run out of memory"
                yield _error(suspect, engine, reason, 0.0), explaining.failed(suspect.name, reason)


def _read_in_processes(
    engine: str,
    limit_s: float,
    jobs: int,
    explained: bool,  # noqa: FBT001 - bound beforehand
    sources: list[Source],
) -> Iterator[tuple[Line, str]]:
    """Answers in `sources`' order. Raises BrokenProcessPool where a process was killed."""
    jobs = min(jobs, len(sources))
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=_start, initargs=(engine, limit_s)
    ) as pool:
        left = iter(sources)
        # A few ahead, not all: an answer holds pictures when it is explained.
        waiting = deque(
            pool.submit(_read_in_pool, one, explained) for one in itertools.islice(left, jobs * 4)
        )
        try:
            while waiting:
                yield waiting.popleft().result()
                if following := next(left, None):
                    waiting.append(pool.submit(_read_in_pool, following, explained))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_wired: tuple[OcrEngine, float] | None = None


def _start(engine: str, limit_s: float) -> None:
    global _wired  # noqa: PLW0603 - one engine a process, made once
    _wired = make_engine(engine), limit_s


def _read_in_pool(source: Source, explained: bool) -> tuple[Line, str]:  # noqa: FBT001 - submitted
    assert _wired is not None  # noqa: S101 - _start ran before
    return read_one(source, *_wired, explained=explained)


def _read_here(
    sources: Iterable[Source], engine: OcrEngine, limit_s: float, *, explained: bool
) -> Iterator[tuple[Line, str]]:
    try:
        for source in sources:
            yield read_one(source, engine, limit_s, explained=explained)
    finally:
        getattr(engine, "close", lambda: None)()


def read_one(
    source: Source, engine: OcrEngine, limit_s: float, *, explained: bool = False
) -> tuple[Line, str]:
    """Read one image; what is wrong with it stands on its line."""
    before = cpu_seconds(engine)
    try:
        deadline = Deadline(limit_s)
        steps = list(straighten(decode(source.data())))
        reading = read_straight(steps, engine, deadline)
    except (UnreadableImageError, OcrEngineError, OSError, zipfile.BadZipFile) as error:
        spent = cpu_seconds(engine) - before
        return (
            _error(source, engine.name, str(error), spent),
            explaining.failed(source.name, str(error)),
        )
    spent = cpu_seconds(engine) - before
    page = explaining.section(source.name, steps, reading) if explained else ""
    return _line(source, reading.receipt, engine.name, spent), page


def cpu_seconds(engine: OcrEngine) -> float:
    """CPU seconds of this process, its ended children, and the engine's running ones."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = children.ru_utime + children.ru_stime
    return time.process_time() + ended + getattr(engine, "cpu_seconds", 0.0)


def _line(source: Source, receipt: Receipt, engine: str, spent: float) -> Line:
    return Line(
        file=source.name,
        merchant=receipt.merchant,
        address=receipt.address,
        date=receipt.date.isoformat() if receipt.date else None,
        time=receipt.time.isoformat() if receipt.time else None,
        currency=receipt.currency,
        subtotal=receipt.subtotal,
        tax=receipt.tax,
        total=receipt.total,
        paid=receipt.paid,
        change=receipt.change,
        payment_method=receipt.payment_method,
        items=[
            {
                "name": item.name,
                "quantity": item.quantity,
                "unit_price": item.unit_price,
                "total": item.total,
            }
            for item in receipt.line_items
        ],
        confidence=receipt.confidence,
        engine=engine,
        cpu_seconds=round(spent, 3),
        needs_review=receipt.needs_review,
    )


def _error(source: Source, engine: str, reason: str, spent: float) -> Line:
    return Line(
        file=source.name,
        engine=engine,
        cpu_seconds=round(spent, 3),
        needs_review=True,
        error=reason,
    )
