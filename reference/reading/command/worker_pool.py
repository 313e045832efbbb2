"""Reads many images in several processes, with one engine each.

An image that can't be read, or that kills its process, spoils no other one.
"""

import itertools
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from typing import Any

import msgspec

from reading.command.image_files import ImageFile
from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngine, OcrEngineError
from reading.engines import make_engine
from reading.extraction import explain as explaining
from reading.extraction.deadline import cpu_seconds, deadline_of
from reading.extraction.decode import UnreadableImageError
from reading.extraction.whole_file import read_file
from reading.files.archive import BadArchiveError
from reading.receipt import Receipt

logger = logging.getLogger(__name__)


class OutputLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of the output: the fields of one image, or in `error` why it was not read.

    Money is in units of `currency`. `confidence` maps each field to a number from 0 to 1.
    `cpu_seconds` includes all child processes.
    """

    file: str
    merchant: str | None = None
    merchant_as_read: str | None = None
    merchant_number: str | None = None
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


def read_image_files(
    images: list[ImageFile],
    engine: str,
    limit_s: float,
    jobs: int,
    *,
    explained: bool = False,
    context: ReadingContext = NO_CONTEXT,
) -> Iterator[tuple[OutputLine, str]]:
    """Read in `jobs` processes; yield an output line and an explanation for each image, in order.

    `limit_s` is the CPU time in seconds that one image may take. A single job runs in this process.
    """
    own_engine = make_engine(engine)  # with several jobs too: raises here what is wrong with it
    if min(jobs, len(images)) == 1:
        yield from _read_in_this_process(
            images, own_engine, limit_s, explained=explained, context=context
        )
        return
    read_in_processes = partial(_read_in_processes, engine, limit_s, jobs, explained, context)
    done = 0
    while done < len(images):
        try:
            for answer in read_in_processes(images[done:]):
                done += 1
                yield answer
        except BrokenProcessPool:
            # Several images were being read, and any of them may have killed its process. The
            # first one is read again alone: if that process ends too, this image is the cause.
            # The others start over.
            suspect = images[done]
            done += 1
            try:
                yield from read_in_processes([suspect])
            except BrokenProcessPool:
                reason = "the reading process ended; it may have run out of memory"
                yield (
                    _error_line(suspect, engine, reason, 0.0),
                    explaining.failed(suspect.name, reason),
                )


def _read_in_processes(
    engine: str,
    limit_s: float,
    jobs: int,
    explained: bool,  # noqa: FBT001 - bound by `partial`
    context: ReadingContext,
    images: list[ImageFile],
) -> Iterator[tuple[OutputLine, str]]:
    """Yield in the order of `images`. Raises BrokenProcessPool if a process was killed."""
    jobs = min(jobs, len(images))
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=_start_worker, initargs=(engine, limit_s)
    ) as pool:
        remaining = iter(images)
        # Submits a few ahead, not all: an explanation holds images, and would fill the memory.
        futures = deque(
            pool.submit(_read_in_worker, image, explained, context)
            for image in itertools.islice(remaining, jobs * 4)
        )
        try:
            while futures:
                yield futures.popleft().result()
                if following := next(remaining, None):
                    futures.append(pool.submit(_read_in_worker, following, explained, context))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_engine_and_limit_s: tuple[OcrEngine, float] | None = None


def _start_worker(engine: str, limit_s: float) -> None:
    global _engine_and_limit_s  # noqa: PLW0603 - one engine a process, made at its start
    _engine_and_limit_s = make_engine(engine), limit_s


def _read_in_worker(
    image: ImageFile,
    explained: bool,  # noqa: FBT001 - the pool passes it by position
    context: ReadingContext,
) -> tuple[OutputLine, str]:
    assert _engine_and_limit_s is not None  # noqa: S101 - _start_worker ran before
    return read_image_file(image, *_engine_and_limit_s, explained=explained, context=context)


def _read_in_this_process(
    images: Iterable[ImageFile],
    engine: OcrEngine,
    limit_s: float,
    *,
    explained: bool,
    context: ReadingContext,
) -> Iterator[tuple[OutputLine, str]]:
    try:
        for image in images:
            yield read_image_file(image, engine, limit_s, explained=explained, context=context)
    finally:
        getattr(engine, "close", lambda: None)()


def read_image_file(
    image: ImageFile,
    engine: OcrEngine,
    limit_s: float,
    *,
    explained: bool = False,
    context: ReadingContext = NO_CONTEXT,
) -> tuple[OutputLine, str]:
    """Read one image; if that fails, its output line holds the error."""
    before = cpu_seconds(engine)
    try:
        deadline = deadline_of(engine, limit_s)
        read = read_file(image.read_bytes(), engine, deadline, context, explained=explained)
    except (UnreadableImageError, BadArchiveError, OcrEngineError, OSError) as error:
        return _failed(image, engine, str(error), cpu_seconds(engine) - before)
    except Exception as error:  # noqa: BLE001  one file never ends a run
        logger.error("%s could not be read: %r", image.name, error)  # noqa: TRY400
        reason = "a fault of this program kept it from being read"
        return _failed(image, engine, reason, cpu_seconds(engine) - before)
    spent_s = cpu_seconds(engine) - before
    page = explaining.section(image.name, read.steps, read.result) if explained else ""
    return _output_line(image, read.result.receipt, engine.name, spent_s), page


def _failed(
    image: ImageFile, engine: OcrEngine, reason: str, spent_s: float
) -> tuple[OutputLine, str]:
    line = _error_line(image, engine.name, reason, spent_s)
    return line, explaining.failed(image.name, reason)


def _output_line(image: ImageFile, receipt: Receipt, engine: str, spent_s: float) -> OutputLine:
    return OutputLine(
        file=image.name,
        merchant=receipt.merchant,
        merchant_number=receipt.merchant_number,
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
        cpu_seconds=round(spent_s, 3),
        needs_review=receipt.needs_review,
    )


def _error_line(image: ImageFile, engine: str, reason: str, spent_s: float) -> OutputLine:
    return OutputLine(
        file=image.name,
        engine=engine,
        cpu_seconds=round(spent_s, 3),
        needs_review=True,
        error=reason,
    )
