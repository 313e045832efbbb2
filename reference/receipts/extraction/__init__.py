"""From the bytes of a photo to a `Receipt`, in small steps that can be used one by one.

`decode` makes an image of bytes, `prepare` a picture that reads well, an `OcrEngine` the words,
`lines` the lines of them, `fields` the receipt.
"""

from msgspec.structs import replace

from receipts.extraction.decode import UnreadableImageError, decode
from receipts.extraction.fields import extract
from receipts.extraction.lines import group
from receipts.extraction.prepare import prepare
from receipts.ports import OcrEngine
from receipts.receipt import Receipt
from receipts.text import printable

__all__ = ["UnreadableImageError", "read_image"]


def read_image(data: bytes, engine: OcrEngine) -> Receipt:
    """Read one receipt off the bytes of an image file.

    Raises `UnreadableImageError` for bytes that are no usable image, and what the engine raises:
    `receipts.ports.OcrTimeoutError` at its time limit, `receipts.ports.OcrEngineError`.
    """
    picture = prepare(decode(data))
    # What an engine reads is the paper's word, and anyone can print anything on paper.
    words = [replace(word, text=printable(word.text)) for word in engine.read(picture)]
    return extract(group(words)).receipt
