"""From the bytes of a photo to a `Receipt`, in small steps that can be used one by one.

In the order of a receipt's path: `decode` makes an image of bytes; `sheet`, `crop`, `upright` and
`deskew` find the receipt in it and lay it straight, `glyphs` and `fading` make it legible, all
called by `prepare`; an `OcrEngine` reads words; `lines` groups them; `fields` weighs what
`merchant`, `address`, `dates`, `totals`, `country`, `payment` and `items` find; `reading` looks
again where doubt is left.
"""

from reading.engine import OcrEngine
from reading.extraction.deadline import LIMIT_S, Deadline
from reading.extraction.decode import UnreadableImageError, decode
from reading.extraction.reading import read
from reading.receipt import Receipt

__all__ = ["UnreadableImageError", "read_image"]


def read_image(data: bytes, engine: OcrEngine, limit_s: float = LIMIT_S) -> Receipt:
    """Read one receipt off the bytes of an image file, in `limit_s` seconds.

    Raises `UnreadableImageError` for bytes that are no usable image, and what the engine raises:
    `reading.engine.OcrTimeoutError` at the limit, `reading.engine.OcrEngineError`.
    """
    deadline = Deadline(limit_s)
    return read(decode(data), engine, deadline).receipt
