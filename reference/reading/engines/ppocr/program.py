"""The child process: loads both networks once, and reads image after image."""

from collections.abc import Callable

from PIL import Image

from reading.engine import Word
from reading.engines.child_program import serve_engine
from reading.engines.ppocr.detector import Detector
from reading.engines.ppocr.recognizer import Recognizer
from reading.engines.ppocr.words import split_line, without_stray_accents

LEAST_CONFIDENCE = 0.3
"""The mean chance of a line's letters. Doubtful text is kept: the fields weigh the doubt."""


def load() -> Callable[..., list[Word]]:
    """Load the networks into this process and return a function that reads an image."""
    detector, recognizer = Detector(), Recognizer()

    def read_words(image: Image.Image, scale: float) -> list[Word]:
        words: list[Word] = []
        for box in detector.find_lines(image, scale):
            letters = recognizer.read_line(image, box)
            confidence = sum(one.chance for one in letters) / max(1, len(letters))
            if confidence >= LEAST_CONFIDENCE:
                text = "".join(one.text for one in letters)
                words += split_line(text, box.corners(), confidence)
        return without_stray_accents(words)

    return read_words


if __name__ == "__main__":
    serve_engine(load)
