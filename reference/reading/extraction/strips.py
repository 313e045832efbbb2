"""Long strips: rolls of a hundred lines, screenshots of a whole page, read part by part.

An engine has a longest side (Tesseract 32,767 pixels), or makes a longer image smaller (RapidOCR).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace
from PIL import Image

from reading.engine import Word
from reading.extraction.ink import ink

LONGEST_PART = 4000
"""Pixels of a part from top to bottom: some hundred lines. What is shorter is read as a whole."""

OVERLAP = 400
"""Pixels that two parts share, some ten lines, so that a line that slopes lies whole in one."""


def densest(image: Image.Image, length: int) -> Image.Image:
    """The part of the longer side, `length` pixels long, that holds the most print."""
    longer = max(image.size)
    if longer <= length:
        return image
    print_ = ink(image.reduce(max(1, min(image.size) // 250)))
    down = image.height > image.width
    cells = max(8, round(8 * longer / length))  # eight to a part
    profile = print_.resize((1, cells) if down else (cells, 1), Image.Resampling.BOX).tobytes()
    first = max(range(cells - 7), key=lambda i: sum(profile[i : i + 8]))
    start = min(longer - length, round(first * longer / cells))
    box = (0, start, image.width, start + length)
    return image.crop(box if down else (start, 0, start + length, image.height))


def read_in_parts(
    image: Image.Image, read_part: Callable[[Image.Image], Sequence[Word]]
) -> list[Word]:
    """Read an image of any length with an engine that reads `LONGEST_PART` pixels of it.

    `read_part` is called from top to bottom. Of what two parts share, each word is taken from the
    part in which it lies further from the cut.
    """
    if image.height <= LONGEST_PART:
        return list(read_part(image))
    words: list[Word] = []
    seams = list(_seams(image))
    for top, bottom in pairwise((0, *seams, image.height)):
        start = max(0, top - OVERLAP // 2)
        end = min(image.height, bottom + OVERLAP // 2)
        for word in read_part(image.crop((0, start, image.width, end))):
            shifted = replace(word, top=word.top + start)
            if top <= _middle(shifted) < bottom and not _is_double(shifted, top, words):
                words.append(shifted)
    return words


def _seams(image: Image.Image) -> Iterator[int]:
    """The rows at which one part ends and the next begins: the emptiest within the overlap."""
    rows = ink(image.reduce((4, 1))).resize((1, image.height), Image.Resampling.BOX).tobytes()
    top = 0
    while image.height - top > LONGEST_PART - OVERLAP:
        last = top + LONGEST_PART - OVERLAP
        reach = range(last - OVERLAP, last)
        # Of equally empty rows the middle one of the first gap would do; the last is as good.
        top = min(reach, key=lambda row: (sum(rows[row - 2 : row + 3]), -row))
        yield top


def _middle(word: Word) -> float:
    return word.top + word.height / 2


def _is_double(word: Word, seam: int, words: Sequence[Word]) -> bool:
    """Whether a word at the seam was read in the part above already."""
    if word.top > seam:
        return False
    return any(
        abs(_middle(one) - _middle(word)) < word.height / 2
        and min(one.left + one.width, word.left + word.width) - max(one.left, word.left)
        > min(one.width, word.width) / 2
        for one in words
    )
