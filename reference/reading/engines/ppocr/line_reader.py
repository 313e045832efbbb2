"""Reads an image's lines: where fields hang on a line with the larger network, else with the quick.

The quick one costs a sixth. It reads digits well and names badly, and it knows when it is in doubt.
So the larger one reads the receipt's head, which holds names and addresses, and reads again what
looks like a date and what is doubtful. Between them stand the items, which are most lines.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from PIL import Image

from reading.engines.ppocr.boxes import Box
from reading.engines.ppocr.recognizer import Letter, Recognizer

LONGEST_HEAD = 14
"""Lines that the head has at most; it ends with the first amount."""

DOUBTFUL = 0.9
"""The mean chance of the letters below which a line is read again."""

AMOUNT = re.compile(r"\d[.,]\s?\d\d(?!\d)")
DATE = re.compile(
    r"\d\s?[-/.]\s?(?:\d{1,2}|[^\W\d]{3,9})\s?[-/.]\s?\d\d|\d\s?[^\W\d]{3,9}\s?\d\d|\d{8}"
)


class ReadLine(Struct, frozen=True):
    """A line that was read."""

    box: Box
    letters: list[Letter]

    @property
    def text(self) -> str:
        """The letters."""
        return "".join(one.text for one in self.letters)

    @property
    def confidence(self) -> float:
        """The mean chance of the letters; 0 if there are none."""
        return sum(one.chance for one in self.letters) / max(1, len(self.letters))


def read_lines(
    image: Image.Image, boxes: Sequence[Box], large: Recognizer, quick: Recognizer | None
) -> Iterator[ReadLine]:
    """The lines in boxes of a grey image, in the boxes' order; all by `large` without a `quick`."""
    in_head = True
    for number, box in enumerate(boxes):
        in_head = in_head and number < LONGEST_HEAD
        first = large if in_head or quick is None else quick
        line = ReadLine(box, first.read_line(image, box))
        if first is quick and (line.confidence < DOUBTFUL or DATE.search(line.text)):
            line = ReadLine(box, large.read_line(image, box))
        in_head = in_head and not AMOUNT.search(line.text)
        yield line
