"""PaddleOCR's smallest networks: under half of Tesseract's CPU, and more right than Tesseract.

Its names and addresses are less right than those of `ppocr`, whose code it is, with other networks.
"""

from reading.engines.ppocr.engine import Look, PpOcrEngine

LOOKS = (Look(1.0),)
"""One pass has to do: what these networks can't read at first sight the larger ones read better.
The one that finds lines needs larger type than that of `ppocr`."""


class TinyPpOcrEngine(PpOcrEngine):
    """Reads words with the smallest of the PP-OCRv6 networks; see `PpOcrEngine`."""

    name = "ppocr_tiny"

    def __init__(self) -> None:
        super().__init__(LOOKS, ("tiny",))
