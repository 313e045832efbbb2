"""PDFs: their pages as images, and the words of those that have a text of their own."""

import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace
from PIL import Image

from reading.engine import WALL_PER_CPU_S, OcrTimeoutError, Word
from reading.extraction.deadline import Deadline
from reading.extraction.decode import CUT_OFF, MAX_PAGES, MAX_PIXELS, Page, UnreadableImageError
from reading.files.text import printable

PROGRAM = "reading.extraction.pdf_program"

MAX_CPU_S = 20
"""What one PDF may take to open. An invoice takes a tenth of a second a page."""

END_BYTES = 1024
"""A PDF's end mark stands in its last bytes; without it pages or corrections may be missing."""


class PdfPage(msgspec.Struct, frozen=True):
    """A page in grey, a byte a pixel, deflated; `words` is None if it has no text to rely on.

    `error` says why it could not be opened, in words for the sender.
    """

    width: int = 0
    height: int = 0
    pixels: bytes = b""
    words: tuple[Word, ...] | None = None
    error: str | None = None

    def image(self) -> Image.Image:
        """The page as an image."""
        return Image.frombytes("L", (self.width, self.height), zlib.decompress(self.pixels))


class PdfPages(msgspec.Struct, frozen=True):
    """The first pages of a PDF, and how many it has; `error` says why it could not be opened."""

    count: int = 0
    pages: tuple[PdfPage, ...] = ()
    error: str | None = None


def pdf_pages(data: bytes, deadline: Deadline) -> Iterator[Page | UnreadableImageError]:
    """The first pages, an error in the place of each that can't be opened, and for those left out.

    Raises `OcrTimeoutError` if they were not opened before the `deadline`.
    """
    try:
        opened = _open(data, deadline)
    except UnreadableImageError as error:
        yield error
        return
    is_whole = b"%%EOF" in data.rstrip(b"\0\r\n ")[-END_BYTES:]
    for page in opened.pages:
        if page.error:
            yield UnreadableImageError(f"a page of the PDF can't be read: {page.error}")
            continue
        image = page.image()
        # The words come from strangers: anyone can write a PDF.
        words = page.words and tuple(
            replace(word, text=printable(word.text)) for word in page.words
        )
        yield Page(
            image,
            "" if is_whole else "the PDF's end is missing",
            1.0 if is_whole else CUT_OFF,
            words or None,
        )
    if opened.count > len(opened.pages):
        yield UnreadableImageError(f"only the first {MAX_PAGES} of {opened.count} pages were read")


def _open(data: bytes, deadline: Deadline) -> PdfPages:
    limit_s = deadline.left_s() * WALL_PER_CPU_S
    try:
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", PROGRAM, *map(str, (MAX_PAGES, MAX_PIXELS, MAX_CPU_S))],
            input=data,
            capture_output=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OcrTimeoutError(f"the PDF was not opened in {limit_s:.3g} s") from None
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise UnreadableImageError("the PDF takes too long to open")
    if done.returncode:
        raise UnreadableImageError("the PDF is damaged, or takes too much memory to open")
    opened = msgspec.msgpack.decode(done.stdout, type=PdfPages)
    if opened.error or not opened.pages:
        raise UnreadableImageError(opened.error or "the PDF has no pages")
    return opened
