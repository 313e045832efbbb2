"""Tells by the words whether two receipts lie on a page, side by side or one below the other."""

import difflib
from collections.abc import Sequence
from decimal import Decimal

from reading.engine import Word
from reading.extraction import lexicon
from reading.extraction.amounts import find_amounts
from reading.extraction.dates import has_date
from reading.extraction.header import LEGAL
from reading.extraction.lines import Line

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


ANOTHER_NAME = 0.6
"""Names less alike than this are those of two merchants, and no name misread."""


def are_below_each_other(lines: Sequence[Line]) -> bool:
    """Whether a merchant's name, a date and a total follow below another such three.

    A card's slip below its receipt has the same name and says the same total again.
    """
    heads = [n for n, line in enumerate(lines) if _is_name(line.text)]
    return any(
        _are_two(lines[heads[0] : second], lines[second:])
        for second in heads[1:]
        if second > heads[0] + 1
    )


def _is_name(text: str) -> bool:
    return LEGAL.search(text) is not None and not any(map(str.isdigit, text))


def _are_two(above: Sequence[Line], below: Sequence[Line]) -> bool:
    totals = [_totals(part) for part in (above, below)]
    if not all(totals) or not all(any(has_date(line.text) for line in p) for p in (above, below)):
        return False
    names = (above[0].text.upper(), below[0].text.upper())
    if difflib.SequenceMatcher(None, *names).ratio() < ANOTHER_NAME:
        return True
    return not totals[0] & _amounts(below) and not totals[1] & _amounts(above)


def _totals(lines: Sequence[Line]) -> set[Decimal]:
    named = [
        line for line in lines if "total" in (r := lexicon.roles(line.text)) and "sub" not in r
    ]
    return _amounts(named)


def _amounts(lines: Sequence[Line]) -> set[Decimal]:
    return {one.value for line in lines for one in find_amounts(line.columns)}
