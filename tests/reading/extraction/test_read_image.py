"""The whole path from bytes to a receipt, with an engine that says what the test wants."""

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal

from PIL import Image

from reading.engine import Word
from reading.extraction import read_image


class PrintedLines:
    """An engine that reads these lines, whatever the image shows."""

    name = "fake"

    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        assert image.mode == "L"
        return [
            Word(text=text, left=i * 90, top=row * 30, width=80, height=20, confidence=0.95)
            for row, line in enumerate(self.lines)
            for i, text in enumerate(line.split())
        ]


def photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 600), "white").save(buffer, "JPEG")
    return buffer.getvalue()


def test_the_fields_an_expense_needs_are_read() -> None:
    engine = PrintedLines(
        "CORNER BAKERY",
        "Date: 03/09/2025 12:31",
        "Bread 3.20",
        "Coffee 2.80",
        "TOTAL EUR 6.00",
        "CASH 10.00",
        "CHANGE 4.00",
    )
    receipt = read_image(photo(), engine)
    assert receipt.merchant == "CORNER BAKERY"
    assert receipt.date == dt.date(2025, 9, 3)
    assert receipt.total == Decimal("6.00")
    assert receipt.currency == "EUR"
    assert not receipt.needs_review


def test_an_image_without_words_needs_review() -> None:
    receipt = read_image(photo(), PrintedLines())
    assert receipt.total is None
    assert receipt.needs_review
