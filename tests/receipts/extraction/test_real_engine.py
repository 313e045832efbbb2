"""The whole way with the real Tesseract, on photos that people really send.

They are drawn: this proves that the path holds, not how well real receipts are read.
"""

import io

import pytest
from PIL import Image

from lab.rendering import render
from receipts.adapters.tesseract import TesseractEngine
from receipts.extraction import read_image
from receipts.extraction.decode import decode

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
def test_a_photo_is_read_however_it_was_held(photo: bytes) -> None:
    receipt = read_image(photo, ENGINE)
    assert receipt.total == DRAWN.truth.total
    assert receipt.date == DRAWN.truth.date


@pytest.mark.parametrize(
    "image",
    [Image.new("L", (900, 1400), 250), Image.new("L", (900, 1400), 2), Image.linear_gradient("L")],
    ids=["blank", "black", "no receipt"],
)
def test_a_photo_without_a_receipt_is_left_to_a_person(image: Image.Image) -> None:
    receipt = read_image(encoded(image), ENGINE)
    assert receipt.needs_review
    assert receipt.total is None
