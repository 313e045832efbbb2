"""The real Tesseract reads large print, and is stopped at its time limit."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from reading.engine import OcrTimeoutError
from reading.engines.tesseract import TesseractEngine


def page(text: str) -> Image.Image:
    image = Image.new("L", (640, 120), 255)
    ImageDraw.Draw(image).text((20, 30), text, fill=0, font=ImageFont.load_default(48))
    return image


@pytest.mark.slow
def test_printed_words_come_with_boxes_and_confidences() -> None:
    words = TesseractEngine().read_words(page("TOTAL 12.50"), within_s=30)
    assert [word.text for word in words] == ["TOTAL", "12.50"]
    first, second = words
    assert first.left + first.width < second.left
    assert 20 < first.top < 90
    assert all(0.5 < word.confidence <= 1 for word in words)


@pytest.mark.slow
def test_a_read_is_stopped_at_its_time_limit() -> None:
    with pytest.raises(OcrTimeoutError):
        TesseractEngine().read_words(page("TOTAL 12.50"), within_s=0.001)
