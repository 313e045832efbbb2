"""A file is one receipt; where its pages may be several, nothing of it is sure."""

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter

from helpers.fakes_reading import words
from lab.prove.files.mutations import text_pdf
from reading.engine import OcrTimeoutError, Word
from reading.extraction import UnreadableImageError, read_image
from reading.extraction.deadline import Deadline
from reading.extraction.prepare import SEVERAL
from reading.extraction.whole_file import TEXT_LAYER, read_file

RECEIPT = (
    *("CORNER CAFE LTD", "12 Market Street", "Leeds LS1 4AB", "Date 14/03/2025 12:41"),
    *("Coffee 3.00", "Bread 7.50", "TOTAL GBP 10.50", "CARD 10.50"),
)


class PageEngine:
    """An engine that reads these lines, page after page."""

    name = "fake"

    def __init__(self, *pages: Sequence[str], late: int | None = None) -> None:
        self.pages = list(pages)
        self.late = late
        self.seen = 0

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        assert image.mode == "L"
        self.seen += 1
        if self.seen == self.late:
            raise OcrTimeoutError("not read in 30 s")
        return words(*self.pages[min(self.seen, len(self.pages)) - 1])


def a_page() -> Image.Image:
    """Something is printed on it, taller than wide."""
    sheet = Image.new("L", (400, 600), "white")
    for top in (50, 500):
        ImageDraw.Draw(sheet).rectangle((50, top, 350, top + 30), fill=0)
    return sheet


def tiff(pages: int) -> bytes:
    sheet = a_page()
    buffer = io.BytesIO()
    sheet.save(buffer, "TIFF", save_all=True, append_images=[sheet.copy()] * (pages - 1))
    return buffer.getvalue()


def test_a_file_of_one_page_is_as_sure_as_its_page() -> None:
    receipt = read_image(tiff(1), PageEngine(RECEIPT))
    assert receipt.total == Decimal("10.50")
    assert not receipt.needs_review


def test_three_receipts_in_a_tiff_are_one_that_a_person_must_see() -> None:
    engine = PageEngine(RECEIPT, RECEIPT, RECEIPT)
    read = read_file(tiff(3), engine, Deadline(30))
    receipt = read.result.receipt
    assert engine.seen == 3
    assert receipt.needs_review
    assert max(receipt.confidence.values()) <= SEVERAL
    assert "3 pages of print" in read.steps[-1].note


def test_empty_pages_behind_the_first_cost_nothing() -> None:
    receipt = read_image(tiff(3), PageEngine(RECEIPT, (), ()))
    assert receipt.total == Decimal("10.50")
    assert not receipt.needs_review


def test_the_total_may_stand_on_the_second_page() -> None:
    receipt = read_image(tiff(2), PageEngine(RECEIPT[:5], RECEIPT[5:]))
    assert receipt.total == Decimal("10.50")
    assert receipt.date == dt.date(2025, 3, 14)
    assert receipt.needs_review


def test_a_page_that_came_too_late_puts_the_others_in_doubt() -> None:
    receipt = read_image(tiff(2), PageEngine(RECEIPT, RECEIPT, late=2))
    assert receipt.total == Decimal("10.50")
    assert receipt.needs_review


def test_a_first_page_that_came_too_late_is_an_error() -> None:
    with pytest.raises(OcrTimeoutError):
        read_image(tiff(2), PageEngine(RECEIPT, RECEIPT, late=1))


def test_a_damaged_second_page_puts_the_first_in_doubt() -> None:
    data = tiff(2)
    read = read_file(data[: len(data) - 150_000], PageEngine(RECEIPT), Deadline(30))
    assert read.result.receipt.total == Decimal("10.50")
    assert read.result.receipt.needs_review


# --- PDF ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_text_of_a_pdf_is_taken_as_the_words_it_is() -> None:
    engine = PageEngine(())
    read = read_file(text_pdf(list(RECEIPT)), engine, Deadline(30))
    receipt = read.result.receipt
    assert engine.seen == 0
    assert read.result.engine == TEXT_LAYER
    assert receipt.merchant == "CORNER CAFE LTD"
    assert (receipt.total, receipt.currency) == (Decimal("10.50"), "GBP")
    assert receipt.date == dt.date(2025, 3, 14)
    assert not receipt.needs_review
    assert [line.text for line in read.result.lines] == list(RECEIPT)


@pytest.mark.slow
def test_a_bill_over_two_pages_is_one_sure_receipt() -> None:
    items = [f"Room {number} 100.00" for number in range(1, 4)]
    pdf = text_pdf([*RECEIPT[:4], *items], ["TOTAL GBP 300.00", "Terms and conditions apply"])
    receipt = read_image(pdf, PageEngine(()))
    assert receipt.total == Decimal("300.00")
    assert receipt.merchant == "CORNER CAFE LTD"
    assert receipt.confidence["total"] > SEVERAL


