"""Images that are wrong or odd: rejected with a reason or read, and the rest is stored."""

import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from helpers.bad_input_table import RecordAnswer
from helpers.event_loop import EventLoop
from helpers.fakes_reading import words
from helpers.photos import encoded, photo
from lab.prove.files.mutations import text_pdf
from reading.engine import Word

pytestmark = pytest.mark.slow

RECEIPT = ["CORNER CAFE", "Date 14/03/2025", "TOTAL EUR 12.50"]
PAPER = Image.new("RGB", (200, 300), "white")
PAPER.paste("black", (20, 20, 60, 40))


def bomb() -> bytes:
    """A PNG of 60,000 x 60,000 pixels, as its header has it."""
    small = encoded(Image.new("1", (64, 64)), "PNG")
    header = small[12:16] + (60_000).to_bytes(4) * 2 + small[24:29]
    return small[:12] + header + zlib.crc32(header).to_bytes(4) + small[33:]


def heic() -> bytes:
    return encoded(PAPER, "HEIF")


BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("zero bytes", lambda: b"", "empty"),
    ("a PDF that is cut off", lambda: text_pdf(RECEIPT)[:200], "cut off"),
    ("a text called .png", lambda: b"TOTAL 12.50", "not an image"),
    ("an SVG", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
    ("PostScript, which would start a program", lambda: encoded(PAPER, "EPS"), "not an image"),
    ("a JPEG without most of its rows", lambda: encoded(PAPER, "JPEG")[:800], "cut off"),
    ("a truncated PNG", lambda: encoded(PAPER, "PNG")[:70], "cut off"),
    ("a truncated HEIC", lambda: heic()[: len(heic()) // 2], "cut off"),
    ("a decompression bomb: 3,600 megapixels in a few bytes", bomb, "megapixels"),
    (
        "100 megapixels, all white",
        lambda: encoded(Image.new("1", (10_000, 10_000), 1), "PNG"),
        "megapixels",
    ),
    ("one pixel", lambda: encoded(Image.new("L", (1, 1)), "PNG"), "too few"),
]


@pytest.mark.parametrize(("what", "make", "why"), BAD, ids=[what for what, *_ in BAD])
def test_an_image_that_cannot_be_read_is_rejected_and_the_rest_is_stored(
    event_loop: EventLoop,
    record_answer: RecordAnswer,
    what: str,
    make: Callable[[], bytes],
    why: str,
) -> None:
    batch = event_loop.send_archive({"bad.png": make(), "good.png": photo()})
    event_loop.run()
    report = batch.report()
    [reason] = report["reasons"]
    assert (reason["name"], reason["state"]) == ("bad.png", "rejected")
    assert why in reason["reason"]
    assert report["counts"]["stored"] == 1
    assert report["settled"]
    record_answer("image", what, f"receipt rejected: {reason['reason']}; the rest is stored")


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(PAPER, "JPEG", exif=exif)


def animated(kind: str) -> bytes:
    buffer = io.BytesIO()
    PAPER.save(buffer, kind, save_all=True, append_images=[PAPER.rotate(180)], duration=100)
    return buffer.getvalue()


def png_with_faulty_text() -> bytes:
    png = encoded(PAPER, "PNG")
    return png[:33] + b"\0\0\0\x03tEXta\0b\0\0\0\0" + png[33:]


ODD: list[tuple[str, Callable[[], bytes]]] = [
    ("turned by its EXIF orientation", rotated),
    ("CMYK, as from a print shop", lambda: encoded(PAPER.convert("CMYK"), "JPEG")),
    ("16 bits a pixel", lambda: encoded(Image.new("I;16", (200, 300), 60_000), "PNG")),
    ("a palette", lambda: encoded(PAPER.convert("P"), "PNG")),
    ("ink on glass: transparent", lambda: encoded(Image.new("RGBA", (200, 300)), "PNG")),
    ("an animated GIF: its first frame", lambda: animated("GIF")),
    ("an animated WebP: its first frame", lambda: animated("WEBP")),
    ("HEIC, as iPhones send it", heic),
    ("AVIF", lambda: encoded(PAPER, "AVIF")),
    ("an Exif block that is none", lambda: encoded(PAPER, "JPEG", exif=b"Exif\0\0" + bytes(40))),
    ("a JPEG without its end mark", lambda: encoded(PAPER, "JPEG")[:-2]),
    ("a PNG whose text has a wrong checksum", png_with_faulty_text),
    ("a PDF of one page, with a text", lambda: text_pdf(RECEIPT)),
    ("50 megapixels", lambda: encoded(Image.new("L", (8_165, 6_124), 255), "JPEG")),
]


@pytest.mark.parametrize(("what", "make"), ODD, ids=[what for what, _ in ODD])
def test_an_odd_image_is_read(
    event_loop: EventLoop, record_answer: RecordAnswer, what: str, make: Callable[[], bytes]
) -> None:
    batch = event_loop.send_archive({"odd": make(), "good.png": photo()})
    event_loop.run()
    report = batch.report()
    assert report["reasons"] == []
    assert report["counts"]["stored"] == 2
    record_answer("image", what, "stored")


DOUBTFUL: list[tuple[str, Callable[[], bytes]]] = [
    ("a TIFF of two pages", lambda: animated("TIFF")),
    ("a HEIC of two pictures", lambda: animated("HEIF")),
    ("a PDF of two receipts", lambda: text_pdf(RECEIPT, RECEIPT)),
    ("a JPEG that lacks its last rows", lambda: encoded(PAPER, "JPEG")[:-40]),
    ("a PNG that lacks its last rows", lambda: encoded(noise(), "PNG")[:-4_000]),
]


class SureEngine:
    """An engine that reads a plain receipt off every page."""

    name = "fake"

    def read_words(self, image: Image.Image, within_s: float) -> list[Word]:
        del image, within_s
        return words(
            *("CORNER CAFE LTD", "12 Market Street", "Leeds LS1 4AB", "Date 14/03/2025 12:41"),
            *("Coffee 3.00", "Bread 7.50", "TOTAL GBP 10.50", "CARD 10.50"),
        )


def noise() -> Image.Image:
    return Image.effect_noise((200, 300), 50)


@pytest.mark.parametrize(("what", "make"), DOUBTFUL, ids=[what for what, _ in DOUBTFUL])
def test_what_may_be_only_a_part_is_stored_for_a_person_to_check(
    event_loop: EventLoop,
    record_answer: RecordAnswer,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    make: Callable[[], bytes],
) -> None:
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: SureEngine())
    batch = event_loop.send_archive({"doubtful": make(), "good.png": photo()})
    event_loop.run()
    receipts = {one["name"]: one for one in batch.receipts()}
    assert receipts["doubtful"]["state"] == "stored"
    assert receipts["doubtful"]["needs_review"] is True
    assert receipts["good.png"]["needs_review"] is False
    record_answer("image", what, "stored, and needs review")


def test_two_equal_photos_are_both_stored_and_the_second_says_so(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    first = event_loop.send_archive(
        {"a.png": photo(), "b.png": photo(), "c.png": photo(9)}, "first"
    )
    event_loop.run()
    second = event_loop.send_archive({"a again.png": photo()}, "second")
    event_loop.run()
    assert first.report()["counts"]["stored"] == 3
    assert first.report()["duplicates"] == 1
    [again] = second.receipts()
    original, *_ = first.receipts()
    assert original["duplicate_of"] is None or first.receipts()[1]["duplicate_of"] is None
    assert again["state"] == "stored"
    assert again["duplicate_of"].startswith(first.batch_id)
    for what in ("two equal photos in a batch", "two equal photos in two batches"):
        record_answer("image", what, "both stored; the later names the first as duplicate_of")
