"""The names of a ZIP's entries: bytes, and what their writer said or kept silent about them.

Most say nothing: `zip` and macOS write UTF-8 and don't set its flag, Windows the code page of its
country. A name is a label, so a wrong guess costs a label and no receipt. Each rule here is the
same on every version of Python: none asks tables that grow with Unicode.
"""

import re
import zlib
from collections.abc import Sequence
from itertools import islice
from unicodedata import ucd_3_2_0

_UNICODE_PATH = 0x7075
_PATH_START = 5  # behind the field's version and the CRC of the name that it stands for
_SAMPLE = 200  # names that are looked at to guess an encoding
_SAMPLE_LENGTH = 1_000  # bytes of the longest of them
_DOS = {0, 6, 10, 11, 14}  # systems of origin: DOS and Windows, under the numbers of several tools
_OF_DOS = ("cp437", "cp850", "cp932", "cp1252")
_OF_OTHERS = ("cp1252", "cp932", "cp437", "cp850")

_LOWER, _UPPER = "ß-öø-ÿœšž", "À-ÖØ-ÞŒŠŽŸ"
_LETTER = f"A-Za-z{_LOWER}{_UPPER}"
_WORD = f"[àèéóÀÈÉÓ](?![{_LETTER}])"  # a letter that is a word by itself
_SIGNS = "\xa0¡¿«»ªº·²³½¼£¥€§…\u2013\u2014\u2018\u2019\u201c\u201d"
_KANA, _HALF_WIDTH = "\u3000-\u303f\u3041-\u30ff\uff01-\uff60", "\uff61-\uff9f"
_JAPANESE = f"\u4e00-\u9fff{_KANA}{_HALF_WIDTH}"

_ODD_IN_THE_WEST = (
    (3, re.compile(f"[^ -~{_LETTER}{_SIGNS}°]")),  # frames, Greek: no letters of a western word
    (3, re.compile(f"(?<=[a-z{_LOWER}])[{_UPPER}]")),
    (3, re.compile(f"[{_LOWER}{_UPPER}]{{3}}")),
    (1, re.compile(f"[{_LOWER}](?=[A-Z])|[{_SIGNS}]|(?<![Nn0-9])°")),
    (2, re.compile(f"(?<![{_LETTER}])(?!{_WORD})[{_LOWER}{_UPPER}]+(?![{_LETTER}])")),
    (2, re.compile(f"(?<=[A-Z])[{_UPPER}](?=[a-z])")),
    (1, re.compile("[ÁÂÃÊËÌÍÎÏÐÒÓÔÕÙÚÛÝÞþðýÿ]")),  # rarer than what else the same bytes may be
)
_ODD_IN_JAPAN = (
    (3, re.compile(f"[^ -~{_JAPANESE}]")),
    (3, re.compile(f"(?<=[A-Za-z])[{_JAPANESE}](?![{_JAPANESE}])")),  # one within a western word
    (3, re.compile(f"(?<![{_JAPANESE}])[{_JAPANESE}](?=[A-Za-z])")),
    (2, re.compile(f"(?<![{_HALF_WIDTH}])[{_HALF_WIDTH}](?![{_HALF_WIDTH}])")),
)
_RARE_KANJI = b"\x98\x9f"  # where the second, rarer level of JIS begins
_UNREADABLE = 20


def extra_fields(extra: bytes) -> dict[int, bytes]:
    """The extra fields by their id. One that claims more than the rest is cut."""
    fields: dict[int, bytes] = {}
    while len(extra) >= 4:  # noqa: PLR2004 - bytes of a field's head
        stop = 4 + int.from_bytes(extra[2:4], "little")
        fields.setdefault(int.from_bytes(extra[:2], "little"), extra[4:stop])
        extra = extra[stop:]
    return fields


def decode_name(name: bytes, extra: dict[int, bytes], encodings: Sequence[str]) -> str:
    """The whole name as its sender sees it: composed (NFC), of any bytes.

    The Unicode path field counts if it belongs to this name, then UTF-8 if it is that (flagged or
    not), then the first of the encodings that can be.
    """
    field = extra.get(_UNICODE_PATH, b"")
    if field[:1] == b"\x01" and field[1:_PATH_START] == zlib.crc32(name).to_bytes(4, "little"):
        text = _decoded(field[_PATH_START:], "utf-8")
        if text:
            return _composed(text)
    texts = (_decoded(name, encoding) for encoding in ("utf-8", *encodings, "cp437"))
    return _composed(next(text for text in texts if text is not None))


def _composed(text: str) -> str:
    """Up to a NUL, where C's tools end it; NFC by the tables of Unicode 3.2, that never change."""
    return ucd_3_2_0.normalize("NFC", text.partition("\0")[0])


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def likely_encodings(names: Sequence[bytes], system: int) -> list[str]:
    """The encodings of names that are no UTF-8, the likeliest first.

    `system` is the archive's system of origin: it decides where the names leave it open. They are
    looked at together, for one program wrote them all: the encoding is the likeliest in which they
    look least odd, as words of western Europe or of Japan.
    """
    unsaid = (n for n in names if len(n) <= _SAMPLE_LENGTH and _decoded(n, "utf-8") is None)
    sample = list(islice(unsaid, _SAMPLE))
    encodings = _OF_DOS if system in _DOS else _OF_OTHERS
    return sorted(encodings, key=lambda encoding: sum(_oddness(name, encoding) for name in sample))


def _oddness(name: bytes, encoding: str) -> int:
    text = _decoded(name, encoding)
    if text is None:
        return _UNREADABLE
    if encoding != "cp932":
        return sum(weight * len(odd.findall(text)) for weight, odd in _ODD_IN_THE_WEST)
    rare = sum("\u4e00" <= c <= "\u9fff" and c.encode("cp932") >= _RARE_KANJI for c in text)
    return rare + sum(weight * len(odd.findall(text)) for weight, odd in _ODD_IN_JAPAN)
