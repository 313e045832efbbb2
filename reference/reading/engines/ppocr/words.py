"""From lines of text to words, which is what the fields are found in."""

import unicodedata
from collections.abc import Iterator, Sequence

from reading.engine import Word

_UMLAUTS = set("äöüÄÖÜß")
MAX_STRAY_SHARE = 0.05
"""If no more than this share of the words has an accent, the accents are dirt: a language that has
accents uses them often."""


def split_line(text: str, box: Sequence[tuple[float, float]], confidence: float) -> Iterator[Word]:
    """Split a line into words. `box` holds the line's corners; each letter gets an equal width."""
    left, top = (min(point[i] for point in box) for i in (0, 1))
    right, bottom = (max(point[i] for point in box) for i in (0, 1))
    letter = (right - left) / max(1, len(text))
    start = 0
    for word in text.split():
        start = text.index(word, start)
        yield Word(
            text=word,
            left=round(left + start * letter),
            top=round(top),
            width=max(1, round(len(word) * letter)),
            height=max(1, round(bottom - top)),
            confidence=confidence,
        )
        start += len(word)


def without_stray_accents(words: Sequence[Word]) -> list[Word]:
    """Take the accents off if only a few of the words have one."""
    strays = sum(_has_accent(word.text) for word in words)
    if strays > MAX_STRAY_SHARE * len(words):
        return list(words)
    return [_without_accent(word) if _has_accent(word.text) else word for word in words]


def _has_accent(text: str) -> bool:
    return any(
        letter.isalpha() and not letter.isascii() and letter not in _UMLAUTS for letter in text
    )


def _without_accent(word: Word) -> Word:
    plain = "".join(
        letter if letter in _UMLAUTS else unicodedata.normalize("NFD", letter)[0]
        for letter in word.text
    )
    return Word(
        text=plain,
        left=word.left,
        top=word.top,
        width=word.width,
        height=word.height,
        confidence=word.confidence,
    )
