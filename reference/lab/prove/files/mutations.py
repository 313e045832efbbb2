"""Files of every kind that may hold a receipt, and damaged ones made of them, each by its seed."""

import io
import random
from collections.abc import Callable
from functools import cache

import pillow_heif
from PIL import Image, ImageDraw, PngImagePlugin

pillow_heif.register_heif_opener()

SIZE = (160, 120)
_HEADERS = 600  # bytes in which most of a file's headers lie
_NUMBERS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


@cache
def originals() -> dict[str, bytes]:
    """By name; small, so that thousands of damaged ones cost little."""
    paper = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(paper)
    for row in range(5):
        draw.text((10, 10 + 20 * row), f"TOTAL {row}2.50 EUR", "black")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8769] = 6, "Camera", {0x9003: "2025:03:14 12:41:00"}
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a text " * 50, zip=True)
    text.add_itxt("XML:com.adobe.xmp", '<x:xmpmeta tiff:Orientation="6"/>')
    made = {
        "baseline.jpg": _encoded(paper, "JPEG", exif=exif),
        "progressive.jpg": _encoded(paper, "JPEG", progressive=True, comment=b"a comment"),
        "restarts.jpg": _encoded(paper, "JPEG", restart_marker_rows=1),
        "cmyk.jpg": _encoded(paper.convert("CMYK"), "JPEG"),
        "two.mpo": _encoded(paper, "MPO", two=True),
        "rgb.png": _encoded(paper, "PNG", exif=exif, pnginfo=text),
        "palette.png": _encoded(paper.convert("P"), "PNG", transparency=0),
        "animated.gif": _encoded(paper, "GIF", two=True),
        "plain.bmp": _encoded(paper, "BMP"),
        "raw.tif": _encoded(paper, "TIFF", tiffinfo={0x0112: 6}),
        "packed.tif": _encoded(paper, "TIFF", compression="tiff_lzw", two=True),
        "fax.tif": _encoded(paper.convert("1"), "TIFF", compression="group4"),
        "lossy.webp": _encoded(paper, "WEBP", exif=exif),
        "animated.webp": _encoded(paper, "WEBP", lossless=True, two=True),
        "photo.heic": _encoded(paper, "HEIF", exif=exif),
        "photo.avif": _encoded(paper, "AVIF", exif=exif),
        "scan.pdf": _encoded(paper, "PDF", two=True),
        "text.pdf": text_pdf(["CORNER CAFE", "Date 14/03/2025", "TOTAL EUR 12.50"]),
    }
    for name in ("a.jpg", "b.heic", "c.png"):  # an Exif block that is none
        kind = {"jpg": "JPEG", "heic": "HEIF", "png": "PNG"}[name.split(".")[1]]
        made[f"faulty-{name}"] = _encoded(paper, kind, exif=b"Exif\0\0" + bytes(40))
    return made


def _encoded(image: Image.Image, kind: str, *, two: bool = False, **options: object) -> bytes:
    file = io.BytesIO()
    if two:
        options |= {"save_all": True, "append_images": [image.rotate(180)]}
    image.copy().save(file, kind, **options)  # of a copy: an encoder leaves its settings in it
    return file.getvalue()


def text_pdf(
    *pages: list[str], content: str | None = None, resources: str = "", more: tuple[str, ...] = ()
) -> bytes:
    """A PDF by hand, of A4 pages with these lines.

    `content` takes the place of the lines: a page's drawing commands. It may use `resources`, which
    name the objects of `more`; after a single page the first of these is number 6.
    """
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, lines in enumerate(pages):
        drawn = "".join(
            f"BT /F 12 Tf 60 {780 - 24 * row} Td ({line}) Tj ET\n" for row, line in enumerate(lines)
        )
        drawn = drawn if content is None else content
        page = (
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
            f"/Resources<</Font<</F 3 0 R>>{resources}>>"
            f"/Contents {5 + 2 * number} 0 R>>"
        )
        objects += [page, f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream"]
    objects += more
    file, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(file))
        file += f"{number} 0 obj{one}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer<</Root 1 0 R/Size {size}>>\nstartxref\n{len(file)}\n%%EOF\n"
    return (f"{file}xref\n0 {size}\n0000000000 65535 f \n{table}{end}").encode("cp1252")


def mutated(seed: int) -> tuple[str, bytes]:
    """The name of an original, and what is left of it."""
    chance = random.Random(seed)  # noqa: S311
    name, data = chance.choice(list(originals().items()))
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        chance.choice(_DAMAGES)(damaged, chance)
    return name, bytes(damaged)


def _place(data: bytearray, chance: random.Random) -> int:
    """Anywhere, or where the headers are."""
    most = chance.choice((len(data), min(len(data), _HEADERS)))
    return chance.randrange(most + 1)


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[min(_place(data, chance), len(data) - 1)] ^= 1 << chance.randrange(8)


def _number(data: bytearray, chance: random.Random) -> None:
    at, size = _place(data, chance), chance.choice((1, 2, 4))
    number = chance.choice(_NUMBERS) & (256**size - 1)
    data[at : at + size] = number.to_bytes(size, chance.choice(("big", "little")))


def _noise(data: bytearray, chance: random.Random) -> None:
    at, size = _place(data, chance), chance.randrange(1, 64)
    data[at : at + size] = chance.randbytes(size)


def _put_in(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    data[at:at] = chance.randbytes(chance.randrange(1, 16))


def _take_out(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.randrange(1, 64)]


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _empty(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    stop = min(len(data), at + chance.randrange(1, 2_000))
    data[at:stop] = bytes(stop - at)


def _repeat(data: bytearray, chance: random.Random) -> None:
    at, size = _place(data, chance), chance.randrange(1, 400)
    data[at:at] = data[at : at + size]


_DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(_flip, _number, _noise, _put_in, _take_out, _cut, _empty, _repeat),
)
