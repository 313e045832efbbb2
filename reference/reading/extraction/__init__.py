"""From the bytes of a photo to a `Receipt`, in small steps that can be used one by one.

In the order in which a receipt passes through them:

1. `decode`: bytes to grey images, one a page; `pdf` opens PDFs, and takes the words of those that
   have a text. (`mending` leaves out what is damaged and not needed, `grey` takes the colours.)
2. `prepare`: finds the receipt in the image and lays it straight (`sheet`, `crop`, `upright`,
   `deskew`), then makes its print legible (`glyphs`, `fading`; both use `ink`).
3. An `OcrEngine` reads the words; `lines` groups them into lines.
4. `fields` chooses merchant, address, date, total and currency among the candidates that
   `merchant`, `address`, `dates`, `totals` and `country` find, by their `evidence` and its
   `weights`. `payment` and `items` find the rest.
5. `passes` runs another OCR pass while fields are in doubt, within the `deadline`.
6. `whole_file` makes one receipt of all pages.
7. `agreement` puts the merchant's name right, as the client's other receipts read it.

`explain` shows all of it on one page.
"""

from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngine
from reading.extraction.deadline import LIMIT_S, deadline_of
from reading.extraction.decode import UnreadableImageError
from reading.extraction.whole_file import read_file
from reading.receipt import Receipt

__all__ = ["UnreadableImageError", "read_image"]


def read_image(
    data: bytes,
    engine: OcrEngine,
    limit_s: float = LIMIT_S,
    context: ReadingContext = NO_CONTEXT,
) -> Receipt:
    """Read one receipt from the bytes of an image file or PDF, within `limit_s` CPU seconds.

    Raises:
        UnreadableImageError: The bytes are nothing that can be read.
        reading.engine.OcrTimeoutError: The time is over.
        reading.engine.OcrEngineError: The engine failed.

    """
    return read_file(data, engine, deadline_of(engine, limit_s), context).result.receipt
