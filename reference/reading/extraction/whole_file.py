"""Reads a whole file as one receipt: all its pages and pictures, in their order.

A hotel's bill over two pages is one receipt, and a scanner lays three receipts into one TIFF. Which
of the two a file is, its pages tell: where it may be the second, everything read is in doubt.
"""

import math
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngine, OcrTimeoutError
from reading.extraction.deadline import Deadline
from reading.extraction.decode import Page, UnreadableImageError, pictures
from reading.extraction.fields import PassResult, extract_fields
from reading.extraction.lines import Line, group_words
from reading.extraction.passes import combine, read_straightened, with_trust
from reading.extraction.pdf import pdf_pages
from reading.extraction.prepare import SEVERAL, Step, straighten
from reading.files.kinds import HEAD_BYTES, PDF, kind_of

OWN_TOTAL = 0.5
"""A page has a total of its own if the confidence in it is at least this."""

PAGE_GAP = 100
"""Pixels between the pages when their lines are read as one."""

_NAMED = {"named total", "named payable"}  # evidence for a total

TEXT_LAYER = "text layer"
_NO_IMAGE = Image.new("L", (1, 1))


class FileResult(Struct, frozen=True):
    """What a file's pages held, as one result; `steps` made their images, page after page."""

    result: PassResult
    steps: tuple[Step, ...]


class _PageResult(Struct, frozen=True):
    page: Page
    steps: tuple[Step, ...]
    result: PassResult

    def without_images(self) -> "_PageResult":
        """For twenty pages they take too much memory; a text's own page may still be looked at."""
        page = self.page if self.page.words else replace(self.page, image=_NO_IMAGE)
        steps = tuple(replace(step, image=_NO_IMAGE) for step in self.steps)
        return _PageResult(page, steps, replace(self.result, steps=(), passes=()))

    @property
    def has_total(self) -> bool:
        """Whether the page names a total; an amount alone may be one of a list that goes on."""
        sure = self.result.receipt.confidence.get("total", 0.0) >= OWN_TOTAL
        best, *_ = self.result.choices.get("total") or (None,)
        return sure and best is not None and bool(_NAMED & set(best.candidate.evidence))


def read_file(
    data: bytes,
    engine: OcrEngine,
    deadline: Deadline,
    context: ReadingContext = NO_CONTEXT,
    *,
    explained: bool = False,
) -> FileResult:
    """Read all pages of an image file or PDF. Only an `explained` result keeps their images.

    Raises `UnreadableImageError` if no page can be read, and what the engine raises; but if the
    time is over after the first page, what is read so far is returned, in doubt.
    """
    read: list[_PageResult] = []
    doubts: list[str] = []
    broken: UnreadableImageError | None = None
    try:
        for page in _pages(data, deadline):
            if isinstance(page, UnreadableImageError):
                broken = page
                doubts.append(page.reason)
            else:
                one = _read_page(page, engine, deadline, context)
                read.append(one if explained else one.without_images())
    except OcrTimeoutError as error:
        if not read:
            raise
        doubts.append(f"not all pages were read: {error}")
    if not read:
        raise broken or UnreadableImageError("there is no page in it")
    read = _with_engine_where_silent(read, engine, deadline, context)
    result, doubt = _as_one(read, context)
    doubts += doubt
    steps = [step for one in read for step in one.steps]
    if doubts:
        last = steps[-1].image
        steps += [Step("in doubt", last, doubt, SEVERAL) for doubt in doubts[:1]]
        result = with_trust(result, SEVERAL)
    return FileResult(result, tuple(steps))


def _pages(data: bytes, deadline: Deadline) -> Iterator[Page | UnreadableImageError]:
    if kind_of(data[:HEAD_BYTES]) is PDF:
        return pdf_pages(data, deadline)
    return pictures(data)


def _read_page(
    page: Page,
    engine: OcrEngine,
    deadline: Deadline,
    context: ReadingContext,
) -> _PageResult:
    first = [Step("opened", page.image, page.note, page.trust)] if page.note else []
    if page.words is None:
        steps = [*first, *straighten(page.image)]
        result = read_straightened(steps, engine, deadline, context=context)
    else:
        steps = [*first, Step(TEXT_LAYER, page.image, "the PDF's own words")]
        result = extract_fields(group_words(page.words), context=context)
        result = with_trust(result, page.trust)
        result = replace(result, steps=(steps[-1],), engine=TEXT_LAYER)
    return _PageResult(page, tuple(steps), result)


def _with_engine_where_silent(
    read: list[_PageResult], engine: OcrEngine, deadline: Deadline, context: ReadingContext
) -> list[_PageResult]:
    """A text without any total may be a letterhead's, and the rest drawn: read such a page, too."""
    if any(one.has_total for one in read):
        return read
    return [
        one if one.page.words is None else _seen(one, engine, deadline, context) for one in read
    ]


def _seen(
    one: _PageResult, engine: OcrEngine, deadline: Deadline, context: ReadingContext
) -> _PageResult:
    seen = _read_page(replace(one.page, words=None), engine, deadline, context)
    return _PageResult(one.page, (*one.steps, *seen.steps), combine(one.result, seen.result))


def _as_one(read: Sequence[_PageResult], context: ReadingContext) -> tuple[PassResult, list[str]]:
    """The pages' lines as those of one receipt, and why it may be several."""
    printed = [one for one in read if one.result.lines] or list(read[:1])
    if len(printed) == 1:
        return printed[0].result, []
    merged = extract_fields(list(_below_each_other(printed)), context=context)
    merged = with_trust(merged, min(math.prod(step.trust for step in one.steps) for one in printed))
    passes = [one for page in printed for one in page.result.passes or (page.result,)]
    merged = replace(merged, passes=(*passes, merged), engine="all pages as one")
    if any(one.page.words is None for one in printed):
        return merged, [f"{len(printed)} pages of print: they may be several receipts"]
    totals = sum(one.has_total for one in printed)
    return merged, [f"{totals} pages have a total of their own"] if totals > 1 else []


def _below_each_other(read: Sequence[_PageResult]) -> Iterator[Line]:
    down = 0
    for one in read:
        for line in one.result.lines:
            yield Line(tuple(replace(word, top=word.top + down) for word in line.words))
        down += PAGE_GAP + max(line.bottom for line in one.result.lines)
