"""Tells by the words whether two receipts lie side by side on a page, as a scanner takes them."""

from collections.abc import Sequence

from reading.engine import Word

FEWEST_WORDS = 8
"""Words of letters on each side. The right half of a single receipt holds amounts instead."""

SMALLEST_SHARE = 0.3
"""The least share of all words of letters on each side."""

GAP = 1.5
"""The narrowest gap between two receipts, in heights of their type."""


def are_side_by_side(words: Sequence[Word]) -> bool:
    """Whether a gap that no word crosses parts two columns of text."""
    certain = sorted((word for word in words if word.confidence >= 0.5), key=lambda word: word.left)
    texts = [word for word in certain if sum(map(str.isalpha, word.text)) >= 3]
    if len(texts) < 2 * FEWEST_WORDS:
        return False
    gap = GAP * sorted(word.height for word in certain)[len(certain) // 2]
    least = max(FEWEST_WORDS, SMALLEST_SHARE * len(texts))
    right, left_texts = certain[0].left, 0
    for word in certain:
        if word.left - right >= gap and least <= left_texts <= len(texts) - least:
            return True
        right = max(right, word.left + word.width)
        left_texts += sum(map(str.isalpha, word.text)) >= 3
    return False
