"""Photos and scans as other people's programs write them are read; what is doubtful says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.drawn import plain_receipt
from reading.engines.tesseract import TesseractEngine
from reading.extraction import UnreadableImageError, read_image
from real_tools.conftest import Tool

pytestmark = pytest.mark.slow

ENGINE = TesseractEngine()

MAIL = """<h2>CORNER BAKERY LTD</h2><p>12 High Street<br>London W1A 1AA<br>VAT No GB 123 4567 82</p>
<p>Date 14/03/2025 12:04</p><table><tr><td>1 WHITE BREAD<td>3.50<tr><td>1 COFFEE BEANS<td>7.00
<tr><td>TOTAL GBP<td>10.50<tr><td>VISA<td>10.50</table>"""


@pytest.fixture
def plain(tool: Tool, tmp_path: Path) -> Path:
    """A receipt that is read without a doubt, as `plain.jpg` and `plain.png`, and `other.png`."""
    plain_receipt("10.50").save(tmp_path / "plain.png")
    plain_receipt("23.75", shop="RIVERSIDE GARAGE LTD").save(tmp_path / "other.png")
    tool("convert", "plain.png", "-quality", "92", "plain.jpg")
    (tmp_path / "mail.html").write_text(MAIL, encoding="utf-8")
    return tmp_path


def by(*arguments: str) -> Callable[[Tool], object]:
    return lambda tool: tool(*arguments)


def tagged(*tags: str) -> Callable[[Tool], object]:
    """A JPEG with metadata by exiftool."""
    return by("exiftool", "-n", "-m", *tags, "-o", "made", "plain.jpg")


def printed(tool: Tool) -> None:
    """A mailed receipt, printed into a PDF by a browser: its text is text."""
    switches = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    tool("chromium", *switches, "--print-to-pdf=made", "mail.html")


def turned(orientation: int, *way: str) -> Callable[[Tool], object]:
    """Pixels turned by ImageMagick, and the tag that says how to turn them back."""

    def make(tool: Tool) -> None:
        tool("convert", "plain.jpg", *way, "turned.jpg")
        tool("exiftool", "-n", f"-Orientation={orientation}", "-o", "made", "turned.jpg")

    return make


MAKES = {
    "JPEG, progressive": by("convert", "plain.png", "-interlace", "Plane", "jpg:made"),
    "JPEG, CMYK": by("convert", "plain.png", "-colorspace", "CMYK", "jpg:made"),
    "JPEG, the last two bytes lost": by("sh", "-c", "head -c -2 plain.jpg > made"),
    "PNG, 16 bits": by("convert", "plain.png", "-depth", "16", "png64:made"),
    "PNG, palette": by("convert", "plain.png", "-colors", "16", "png8:made"),
    "PNG, much text": by("convert", "plain.png", "-set", "comment", "x" * 100_000, "png:made"),
    "GIF": by("convert", "plain.png", "gif:made"),
    "GIF, animated": by("convert", "plain.png", "plain.png", "gif:made"),
    "BMP3": by("convert", "plain.png", "bmp3:made"),
    "WebP, lossless": by("convert", "plain.png", "-define", "webp:lossless=true", "webp:made"),
    "WebP, animated": by("img2webp", "plain.png", "plain.png", "-o", "made"),
    "TIFF, LZW": by("convert", "plain.png", "-compress", "LZW", "tiff:made"),
    "TIFF, G4 fax": by("convert", "plain.png", "-monochrome", "-compress", "Group4", "tiff:made"),
    "TIFF, JPEG inside": by("convert", "plain.png", "-compress", "JPEG", "tiff:made"),
    "HEIC": by("heif-enc", "plain.png", "-o", "made.heic"),
    "HEIC, 10 bits": by("heif-enc", "-b", "10", "plain.png", "-o", "made.heic"),
    "HEIC with a thumbnail": by("heif-enc", "-t", "200", "plain.png", "-o", "made.heic"),
    "AVIF": by("avifenc", "-s", "9", "plain.png", "made.avif"),
    "PDF of a photo": by("img2pdf", "plain.jpg", "-o", "made"),
    "PDF by Chromium": printed,
    "JPEG, XMP alone": tagged("-XMP:Orientation=6"),
    "JPEG, GPS and a comment": tagged("-GPSLatitude=1", "-Comment=till 4", "-Make=Phone"),
    "turned by the tag: 3": turned(3, "-rotate", "180"),
    "turned by the tag: 6": turned(6, "-rotate", "270"),
    "turned by the tag: 8": turned(8, "-rotate", "90"),
    "mirrored by the tag: 2": turned(2, "-flop"),
}


@pytest.mark.parametrize("make", MAKES)
def test_it_is_read(make: str, tool: Tool, plain: Path) -> None:
    MAKES[make](tool)
    [path] = plain.glob("made*")
    receipt = read_image(path.read_bytes(), ENGINE)
    assert (str(receipt.total), str(receipt.date)) == ("10.50", "2025-03-14")
    assert not receipt.needs_review


SEVERAL = {
    "TIFF of two pages": by("convert", "plain.png", "other.png", "tiff:made"),
    "PDF of two photos": by("img2pdf", "plain.png", "other.png", "-o", "made"),
}


@pytest.mark.parametrize("make", SEVERAL)
def test_two_receipts_in_one_file_are_never_one_without_a_doubt(
    make: str, tool: Tool, plain: Path
) -> None:
    SEVERAL[make](tool)
    assert read_image((plain / "made").read_bytes(), ENGINE).needs_review


def test_a_photo_that_lacks_its_lower_half_is_no_sure_receipt(tool: Tool, plain: Path) -> None:
    tool("sh", "-c", "head -c $(($(stat -c %s plain.jpg) / 2)) plain.jpg > made")
    told = ""
    try:
        needs_review = read_image((plain / "made").read_bytes(), ENGINE).needs_review
    except UnreadableImageError as error:
        needs_review, told = False, str(error)
    assert needs_review or "missing" in told or "cut off" in told
