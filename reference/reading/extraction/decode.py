"""First step: from bytes to an upright grey image, or to an error that says what is wrong."""

import io
import warnings

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()  # HEIC, which iPhones send by default

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "GIF", "BMP")
"""The formats of cameras, scanners and screenshots. Pillow knows forty more, in which nobody
photographs a receipt, and one of them starts a program (EPS runs Ghostscript)."""

MAX_PIXELS = 80_000_000
"""An A4 page at 600 dpi has 35 megapixels, a photo by the largest phone cameras about 50. Most
formats are decoded in colour first, and at this limit that takes 240 MB."""

MIN_SIDE = 32
"""The fewest pixels of a side: two lines of the smallest type that an engine can read."""


class UnreadableImageError(ValueError):
    """The bytes are no image that can be read; `reason` says why, in words for the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(data: bytes, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Decode `data` to a grey image (mode "L"), turned as its EXIF orientation says.

    The size is read from the header and checked before any pixel is unpacked, so that a
    decompression bomb costs nothing. If there are several frames, the first one is taken.

    Raises `UnreadableImageError` if the data are empty, no image, cut off, damaged, too large
    or too small.
    """
    if not data:
        raise UnreadableImageError("the file is empty")
    try:
        with warnings.catch_warnings():
            # Pillow only warns at its own, lower limit; `max_pixels` is checked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(image, max_pixels)
        # A JPEG can be decoded in grey, and at half or a quarter of its size, for far less CPU.
        image.draft("L", _draft_size(image.size))
        image.load()
    except UnidentifiedImageError:
        raise UnreadableImageError("not an image, or of a format that is not supported") from None
    except Image.DecompressionBombError:
        raise UnreadableImageError(f"more than {max_pixels / 1e6:g} megapixels") from None
    except OSError as error:
        raise UnreadableImageError(f"the image is cut off or damaged ({error})") from None
    except (SyntaxError, ValueError, EOFError, IndexError) as error:
        # Depending on the format, Pillow raises one of these for a damaged header.
        if isinstance(error, UnreadableImageError):
            raise
        raise UnreadableImageError(f"the image is damaged ({error})") from None
    return _to_grey(ImageOps.exif_transpose(image))


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


def _to_grey(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        # 16 bits a pixel: convert("L") alone would clip at 255 and leave a white page.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "F":
        return ImageOps.autocontrast(image.convert("L"))
    if image.has_transparency_data:
        # Ink on a transparent ground: what is transparent is paper.
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("L")
    return image.convert("L")
