"""The name of a ZIP's entry: bytes, and what its writer said or kept silent about them."""

from unicodedata import ucd_3_2_0

_IS_UTF8 = 0x800
_UNICODE_PATH = 0x7075


def extra_fields(extra: bytes) -> dict[int, bytes]:
    """The extra fields by their id. One that is longer than the rest is cut, and the last."""
    fields: dict[int, bytes] = {}
    while len(extra) >= 4:  # noqa: PLR2004 - bytes of a field's head
        stop = 4 + int.from_bytes(extra[2:4], "little")
        fields.setdefault(int.from_bytes(extra[:2], "little"), extra[4:stop])
        extra = extra[stop:]
    return fields


def decode_name(name: bytes, flags: int, system: int, extra: dict[int, bytes]) -> str:
    """The whole name as its sender sees it; of any bytes."""
    if name.isascii():
        text = name.decode("ascii")
    else:
        text = name.decode("utf-8", errors="replace")
    return ucd_3_2_0.normalize("NFC", text.partition("\0")[0])
