"""Finds the way up of a receipt that can't be read as it lies, by reading a piece of it turned.

Nothing is turned before it was read: where the print lies on its side can't be told from its
pixels, but what an engine makes of it leaves no doubt.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from PIL import Image

from reading.engine import Word
from reading.extraction import glyphs
from reading.extraction.strips import densest

LEGIBLE = 0.2
"""The share of legible letters from which on print lies upright. Measured with Tesseract: upright
0.21 to 0.71, turned 0.16 at most (51 scans and photos in four orientations)."""

CLEARLY_LEGIBLE = 0.35
"""The same where total or date was not found. RapidOCR reads up to 0.3 of print on its head, and
0.9 upright."""

CLEARER = 2.0
"""How many times as large the share must be as before, for print that isn't legible either way."""

FEWEST_LETTERS = 15
"""Fewer legible letters are two or three words, which dirt may look like."""

PIECE = 33
"""The side of the piece that is read, in heights of its type: about twenty lines."""

STRIP = 4
"""How many times as wide as tall a page is that can't be upright as a rule."""

Turn = Image.Transpose
DEGREES = {Turn.ROTATE_90: 90, Turn.ROTATE_180: 180, Turn.ROTATE_270: 270}
"""By how much each turns, counter-clockwise."""


class Legibility(Struct, frozen=True):
    """Of `letters` read, `legible` are to be trusted; less sure ones count as a part of one."""

    letters: int
    legible: float

    @property
    def share(self) -> float:
        """The share of legible letters."""
        return self.legible / max(1, self.letters)


def legibility(words: Sequence[Word]) -> Legibility:
    """How much of what was read is to be trusted.

    Only words of three letters and more are, which print on its head hardly yields, and only those
    that run from left to right: some engines read a line that runs up or down, too.
    """
    return Legibility(
        letters=sum(len(word.text) for word in words),
        legible=sum(
            len(word.text) * word.confidence**3
            for word in words
            if len(word.text) >= 3 and word.width >= word.height
        ),
    )


def look(image: Image.Image, read_piece: Callable[[Image.Image], Sequence[Word]]) -> Legibility:
    """How legible a piece is as it lies; of nothing if there is no print."""
    piece = _middle(densest(image, min(image.size)))
    return legibility(read_piece(piece) if piece else [])


def find_turn(
    image: Image.Image,
    as_it_lies: Legibility,
    read_piece: Callable[[Image.Image], Sequence[Word]],
) -> Image.Transpose | None:
    """The turn that makes an illegible `image` legible, or None if none does.

    `as_it_lies` is how legible it was. `read_piece` reads a small piece, and is called three
    times at most: lines that run up or down are tried both ways, print on its head one way.
    """
    square = densest(image, min(image.size))
    found: dict[Image.Transpose, float] = {}
    for turns in _likely_first(image):
        for turn in turns:
            if piece := _middle(square.transpose(turn)):
                seen = legibility(read_piece(piece))
                if seen.legible >= FEWEST_LETTERS and seen.share >= CLEARER * as_it_lies.share:
                    found[turn] = seen.share
        if any(share >= LEGIBLE for share in found.values()):
            break
    return max(found, key=found.__getitem__, default=None)


def _likely_first(image: Image.Image) -> Sequence[Sequence[Image.Transpose]]:
    """A receipt is taller than wide: one that lies on its side is wider than tall."""
    sides, head = (Turn.ROTATE_90, Turn.ROTATE_270), (Turn.ROTATE_180,)
    return (sides, head) if image.width > image.height else (head, sides)


def _middle(square: Image.Image) -> Image.Image | None:
    """The middle of a square, `PIECE` heights of its type wide; None if there is no print."""
    height = glyphs.height(square)
    if height is None:
        return None
    edge = max(0, (square.width - PIECE * height) // 2)
    return square.crop((edge, edge, square.width - edge, square.height - edge))
