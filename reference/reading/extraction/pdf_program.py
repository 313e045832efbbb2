"""Opens one PDF, in a process of its own: `pdf` starts it, as `python -m`.

A PDF is a program from a stranger. PDFium may hang on one, need any amount of memory, or end the
process; and it can't be used by two threads. Here it has limits, and ends nothing but itself.
"""

import contextlib
import resource
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from ctypes import c_int

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium

from reading.engine import Word
from reading.extraction.pdf import PdfPage, PdfPages

MAX_MEMORY_BYTES = 1_000_000_000

PAGE_PIXELS = 9_000_000
"""Of a page, at most: A4 at 300 dpi."""

MAX_DPI = 300

MAX_LETTERS = 30_000
"""Of one page's text. A page of a book has 3,000."""

LEAST_LETTERS = 10
"""Fewer are a page number or a scanner's mark, not the text of a receipt."""

MOST_UNKNOWN = 0.03
"""The share of a page's letters without a meaning: with more its text is no text, but a font's."""

MOST_PICTURE = 0.4
"""The share of the page under one picture: with more the text is beside or over a scan."""

_INVISIBLE = {3, 7}  # ways to show text: not at all; a scanner's OCR lies so behind its picture
_FIELDS = {pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP}


def main() -> None:
    """Read a PDF from standard input; write a `PdfPages`.

    Arguments: how many pages, pixels of a picture, and seconds of CPU it may have.
    """
    max_pages, max_pixels, max_cpu_s = map(int, sys.argv[1:])
    with contextlib.suppress(ValueError, OSError):  # where the system has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (max_cpu_s, max_cpu_s + 1))
    answer = open_pdf(sys.stdin.buffer.read(), max_pages, max_pixels)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


def open_pdf(data: bytes, max_pages: int, max_pixels: int) -> PdfPages:
    """Open the first pages; no picture in them may have more than `max_pixels`."""
    try:
        document = pypdfium2.PdfDocument(data)
        with contextlib.suppress(pypdfium2.PdfiumError):
            document.init_forms()  # what was filled in is shown, too
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            return PdfPages(error="the PDF is locked with a password")
        return PdfPages(error="the PDF is cut off or damaged")
    count = len(document)
    pages = tuple(_page(document, number, max_pixels) for number in range(min(count, max_pages)))
    return PdfPages(count=count, pages=pages)


def _page(document: pypdfium2.PdfDocument, number: int, max_pixels: int) -> PdfPage:
    try:
        page = document[number]
        width, height = page.get_size()
        pictures = list(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,)))
        for picture in pictures:
            across, down = picture.get_px_size()
            if across * down > max_pixels:
                return PdfPage(error=f"a picture in it has {across} x {down} pixels")
        scale = min(MAX_DPI / 72, (PAGE_PIXELS / max(1.0, width * height)) ** 0.5)
        image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        words = None
        if not _is_mostly_picture(pictures, width * height) and not _has_fields(page):
            words = _words(page, image.size)
    except pypdfium2.PdfiumError:
        return PdfPage(error="it is damaged")
    return PdfPage(image.width, image.height, zlib.compress(image.tobytes(), 1), words)


def _is_mostly_picture(pictures: list[pypdfium2.PdfObject], area: float) -> bool:
    for picture in pictures:
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > MOST_PICTURE * area:
            return True
    return False


def _has_fields(page: pypdfium2.PdfPage) -> bool:
    """Whether it has a form's fields or notes: their text is shown, and is not in the page's."""
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in _FIELDS:
            return True
    return False


class _Letter(msgspec.Struct, frozen=True):
    """A letter, or a space; its box in pixels."""

    text: str
    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


def _words(page: pypdfium2.PdfPage, size: tuple[int, int]) -> tuple[Word, ...] | None:
    """The page's own words in its reading order; None if there are too few to be its text."""
    text = page.get_textpage()
    count = text.count_chars()
    if not LEAST_LETTERS <= count <= MAX_LETTERS:
        return None
    unknown = sum(pdfium.FPDFText_HasUnicodeMapError(text, i) == 1 for i in range(count))
    letters = list(_letters(page, text, size))
    seen = sum(not letter.text.isspace() for letter in letters)
    if seen < LEAST_LETTERS or unknown > MOST_UNKNOWN * count or _is_turned(text, count):
        return None
    words: list[list[_Letter]] = [[]]
    for letter in letters:
        if letter.text.isspace() or (words[-1] and _is_apart(words[-1][-1], letter)):
            words.append([])
        if not letter.text.isspace():
            words[-1].append(letter)
    return tuple(_word(word) for word in words if word)


def _letters(
    page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, size: tuple[int, int]
) -> Iterator[_Letter]:
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace():
            yield _Letter(" ")
            continue
        shown = pdfium.FPDFText_GetTextObject(text, index)
        if shown and pdfium.FPDFTextObj_GetTextRenderMode(shown) in _INVISIBLE:
            continue
        left, bottom, right, top = text.get_charbox(index, loose=True)
        corners = [_pixel(page, size, x, y) for x, y in ((left, bottom), (right, top))]
        (x1, x2), (y1, y2) = (sorted(both) for both in zip(*corners, strict=True))
        if x2 > 0 and y2 > 0 and x1 < size[0] and y1 < size[1]:
            yield _Letter(_spelled(letter), x1, y1, x2, y2)


def _pixel(page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = c_int(), c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _spelled(letter: str) -> str:
    """A ligature as its letters."""
    return unicodedata.normalize("NFKC", letter) if "\ufb00" <= letter <= "\ufb06" else letter


def _is_turned(text: pypdfium2.PdfTextPage, count: int) -> bool:
    """Whether most letters don't stand upright; an engine finds out how to turn such a page."""
    angles = [pdfium.FPDFText_GetCharAngle(text, i) for i in range(count)]
    turned: int = sum(0.1 < angle < 6.2 for angle in angles)
    return turned > count / 2


def _is_apart(last: _Letter, letter: _Letter) -> bool:
    height = max(last.bottom - last.top, 1)
    return abs(letter.bottom - last.bottom) > height / 2 or letter.left - last.right > height


def _word(letters: list[_Letter]) -> Word:
    left, top = min(one.left for one in letters), min(one.top for one in letters)
    return Word(
        text="".join(one.text for one in letters),
        left=left,
        top=top,
        width=max(1, max(one.right for one in letters) - left),
        height=max(1, max(one.bottom for one in letters) - top),
        confidence=1.0,
    )


if __name__ == "__main__":
    main()
