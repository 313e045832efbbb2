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
        encoded(PHOTO.transpose(Image.Transpose.ROTATE_270)),
        encoded(PHOTO.convert("CMYK"), "TIFF"),
    ],
    ids=["as taken", "upside down", "sideways", "on its other side", "for the press"],
)
@pytest.mark.slow
def test_a_photo_is_read_however_it_was_held(photo: bytes) -> None:
    receipt = read_image(photo, ENGINE)
    assert receipt.total == DRAWN.truth.total
    assert receipt.date == DRAWN.truth.date


def roll(items: int, paper: int = 255, ink: int = 20) -> Image.Image:
    """A receipt of `items` lines of 1.00 each, 480 pixels wide."""
    font = ImageFont.load_default(26)
    lines = [
        "CORNER BAKERY LTD",
        "12 High Street",
        "Date 23/09/2025",
        *(f"{number + 100} TEA            1.00" for number in range(items)),
        f"TOTAL EUR     {items}.00",
    ]
    image = Image.new("L", (480, 100 + 44 * len(lines)), paper)
    for row, line in enumerate(lines):
        ImageDraw.Draw(image).text((40, 60 + row * 44), line, fill=ink, font=font)
    return image


@pytest.mark.parametrize(
    ("items", "strip"),
    [
        (80, roll(80)),
        (200, roll(200)),
        (200, roll(200).transpose(Image.Transpose.ROTATE_90)),
        (120, roll(120).rotate(2, Image.Resampling.BICUBIC, expand=True, fillcolor=255)),
        (120, roll(120, paper=20, ink=220)),
    ],
    ids=["80 items", "200 items", "200 items on its side", "slanted", "light on dark"],
)
@pytest.mark.slow
def test_a_long_receipt_is_read_to_its_end(items: int, strip: Image.Image) -> None:
    receipt = read_image(encoded(strip), ENGINE)
    assert receipt.total == Decimal(items)
    assert len(receipt.line_items) > 0.9 * items


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
