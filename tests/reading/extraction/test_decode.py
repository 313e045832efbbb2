"""Bytes become an image, or an error that says what is wrong with them."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reading.extraction.decode import UnreadableImageError, decode


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


PAPER = Image.new("L", (200, 300), 240)


def test_an_image_is_turned_as_its_exif_orientation_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways
    assert decode(encoded(PAPER, "JPEG", exif=exif)).size == (300, 200)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_grey_and_white_stays_white(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        white = Image.new(mode, (64, 64), 65535)
    else:
        white = Image.new("RGB", (64, 64), "white").convert(mode)
    image = decode(encoded(white, kind))
    assert image.mode == "L"
    assert min(image.tobytes()) >= 250


def test_what_is_transparent_is_paper() -> None:
    assert decode(encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)))).getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 no image at all", "not an image, but a PDF"),
        (b"TOTAL 12.50", "not an image, but a text file"),
        (encoded(PAPER, "JPEG")[:-500], "cut off: 71% of its rows are missing"),
        (encoded(PAPER)[:-250], "cut off"),
        (encoded(PAPER, "WEBP")[:-30], "the WebP is cut off or damaged"),
        (encoded(Image.new("L", (1, 1))), "too few"),
        (encoded(Image.new("1", (10_000, 10_000))), "megapixels"),
    ],
)
def test_bytes_that_are_no_usable_image_give_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        decode(data)
    assert reason in caught.value.reason


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    header = encoded(Image.new("1", (64, 64)))
    bomb = header[:16] + (60_000).to_bytes(4) * 2 + header[24:]
    with pytest.raises(UnreadableImageError):
        decode(bomb)


@given(st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"]))
def test_damaged_bytes_never_raise_anything_else(noise: bytes, kind: str) -> None:
    data = encoded(PAPER, kind)
    damaged = data[: len(data) // 3] + noise + data[len(data) // 2 :]
    with contextlib.suppress(UnreadableImageError):
        decode(damaged)
