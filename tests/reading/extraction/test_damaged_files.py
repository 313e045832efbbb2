"""What is readable is read: metadata costs nothing, and what lacks rows is in doubt."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops, ImageDraw, PngImagePlugin

from reading.extraction.decode import (
    CUT_OFF,
    MAX_PAGES,
    Page,
    UnreadableImageError,
    decode,
    pictures,
)
from reading.extraction.mending import MOST_SCANS

PRINT = Image.new("RGB", (400, 600), "white")
for row in range(20):
    ImageDraw.Draw(PRINT).text((20 + row, 20 + 28 * row), f"item {row} {row * 7}.50", "black")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.copy().save(buffer, kind, **options)
    return buffer.getvalue()


def only_page(data: bytes) -> Page:
    [page] = pictures(data)
    assert isinstance(page, Page), page
    return page


def turned(degrees_as: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = degrees_as
    return exif.tobytes()


# --- Metadata -----------------------------------------------------------------------------------

GARBAGE = [b"Exif\0\0" + bytes(40), b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0no TIFF at all"]


@pytest.mark.parametrize("exif", GARBAGE, ids=["zeros", "beyond its end", "text"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_faulty_exif_block_costs_nothing(kind: str, exif: bytes) -> None:
    page = only_page(encoded(PRINT, kind, exif=exif))
    assert (page.image.size, page.trust) == (PRINT.size, 1.0)


def test_a_faulty_exif_block_of_an_avif_costs_nothing() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    data = encoded(PRINT, "AVIF", exif=exif)
    at = data.rindex(b"MM\0*") if b"MM\0*" in data else data.rindex(b"II*\0")
    page = only_page(data[:at] + bytes(4) + data[at + 4 :])
    assert (page.image.size, page.trust) == (PRINT.size, 1.0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_the_orientation_is_taken_once_from_every_container(kind: str) -> None:
    sideways = PRINT.transpose(Image.Transpose.ROTATE_90)
    options = {"tiffinfo": {0x0112: 6}} if kind == "TIFF" else {"exif": turned(6)}
    image = decode(encoded(sideways, kind, **options))
    assert image.size == PRINT.size
    assert near(image, PRINT)


def near(one: Image.Image, other: Image.Image) -> bool:
    small = [image.convert("L").resize((20, 30)) for image in (one, other)]
    return not any(ImageChops.difference(*small).histogram()[40:])


def test_a_heic_that_its_library_turned_is_not_turned_again() -> None:
    sideways = PRINT.transpose(Image.Transpose.ROTATE_90)
    assert near(decode(encoded(sideways, "HEIF", exif=turned(6))), PRINT)


@pytest.mark.parametrize("wrong", [b"2.5", (6, 6), 6.0])
def test_an_orientation_of_another_type_is_taken_if_it_tells_one(wrong: object) -> None:
    if isinstance(wrong, bytes):  # ASCII that is no number
        entry = struct.pack(">HHI4s", 0x0112, 2, 4, b"2.5\0")
        size = PRINT.size
    elif isinstance(wrong, tuple):
        entry, size = struct.pack(">HHIHH", 0x0112, 3, 2, *wrong), PRINT.size[::-1]
    else:
        entry, size = struct.pack(">HHIf", 0x0112, 11, 1, wrong), PRINT.size[::-1]
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + bytes(4)
    assert only_page(encoded(PRINT, "JPEG", exif=exif)).image.size == size


def chunk(kind: bytes, body: bytes, *, right: bool = True) -> bytes:
    checksum = zlib.crc32(kind + body) ^ (not right)
    return len(body).to_bytes(4) + kind + body + checksum.to_bytes(4)


def with_chunk(png: bytes, one: bytes, *, last: bool = False) -> bytes:
    at = png.rindex(b"IEND") - 4 if last else 33
    return png[:at] + one + png[at:]


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    "one",
    [
        chunk(b"tEXt", b"Comment\0hello", right=False),
        chunk(b"zTXt", b"Comment\0\0no stream"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000))),
        chunk(b"iCCP", b"x"),
        chunk(b"gAMA", b""),
        chunk(b"acTL", b"\0"),
    ],
    ids=["checksum", "stream", "bomb", "profile", "empty", "animation"],
)
def test_a_faulty_chunk_of_a_png_costs_nothing(one: bytes, *, last: bool) -> None:
    page = only_page(with_chunk(encoded(PRINT, "PNG"), one, last=last))
    assert page.trust == 1.0
    assert near(page.image, PRINT)


def test_a_png_with_a_faulty_text_is_still_turned_by_its_exif() -> None:
    sideways = PRINT.transpose(Image.Transpose.ROTATE_90)
    png = encoded(sideways, "PNG", exif=turned(6)[6:])
    image = decode(with_chunk(png, chunk(b"tEXt", b"a\0b", right=False)))
    assert near(image, PRINT)


def test_megabytes_of_text_in_a_png_cost_nothing() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", "x" * 3_000_000, zip=True)
    assert only_page(encoded(PRINT, "PNG", pnginfo=text)).trust == 1.0


def test_a_webp_that_tells_a_wrong_size_is_whole() -> None:
    data = encoded(PRINT, "WEBP")
    assert only_page(data[:4] + b"\xff\xff\xff\x7f" + data[8:]).trust == 1.0


# --- Cut off ------------------------------------------------------------------------------------

JPEGS = {
    "baseline": encoded(PRINT, "JPEG"),
    "progressive": encoded(PRINT, "JPEG", progressive=True),
    "with restarts": encoded(PRINT, "JPEG", restart_marker_blocks=7),
    "CMYK": encoded(PRINT.convert("CMYK"), "JPEG"),
}


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("kind", JPEGS)
def test_a_jpeg_without_its_end_is_whole(kind: str, lost: int) -> None:
    page = only_page(JPEGS[kind][:-lost])
    assert (page.trust, page.note) == (1.0, "")
    assert page.image.tobytes() == decode(JPEGS[kind]).tobytes()


@pytest.mark.parametrize("rest", [b"", bytes(5_000), b"\xff" * 5_000], ids=["cut", "zeros", "ones"])
@pytest.mark.parametrize("kind", JPEGS)
def test_a_jpeg_that_breaks_off_is_in_doubt(kind: str, rest: bytes) -> None:
    data = JPEGS[kind]
    page = only_page(data[: len(data) * 4 // 5] + rest)
    assert page.trust == CUT_OFF
    assert "cut off" in page.note


@pytest.mark.parametrize("kind", ["baseline", "with restarts", "CMYK"])
def test_rows_that_a_jpeg_lacks_are_cut_away_and_the_rest_is_as_it_was(kind: str) -> None:
    data = JPEGS[kind]
    page = only_page(data[: len(data) * 4 // 5])
    height = page.image.height
    assert 0.5 * 600 < height < 600
    assert page.image.tobytes() == decode(data).crop((0, 0, 400, height)).tobytes()
    assert f"{1 - height / 600:.0%} of its rows are missing" in page.note


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_other_pictures_that_break_off_are_in_doubt_or_say_how_much_is_missing(kind: str) -> None:
    data = encoded(PRINT, kind)
    assert only_page(data[: len(data) * 9 // 10]).trust == CUT_OFF
    [error] = pictures(data[: len(data) // 3])
    assert isinstance(error, UnreadableImageError)
    assert "% of its rows are missing" in error.reason


def test_an_interlaced_gif_that_breaks_off_is_never_sure() -> None:
    data = encoded(PRINT, "GIF")
    assert only_page(data[: len(data) * 9 // 10]).trust == CUT_OFF


def test_a_jpeg_in_too_many_scans_is_refused_before_any_is_decoded() -> None:
    data = JPEGS["progressive"]
    start = data.rindex(b"\xff\xda")
    bomb = data[:start] + data[start:-2] * MOST_SCANS + data[-2:]
    with pytest.raises(UnreadableImageError, match="scans"):
        decode(bomb)


# --- Pages --------------------------------------------------------------------------------------


def several(kind: str, count: int, **options: object) -> bytes:
    others = [PRINT.rotate(180)] * (count - 1)
    return encoded(PRINT, kind, save_all=True, append_images=others, **options)


@pytest.mark.parametrize(("kind", "pages"), [("TIFF", 3), ("HEIF", 3), ("GIF", 1), ("WEBP", 1)])
def test_pages_are_pictures_of_their_own_and_frames_are_not(kind: str, pages: int) -> None:
    assert len(list(pictures(several(kind, 3)))) == pages


def test_the_second_picture_of_a_phones_photo_is_no_page() -> None:
    assert len(list(pictures(several("MPO", 2)))) == 1


def test_the_smaller_copy_in_a_tiff_is_no_page() -> None:
    data = several("TIFF", 1)
    small = encoded(PRINT, "TIFF", tiffinfo={254: 1})
    both = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(small))
    buffer = io.BytesIO()
    both[0].save(buffer, "TIFF", save_all=True, append_images=[both[1]], tiffinfo={254: 1})
    assert len(list(pictures(buffer.getvalue()))) == 1


def test_more_pages_than_are_read_are_said_to_be_left() -> None:
    *read, last = pictures(several("TIFF", MAX_PAGES + 1))
    assert len(read) == MAX_PAGES
    assert isinstance(last, UnreadableImageError)
    assert "only the first 20" in last.reason


# --- Ink ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ink", [(255, 255, 255), (255, 240, 120), (190, 190, 190)])
def test_light_ink_on_a_transparent_ground_is_seen(ink: tuple[int, int, int]) -> None:
    glass = Image.new("RGBA", (400, 200))
    ImageDraw.Draw(glass).rectangle((50, 50, 350, 90), fill=(*ink, 255))
    image = decode(encoded(glass, "PNG"))
    assert image.tobytes()[0] == 255
    assert max(image.crop((100, 60, 300, 80)).tobytes()) < 80


def test_dark_ink_and_a_receipt_that_was_cut_out_stay_as_they_are() -> None:
    glass = Image.new("RGBA", (400, 200))
    draw = ImageDraw.Draw(glass)
    draw.rectangle((100, 20, 250, 180), fill="white")
    draw.rectangle((120, 40, 230, 60), fill="black")
    image = decode(encoded(glass, "PNG"))
    assert image.getpixel((150, 100)) == 255
    assert image.getpixel((150, 50)) == 0


# --- What libraries refuse though the pixels are there ------------------------------------------


def test_blank_paper_at_the_end_of_a_jpeg_is_no_missing_row() -> None:
    sheet = Image.new("L", (648, 904), 252)
    ImageDraw.Draw(sheet).text((60, 60), "TOTAL 10.50", 0)
    whole = encoded(sheet, "JPEG", optimize=True)
    assert whole.endswith(bytes(4) + b"\xff\xd9")
    page = only_page(whole[:-2])
    assert (page.trust, page.note) == (1.0, "")
    [broken] = pictures(whole[:-800])
    assert isinstance(broken, UnreadableImageError)


def test_a_png_with_a_transparency_that_its_colours_can_t_have_is_whole() -> None:
    data = encoded(PRINT, "PNG")
    chunk = struct.pack(">L", 0) + b"tRNS" + struct.pack(">L", zlib.crc32(b"tRNS"))
    assert only_page(data[:33] + chunk + data[33:]).image.tobytes() == decode(data).tobytes()


def test_a_jpeg_whose_jfif_header_is_too_short_is_whole() -> None:
    data = encoded(PRINT, "JPEG")
    page = only_page(data[:2] + b"\xff\xe0\0\x07JFIF\0" + data[20:])
    assert page.image.tobytes() == decode(data).tobytes()


def test_a_tiff_in_lab_colours_is_read_by_its_lightness() -> None:
    image = Image.merge("LAB", (PRINT.convert("L"), *[Image.new("L", PRINT.size, 128)] * 2))
    assert only_page(encoded(image, "TIFF")).image.getextrema() == PRINT.convert("L").getextrema()
