"""Third step: words to lines. Lines follow the slope of the paper, which may change on the way."""

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from reading.engine import Word


class Line(Struct, frozen=True, dict=True):
    """Words side by side, from left to right; all sizes in pixels of the image that was read."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def columns(self) -> str:
        """The same text, with a tab in place of each space that is too wide to be one in print."""
        text = self.words[0].text
        for one, other in pairwise(self.words):
            gap = other.left - one.left - one.width
            letter = other.width / max(2, len(other.text))
            text += ("\t" if gap > WIDEST_SPACE * letter else " ") + other.text
        return text

    @cached_property
    def left(self) -> int:
        """The left edge of the first word."""
        return self.words[0].left

    @cached_property
    def right(self) -> int:
        """The right edge of the word that reaches furthest."""
        return max(word.left + word.width for word in self.words)

    @cached_property
    def top(self) -> int:
        """The top of the highest word."""
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> int:
        """The bottom of the lowest word."""
        return max(word.top + word.height for word in self.words)

    @cached_property
    def height(self) -> int:
        """The type size: the median height of its words."""
        return sorted(word.height for word in self.words)[len(self.words) // 2]

    @cached_property
    def confidence(self) -> float:
        """The engine's mean confidence in these words, weighted by their lengths."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters

    @cached_property
    def least_confidence(self) -> float:
        """The engine's lowest confidence in one of these words; single characters don't count."""
        return min((w.confidence for w in self.words if len(w.text) > 1), default=1.0)


WIDEST_SPACE = 2.5
"""The widest space within a number, in letters: in type of one width there is air around a 1."""


def group_words(words: Sequence[Word]) -> list[Line]:
    """Group words into lines, top to bottom.

    A line is extended along the slope of its last words, and each word joins the line that passes
    nearest to it. So lines may climb, and bend on crumpled paper. Specks that an engine took for
    letters are left out.
    """
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.left):
        # Skips the lines that are too far above or below for any slope: they are most of them.
        near = (row for row in rows if _is_near(row[-1], word))
        misfits = [(_misfit(row, word), row) for row in near]
        misfit, row = min(misfits, key=lambda pair: pair[0], default=(math.inf, []))
        if misfit > MAX_MISFIT:
            rows.append([word])
        else:
            row.append(word)
    lines = [Line(tuple(row)) for row in rows]
    return sorted(
        (line for line in lines if not _is_speck(line)),
        key=lambda line: line.words[0].top + line.words[0].height / 2,
    )


MAX_CLIMB = 6
"""Word heights that a line can climb at most from one word to the next."""

MAX_MISFIT = 0.5
"""How far the centre of a word may lie from its line, in heights of the smaller of two words."""

STRETCHED = 1.5
"""A word this many times as high as its neighbour on the line has a box that is not print alone."""

STEEPEST = 0.06
"""The largest slope from word to word that is believed. Letters with and without descenders give
neighbouring words boxes of different heights, which look like a slope."""


def _is_near(last: Word, word: Word) -> bool:
    return abs(last.top - word.top) < MAX_CLIMB * max(last.height, word.height)


def _misfit(row: Sequence[Word], word: Word) -> float:
    """How far from the middle of `word` the line of `row` passes, in heights of the smaller box."""
    last = row[-1]
    if last.left + last.width - word.left > min(last.width, word.width) / 2:
        return math.inf
    slope = 0.0
    if len(row) > 1:
        before = row[max(0, len(row) - 4)]
        slope = (_middle(last) - _middle(before)) / max(1, last.left - before.left)
        slope = max(-STEEPEST, min(STEEPEST, slope))
    expected = _middle(last) + slope * (word.left - last.left)
    misses = [abs(expected - _middle(word)), abs(_middle(last) - _middle(word))]
    lower, higher = sorted((last.height, word.height))
    if STRETCHED * lower < higher:
        # A fold or a stain stretched the box up or down; its other edge lies on the line.
        misses += [abs(last.top - word.top), abs(last.top + last.height - word.top - word.height)]
    return min(misses) / lower


def _middle(word: Word) -> float:
    return word.top + word.height / 2


def _is_speck(line: Line) -> bool:
    """Whether it is dirt, a fold or a punch hole: at most two letters or digits, and doubtful."""
    letters = sum(map(str.isalnum, line.text))
    return letters == 0 or (letters <= 2 and line.confidence < 0.6)
