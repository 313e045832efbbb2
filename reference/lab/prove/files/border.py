"""What may leave the border where files are opened: pages, and one kind of error."""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from lab.prove.files.mutations import mutated
from reading.extraction.decode import MAX_PAGES, MAX_PIXELS, Page, UnreadableImageError, pictures
from reading.extraction.pdf_program import open_pdf
from reading.files.kinds import HEAD_BYTES, PDF, kind_of

_PROGRAMMERS_WORDS = re.compile(r"Error|Exception|object at|Traceback|\bNone\b|[<>{}_\\]")


class Outcome(Struct, frozen=True):
    """What came of one damaged file: `read`, `doubtful`, `refused`; or `fault`, what is wrong."""

    name: str
    result: str
    fault: str = ""


def judge(name: str, data: bytes) -> Outcome:
    """Open a file, and look at all that leaves."""
    try:
        found = list(_opened(data))
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return Outcome(name, "fault", f"{type(error).__name__}: {error}")
    for one in found:
        if isinstance(one, Page):
            if one.image.mode != "L" or one.image.width * one.image.height > MAX_PIXELS:
                return Outcome(name, "fault", f"a page of {one.image.size}, {one.image.mode}")
        elif not one or not one.isprintable() or _PROGRAMMERS_WORDS.search(one):
            return Outcome(name, "fault", f"no words for a sender: {one!r}")
    pages = [one for one in found if isinstance(one, Page)]
    if not pages:
        return Outcome(name, "refused" if found else "fault", "" if found else "nothing came")
    whole = len(pages) == len(found) and all(page.trust == 1 for page in pages)
    return Outcome(name, "read" if whole else "doubtful")


def judge_seeds(first: int, count: int) -> Iterator[Outcome]:
    """Judge one damaged file a seed."""
    for seed in range(first, first + count):
        name, data = mutated(seed)
        yield judge(f"{name}, seed {seed}", data)


def count_results(outcomes: list[Outcome]) -> dict[str, int]:
    """How many came to which result."""
    return dict(Counter(one.result for one in outcomes))


def _opened(data: bytes) -> Iterator[Page | str]:
    """The pages, and the reasons of errors; a PDF is opened in this process, to be quick."""
    if kind_of(data[:HEAD_BYTES]) is not PDF:
        for one in pictures(data):
            yield one.reason if isinstance(one, UnreadableImageError) else one
        return
    opened = open_pdf(data, MAX_PAGES, MAX_PIXELS)
    yield from filter(None, [opened.error, *(page.error for page in opened.pages)])
    if not opened.error and not opened.pages:
        yield "the PDF has no pages"
    for page in opened.pages:
        if not page.error:
            yield Page(page.image())
