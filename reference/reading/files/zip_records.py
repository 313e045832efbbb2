"""The records of a ZIP's directory: 46 bytes an entry, its name, its extra fields, its comment."""

import struct
from typing import NamedTuple

from reading.files.zip_names import extra_fields

ENTRY = b"PK\x01\x02"
"""What each record begins with."""
UNSAID_16, UNSAID_32 = 0xFFFF, 0xFFFFFFFF
"""Numbers that say: look into the ZIP64 field, or record."""

_FIELDS = struct.Struct("<4s2B5H3L5H2L")
_ZIP64 = 0x0001


class BadArchiveError(ValueError):
    """The archive, or one entry of it, can't be read; its text is for the sender."""


class NoArchiveError(BadArchiveError):
    """Nothing in the file tells that it is a ZIP."""


def unreadable(why: str) -> BadArchiveError:
    """The error for an archive that has no whole directory."""
    return BadArchiveError(f"not a readable ZIP archive: {why}")


class Record(NamedTuple):
    """An entry as it stands in the directory; it `is_lost` if its ZIP64 field is broken.

    `at` is the record's own place in the archive, `offset` what it says of its local header's.
    """

    system: int
    flags: int
    method: int
    crc32: int
    compressed_size: int
    size: int
    disk: int
    attributes: int
    offset: int
    name: bytes
    extra: dict[int, bytes]
    at: int
    is_lost: bool


def read_records(data: bytes, start: int, count: int) -> list[Record]:
    """All entries of the directory, which begins at `start` of the archive.

    Where lengths don't lead to the next entry (or a digital signature follows the last) it is
    searched for; that all were found, `count` says (which wraps at 65,536).
    """
    found: list[Record] = []
    at, is_mended = 0, False
    while len(data) - at >= _FIELDS.size and data.startswith(ENTRY, at):
        fields = _FIELDS.unpack_from(data, at)
        name_length, extra_length, comment_length = fields[11:14]
        extra_start = at + _FIELDS.size + name_length
        stop = extra_start + extra_length + comment_length
        if stop != len(data) and not data.startswith(ENTRY, stop):
            stop = data.find(ENTRY, at + _FIELDS.size)
            stop, is_mended = stop if stop > 0 else len(data), True
        name = data[at + _FIELDS.size : min(extra_start, stop)]
        found.append(
            _record(
                fields, start + at, name, data[extra_start : min(extra_start + extra_length, stop)]
            )
        )
        at = stop
    if at != len(data) or ((is_mended or not found) and (len(found) - count) % 2**16):
        raise unreadable(f"its directory is damaged behind entry {len(found):,} of {count:,}")
    return found


def _record(fields: tuple[int, ...], at: int, name: bytes, raw_extra: bytes) -> Record:
    _, _, system, _, flags, method, _, _, crc32, compressed, size, *_ = fields
    disk, _, attributes, offset = fields[14:]
    extra = extra_fields(raw_extra)
    large = extra.get(_ZIP64, b"")
    sizes = [size, compressed, offset]
    for index, value in enumerate(sizes):
        if value == UNSAID_32 and len(large) >= 8:  # noqa: PLR2004 - bytes of a large number
            sizes[index], large = int.from_bytes(large[:8], "little"), large[8:]
    if disk == UNSAID_16 and len(large) >= 4:  # noqa: PLR2004
        disk = int.from_bytes(large[:4], "little")
    size, compressed, offset = sizes
    return Record(
        system,
        flags,
        method,
        crc32,
        compressed,
        size,
        disk,
        attributes,
        offset,
        name,
        extra,
        at,
        is_lost=UNSAID_32 in sizes,
    )
