"""Third step: words to lines, along the paper's own slope, which may change from left to right."""

from collections.abc import Sequence

from msgspec import Struct

from receipts.ports import Word


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


def group(words: Sequence[Word]) -> list[Line]:
    """Group words into lines, top to bottom.

    Each word continues the line whose last word lies nearest to its left at the same height. Only
    neighbours are compared, so a line may climb or bend on crumpled paper.
    """
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.left):
        row = min(rows, key=lambda row: _misfit(row[-1], word), default=None)
        if row is None or _misfit(row[-1], word) > MOST_MISFIT:
            rows.append([word])
        else:
            row.append(word)
    return sorted(
        (Line(tuple(row)) for row in rows),
        key=lambda line: line.words[0].top + line.words[0].height / 2,
    )


MOST_MISFIT = 0.5
"""Two words share a line if their centres differ by less than half the height of the smaller."""


def _misfit(left: Word, right: Word) -> float:
    """How badly `right` continues a line after `left`: the step between them in type heights."""
    step = abs((left.top + left.height / 2) - (right.top + right.height / 2))
    overlap = left.left + left.width - right.left
    if overlap > min(left.width, right.width) / 2:
        return float("inf")
    return step / min(left.height, right.height)
