"""The child process: loads the networks once, and reads image after image."""

import sys
from collections.abc import Callable

from PIL import Image

from reading.engine import Word
from reading.engines.child_program import serve_engine
from reading.engines.ppocr import models
from reading.engines.ppocr.detector import Detector
from reading.engines.ppocr.line_reader import read_lines
from reading.engines.ppocr.recognizer import Recognizer
from reading.engines.ppocr.words import split_line, without_stray_accents

LEAST_CONFIDENCE = 0.3
"""The mean chance of a line's letters. Doubtful text is kept: the fields weigh the doubt."""


def load(size: str, quick_size: str | None = None) -> Callable[..., list[Word]]:
    """Load the networks of a size into this process and return a function that reads an image.

    It sees the image at `scale` to find the lines; if `quick`, it reads most lines with the network
    of `quick_size`.
    """
    networks = models.NETWORKS[size]
    detector, recognizer = Detector(networks), Recognizer(networks)
    quick_one = Recognizer(models.NETWORKS[quick_size]) if quick_size else None

    def read_words(image: Image.Image, scale: float, quick: float) -> list[Word]:
        boxes = detector.find_lines(image, scale)
        words = [
            word
            for line in read_lines(image, boxes, recognizer, quick_one if quick else None)
            if line.confidence >= LEAST_CONFIDENCE
            for word in split_line(line.text, line.box.corners(), line.confidence)
        ]
        return without_stray_accents(words)

    return read_words


if __name__ == "__main__":
    serve_engine(lambda: load(*sys.argv[1:]))
