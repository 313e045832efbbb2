"""Text from strangers, made safe to store, to print and to show."""

import re
from unicodedata import ucd_3_2_0

REPLACEMENT = "\ufffd"

_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_MARKS = "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # of byte order, annotations, languages
_FLAG = "\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f"  # Scotland's emoji is written in tags
_REFUSED = re.compile(f"({_FLAG})|[{_CONTROLS}{_DIRECTIONS}{_NO_CHARACTERS}{_MARKS}]")

_JOINERS = "\u200c\u200d"
_MODIFIERS = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
_LONGEST_CLUSTER = 16  # characters of one emoji, or of a letter and its marks


def printable(text: str) -> str:
    """Replace each character that acts on what is around it or stands for none by U+FFFD.

    Those are control characters, direction marks, ends of lines, surrogates, noncharacters and
    tags. Every script's spaces and joiners stay, and so does what Unicode may assign one day: the
    answer is the same on every version of Python.

    Replacing shows that something stood there, and where; deleting would make the text equal to one
    that never had it. (Two texts that differ only in such characters do become equal.) The reasons:
    PostgreSQL refuses NUL and SQS refuses U+FFFE, a terminal obeys escape sequences, and a
    right-to-left mark makes `…gpj.exe` look like `…exe.jpg`.
    """
    return _REFUSED.sub(lambda refused: refused[1] or REPLACEMENT, text)


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters of it; no mark is cut from its letter, no emoji taken apart."""
    if len(text) <= limit:
        return text
    ends = range(limit, max(0, limit - _LONGEST_CLUSTER), -1)
    return text[: next((end for end in ends if not _is_within(text, end)), limit)]


def _is_within(text: str, at: int) -> bool:
    """Whether the character there belongs to the one before."""
    next_one = text[at]
    is_mark = ucd_3_2_0.category(next_one).startswith("M") or _MODIFIERS.match(next_one)
    return bool(is_mark) or next_one in _JOINERS or text[at - 1] in _JOINERS
