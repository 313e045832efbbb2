"""Third step: words to lines, along the paper's own slope, which may change from left to right."""

import math
from collections.abc import Sequence

from msgspec import Struct

from reading.engine import Word


class Line(Struct, frozen=True):
    """Words side by side, from left to right. All sizes in pixels of the read picture."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> int:
        """Where the first word starts."""
        return self.words[0].left

    @property
    def right(self) -> int:
        """Where the last word ends."""
        return max(word.left + word.width for word in self.words)

    @property
    def top(self) -> int:
        """The highest word's top."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> int:
        """The lowest word's bottom."""
        return max(word.top + word.height for word in self.words)

    @property
    def height(self) -> int:
        """The type size: the median height of its words."""
        return sorted(word.height for word in self.words)[len(self.words) // 2]

    @property
    def confidence(self) -> float:
        """The engine's confidence in these words, weighed by their lengths."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters

    @property
    def least_confidence(self) -> float:
        """The engine's confidence in the word that it doubts most; a sign alone is no word."""
        return min((w.confidence for w in self.words if len(w.text) > 1), default=1.0)


def group(words: Sequence[Word]) -> list[Line]:
    """Group words into lines, top to bottom.

    Each word continues the line that would pass nearest to it, if its last words' slope went on;
    so a line may climb or bend on crumpled paper. Specks that engines took for letters are left
    out.
    """
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.left):
        # Most rows are far above or below: what a slope can bridge costs a comparison.
        near = (row for row in rows if _is_near(row[-1], word))
        misfits = [(_misfit(row, word), row) for row in near]
        misfit, row = min(misfits, key=lambda pair: pair[0], default=(math.inf, []))
        if misfit > MOST_MISFIT:
            rows.append([word])
        else:
            row.append(word)
    lines = [Line(tuple(row)) for row in rows]
    return sorted(
        (line for line in lines if not _is_speck(line)),
        key=lambda line: line.words[0].top + line.words[0].height / 2,
    )


FARTHEST = 6
"""Heights. From one word of a line to the next, no slope that is trusted climbs more."""

MOST_MISFIT = 0.5
"""A word continues a line if their centres differ by less than half the height of the smaller."""

STRETCHED = 1.5
"""Times as high as its neighbour, a word of the same line is not all print."""

STEEPEST = 0.06
"""A line's slope from word to word is trusted up to this; letters without descenders mislead."""


def _is_near(last: Word, word: Word) -> bool:
    return abs(last.top - word.top) < FARTHEST * max(last.height, word.height)


def _misfit(row: Sequence[Word], word: Word) -> float:
    """How far from the middle of `word` the line of `row` would pass, in type heights."""
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
        # A fold or a stain stretched the box up or down; its other edge is where the line is.
        misses += [abs(last.top - word.top), abs(last.top + last.height - word.top - word.height)]
    return min(misses) / lower


def _middle(word: Word) -> float:
    return word.top + word.height / 2


def _is_speck(line: Line) -> bool:
    """One or two signs without a neighbour, and doubtful: dirt, folds, punch holes."""
    signs = sum(map(str.isalnum, line.text))
    return signs == 0 or (signs <= 2 and line.confidence < 0.6)