@pytest.mark.slow
def test_two_receipts_in_a_pdf_are_in_doubt() -> None:
    read = read_file(text_pdf(list(RECEIPT), list(RECEIPT)), PageEngine(()), Deadline(30))
    assert read.result.receipt.needs_review
    assert "2 pages have a total of their own" in read.steps[-1].note


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        "BT /F 12 Tf 60 700 Td (Page 1) Tj ET",
        "BT /F 12 Tf 3 Tr 60 700 Td (TOTAL GBP 99.99 invisible) Tj ET",
        "BT /F 12 Tf 60 -90 Td (TOTAL GBP 99.99 below the page) Tj ET",
        "BT /F 12 Tf 0 1 -1 0 300 100 Tm (TOTAL GBP 99.99 on its side) Tj ET",
    ],
    ids=["too little", "invisible", "outside", "turned"],
)
def test_a_text_that_is_not_the_pages_own_is_left_to_the_engine(content: str) -> None:
    engine = PageEngine(RECEIPT)
    receipt = read_image(text_pdf([], content=content), engine)
    assert engine.seen == 1
    assert receipt.total == Decimal("10.50")


@pytest.mark.slow
def test_a_text_without_a_total_has_its_page_looked_at_too() -> None:
    engine = PageEngine(RECEIPT)
    receipt = read_image(text_pdf(["Thank you for your stay", "with us"]), engine)
    assert engine.seen == 1
    assert receipt.total == Decimal("10.50")


@pytest.mark.slow
def test_a_scan_in_a_pdf_is_read_by_the_engine() -> None:
    buffer = io.BytesIO()
    a_page().save(buffer, "PDF")
    engine = PageEngine(RECEIPT)
    assert read_image(buffer.getvalue(), engine).total == Decimal("10.50")
    assert engine.seen == 1


@pytest.mark.slow
def test_what_a_pdf_says_is_made_printable() -> None:
    read = read_file(text_pdf([*RECEIPT, r"a\001b"]), PageEngine(()), Deadline(30))
    assert all(line.text.isprintable() for line in read.result.lines)


@pytest.mark.slow
def test_a_pdf_without_its_end_is_in_doubt() -> None:
    whole = text_pdf(list(RECEIPT))
    receipt = read_image(whole.removesuffix(b"%%EOF\n"), PageEngine(()))
    assert receipt.total == Decimal("10.50")
    assert receipt.needs_review


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(text_pdf(list(RECEIPT)))))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def picture_bomb() -> bytes:
    picture = (
        "<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8"
        "/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream"
    )
    content = "595 0 0 842 0 0 cm /I Do"
    return text_pdf([], content=content, resources="/XObject<</I 6 0 R>>", more=(picture,))


def drawing_bomb() -> bytes:
    """Each form draws the next one twenty times: 20 to the power of 12 rectangles."""
    drawn = "/N Do " * 20
    begin = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    forms = [
        f"{begin}/Resources<</XObject<</N {7 + n} 0 R>>>>/Length {len(drawn)}>>"
        f"stream\n{drawn}\nendstream"
        for n in range(12)
    ]
    forms.append(f"{begin}/Length 12>>stream\n0 0 1 1 re f\nendstream")
    resources = "/XObject<</N 6 0 R>>"
    return text_pdf([], content="/N Do", resources=resources, more=tuple(forms))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"%PDF-1.7 nothing more", "cut off or damaged"),
        (lambda: text_pdf(list(RECEIPT))[:200], "cut off or damaged"),
        (locked, "locked with a password"),
        (text_pdf, "cut off or damaged"),
        (picture_bomb, "a picture in it has 60000 x 60000 pixels"),
    ],
    ids=["nothing", "cut off", "locked", "no pages", "picture bomb"],
)
def test_a_pdf_that_cannot_be_opened_says_why(make, reason: str) -> None:
    with pytest.raises(UnreadableImageError, match=reason):
        read_image(make(), PageEngine(()))


@pytest.mark.slow
def test_a_pdf_that_draws_without_end_is_stopped() -> None:
    with pytest.raises(UnreadableImageError, match=r"too long|too much memory"):
        read_image(drawing_bomb(), PageEngine(()))


@pytest.mark.slow
def test_a_pdf_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reading.extraction.pdf.MAX_CPU_S", 0)
    with pytest.raises(UnreadableImageError, match="too long"):
        read_image(text_pdf(list(RECEIPT)), PageEngine(()))


def test_a_pdf_is_not_opened_after_the_deadline() -> None:
    with pytest.raises(OcrTimeoutError):
        read_image(text_pdf(list(RECEIPT)), PageEngine(()), limit_s=0)
