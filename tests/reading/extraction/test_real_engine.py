"""The whole way with the real Tesseract, on photos that people really send.

They are drawn: this proves that the path holds, not how well real receipts are read.
"""

import io
from decimal import Decimal

import pytest
from PIL import Image, ImageDraw, ImageFont

from lab.run.photos import render
from reading.engines.tesseract import TesseractEngine
from reading.extraction import read_image
from reading.extraction.decode import decode

DRAWN = render(3)
PHOTO = decode(DRAWN.image)
ENGINE = TesseractEngine()


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "photo",
    [
        DRAWN.image,
        encoded(PHOTO.transpose(Image.Transpose.ROTATE_180)),
        encoded(PHOTO.transpose(Image.Transpose.ROTATE_90)),
        encoded(PHOTO.convert("CMYK"), "TIFF"),
    ],
    ids=["as taken", "upside down", "sideways", "for the press"],
)
@pytest.mark.slow
def test_a_photo_is_read_however_it_was_held(photo: bytes) -> None:
    receipt = read_image(photo, ENGINE)
    assert receipt.total == DRAWN.truth.total
    assert receipt.date == DRAWN.truth.date


@pytest.mark.slow
def test_a_receipt_eight_times_as_long_as_wide_is_read_to_its_end() -> None:
    font = ImageFont.load_default(26)
    image = Image.new("L", (480, 3840), 255)
    items = [f"{number + 10} TEA            1.00" for number in range(80)]
    lines = [
        "CORNER BAKERY LTD",
        "12 High Street",
        "Date 23/09/2025",
        *items,
        "TOTAL EUR     80.00",
    ]
    for row, line in enumerate(lines):
        ImageDraw.Draw(image).text((40, 60 + row * 44), line, fill=20, font=font)
    receipt = read_image(encoded(image), ENGINE)
    assert receipt.total == Decimal("80.00")
    assert len(receipt.line_items) > 70


@pytest.mark.parametrize(
    "image",
    [Image.new("L", (900, 1400), 250), Image.new("L", (900, 1400), 2), Image.linear_gradient("L")],
    ids=["blank", "black", "no receipt"],
)
@pytest.mark.slow
def test_a_photo_without_a_receipt_is_left_to_a_person(image: Image.Image) -> None:
    receipt = read_image(encoded(image), ENGINE)
    assert receipt.needs_review
    assert receipt.total is None
