"""First step: from bytes to upright grey images, or to an error that says what is wrong.

Whatever a library raises on the way leaves as one kind of error, with words for the sender.
"""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pillow_heif
from msgspec import Struct
from PIL import Image, ImageChops
from PIL.ImageFile import ImageFile

from reading.engine import Word
from reading.extraction import mending
from reading.extraction.grey import upright_grey
from reading.files.kinds import HEAD_BYTES, HEIC, HEIF, JPEG, TIFF, FileKind, kind_of

logger = logging.getLogger(__name__)

pillow_heif.register_heif_opener()  # HEIC, which iPhones send by default

FORMATS = {
    **{kind: kind.upper() for kind in ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF")},
    **dict.fromkeys(("HEIC", "HEIF"), "HEIF"),
}
"""What Pillow calls our kinds. It knows forty formats more, in which nobody photographs a receipt,
and one of them starts a program (EPS runs Ghostscript)."""

MAX_PIXELS = 80_000_000
"""An A4 page at 600 dpi has 35 megapixels, a photo by the largest phone cameras about 50. Most
formats are decoded in colour first, and at this limit that takes 240 MB."""

MIN_SIDE = 32
"""The fewest pixels of a side: two lines of the smallest type that an engine can read."""

MAX_PAGES = 20
"""Of a file with more pages, so many are read; a person must look at the rest."""

_SUBFILE_TYPE, _NO_PAGE = 254, 0b101  # a smaller copy, a mask

CUT_OFF = 0.4
"""The trust left if a part of the picture is missing."""

MOST_MISSING = 0.5
"""The share of its rows that a picture may lack and still be read, in doubt."""


class UnreadableImageError(ValueError):
    """The bytes are nothing that can be read; `reason` says why, in words for the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Page(Struct, frozen=True):
    """One page or picture of a file: an upright grey `image` (mode "L").

    `note` says what is wrong with it; every confidence is multiplied by `trust`. `words` are those
    of a PDF's own text, in pixels of the image; None where an engine must read them.
    """

    image: Image.Image
    note: str = ""
    trust: float = 1.0
    words: tuple[Word, ...] | None = None


def decode(data: bytes, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Decode the first picture of `data` to a grey image (mode "L"), turned as its camera says.

    Raises `UnreadableImageError` as `pictures` yields it.
    """
    first = next(pictures(data, max_pixels))
    if isinstance(first, UnreadableImageError):
        raise first
    return first.image


def pictures(data: bytes, max_pixels: int = MAX_PIXELS) -> Iterator[Page | UnreadableImageError]:
    """Decode the pictures of a file one by one: the pages of a TIFF, the main images of a HEIC.

    No pictures of their own are a thumbnail, a depth map, an Ultra HDR photo's second image, and
    what comes after an animation's first frame. The size is read from the header and checked before
    any pixel is unpacked, so that a decompression bomb costs nothing.

    Yields an error in the place of a picture that is cut off, damaged, too large or too small, and
    one for the pages after `MAX_PAGES`. What is empty or holds no picture is an error alone.
    """
    kind = kind_of(data[:HEAD_BYTES])
    if kind is None or kind.name not in FORMATS:
        yield UnreadableImageError(_no_picture(data, kind))
        return
    with _quiet():
        numbers = _page_numbers(data, kind)
    for number in numbers[:MAX_PAGES]:
        try:
            with _quiet():
                page = _picture(data, kind, number, max_pixels)
        except UnreadableImageError as error:
            yield error
        except Image.DecompressionBombError:
            yield UnreadableImageError(f"more than {max_pixels / 1e6:g} megapixels")
        except Exception as error:  # noqa: BLE001  which one depends on library and damage
            logger.info("a %s could not be decoded: %s", kind.name, type(error).__name__)
            yield UnreadableImageError(f"the {kind.name} is cut off or damaged")
        else:
            yield page
    if len(numbers) > MAX_PAGES:
        yield UnreadableImageError(f"only the first {MAX_PAGES} pages were read")


def _no_picture(data: bytes, kind: FileKind | None) -> str:
    if not data:
        return "the file is empty"
    if kind is None:
        return "not an image, or of a format that is not supported"
    return f"not an image, but {kind.with_article}"


def _quiet() -> AbstractContextManager[object]:
    """Pillow warns of odd metadata, and of more pixels than at a limit lower than ours."""
    return warnings.catch_warnings(action="ignore")


def _page_numbers(data: bytes, kind: FileKind) -> list[int]:
    """Which of the file's pictures are pages; a TIFF's others are thumbnails and masks."""
    numbers: list[int] = []
    if kind not in {TIFF, HEIC, HEIF}:
        return [0]
    number = 0
    try:
        image = Image.open(io.BytesIO(data), formats=(FORMATS[kind.name],))
        while len(numbers) <= MAX_PAGES and number < 10 * MAX_PAGES:
            image.seek(number)
            if not getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0) & _NO_PAGE:
                numbers.append(number)
            number += 1
    except EOFError:
        return numbers or [0]
    except Exception:  # noqa: BLE001  reading this page says what is wrong with it
        numbers.append(number)
    return numbers


