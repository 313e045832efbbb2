"""Photos and archives of photos, as small as tests like them."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import cache

from PIL import Image


@cache
def photo(shade: int = 255) -> bytes:
    """A readable image; another shade (0 to 255) gives other bytes."""
    image = Image.new("L", (64, 64), shade)
    image.putpixel((0, 0), 255 - shade)
    return encoded(image, "PNG")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """`image` as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def archive(images: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP of them, in their order; the same bytes whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, data in images.items():
            packed.writestr(zipfile.ZipInfo(name), data, method)  # of 1 January 1980
    return buffer.getvalue()


def announced(data: bytes) -> dict[str, object]:
    """What a request says of an archive."""
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def numbered(count: int) -> dict[str, bytes]:
    """`count` photos under names that sort as they come; 256 of them differ."""
    return {f"{n:04d}.png": photo(n % 256) for n in range(1, count + 1)}