def _picture(data: bytes, kind: FileKind, number: int, max_pixels: int) -> Page:
    """The picture of this number, from 0: whole, or without the rows that are missing."""
    try:
        image = _open(data, kind, number, max_pixels)
        turn = _take_orientation(image, data, kind)
        image.load()
        return Page(upright_grey(image, turn))
    except (UnreadableImageError, Image.DecompressionBombError):
        raise
    except Exception:  # noqa: BLE001  the metadata may be all that is wrong
        slim = mending.without_metadata(data, kind) or data
    image = _open(slim, kind, number, max_pixels)
    turn = _take_orientation(image, data, kind)
    part = (_part_of_jpeg if kind is JPEG else _part)(image, slim, max_pixels)
    if part.missing > MOST_MISSING:
        share = f"{part.missing:.0%} of its rows are missing"
        raise UnreadableImageError(f"the {kind.name} is cut off: {share}")
    return Page(upright_grey(part.image, turn), part.note, CUT_OFF if part.note else 1.0)


def _open(data: bytes, kind: FileKind, number: int, max_pixels: int) -> ImageFile:
    """The picture of this number before its pixels are unpacked."""
    if kind is JPEG and mending.scans(data) > mending.MOST_SCANS:
        raise UnreadableImageError(f"a JPEG in more than {mending.MOST_SCANS} scans")
    image = Image.open(io.BytesIO(data), formats=(FORMATS[kind.name],))
    if kind in {TIFF, HEIC, HEIF}:  # a HEIC opens at its main picture, which may be the second
        image.seek(number)
    _check_size(image, max_pixels)
    if kind is JPEG:
        # It can be decoded in grey, and at half or a quarter of its size, for far less CPU.
        image.draft("L", _draft_size(image.size))
    return image


class _Part(Struct, frozen=True):
    """What there is of a picture that breaks off; `missing` is the share of rows that isn't."""

    image: Image.Image
    missing: float = 0.0
    lacks: str = ""

    @property
    def note(self) -> str:
        lacks = f"{self.missing:.0%} of its rows are missing" if self.missing else self.lacks
        return lacks and f"the file is cut off: {lacks}"


def _part(image: ImageFile, data: bytes, max_pixels: int) -> _Part:
    """Rows that were not decoded are zero; black ones at the edge are taken for missing, too."""
    del data, max_pixels
    try:
        image.load()
    except Exception as error:
        if not image.tile and not isinstance(error, OSError):
            return _Part(image)  # its pixels were all decoded: what follows them is wrong
        image.tile = []  # what is decoded is taken as it is
        if not (box := image.getbbox(alpha_only=False)):
            raise
        rows = image.crop((0, box[1], image.width, box[3]))
        return _Part(rows, 1 - rows.height / image.height, "a part of it is missing")
    return _Part(image)


def _part_of_jpeg(image: ImageFile, data: bytes, max_pixels: int) -> _Part:
    """The same of a JPEG, where what wasn't decoded may have any colour."""
    try:
        image.load()
    except OSError:
        one, difference = _ended(mending.without_fill(data), max_pixels)
        if difference and data.endswith(b"\0"):
            whole, lacks = _ended(data, max_pixels)
            # Blank paper is coded as zeros, too: of those none could be spared.
            if not lacks and _ended(data[: -mending.PADDING], max_pixels)[1]:
                one, difference = whole, None
        if mending.is_progressive(data):
            lacks_detail = difference or mending.lacks_scans(data)
            return _Part(one, lacks="its fine detail is missing" if lacks_detail else "")
        bottom = difference[1] if difference else one.height
        return _Part(one.crop((0, 0, one.width, bottom)), 1 - bottom / one.height)
    return _Part(image)


def _ended(data: bytes, max_pixels: int) -> tuple[Image.Image, tuple[int, int, int, int] | None]:
    """A JPEG with an end, and the box of what two different ends show differently."""
    one, other = (_open(end, JPEG, 0, max_pixels) for end in mending.with_ends(data))
    return one, ImageChops.difference(one, other).getbbox()


def _take_orientation(image: ImageFile, data: bytes, kind: FileKind) -> int:
    """How the camera was held, as EXIF numbers it from 1; 1 where that can't be read.

    The libraries turn the pictures of a HEIC and of a TIFF themselves.
    """
    if kind in {HEIC, HEIF, TIFF}:
        return 1
    try:
        return mending.as_orientation(image.getexif()[mending.ORIENTATION])
    except Exception:  # noqa: BLE001  metadata is no reason to lose a picture
        return mending.orientation(data)


def _check_size(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise UnreadableImageError(
            f"{width} x {height} pixels are more than {max_pixels / 1e6:g} megapixels"
        )
    if min(width, height) < MIN_SIDE:
        raise UnreadableImageError(
            f"{width} x {height} pixels are too few to hold text; {MIN_SIDE} a side is the least"
        )


def _draft_size(size: tuple[int, int]) -> tuple[int, int]:
    """The smallest size that still shows an A4 page at about 300 dpi."""
    width, height = size
    factor = max(1, min(width, height) // 2000)
    return width // factor, height // factor
