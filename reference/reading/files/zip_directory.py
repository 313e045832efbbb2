"""Reads the directory of a ZIP archive that lies elsewhere, from its end, by a few ranges.

By our own hand: `zipfile` gives a whole archive up for the bytes of one name, for one extra field
or one version number. Nothing that the directory says is trusted, and what it claims decides on no
allocation: the number of ranges and their size are bounded.
"""

import re
import stat
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from reading.files.limits import MAX_ENTRIES
from reading.files.zip_names import decode_name, extra_fields

Fetch = Callable[[int, int], bytes]
"""Bytes [start, stop) of the archive, fewer at its end."""

MAX_DIRECTORY_BYTES = 800 * MAX_ENTRIES
"""Size limit of the central directory: an entry takes 46 bytes, its name, and extra fields."""

_BLOCK = 64 * 1024 + 22  # the longest comment; the directory of 300 photos comes with it
_TRAILING = 1024**2  # what downloads and disks put behind an archive: zeros, a page of HTML
_TRIES = 4  # end records; a comment may hold what looks like one

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s2B5H3L5H2L")
_LOCAL_NAME = 30  # bytes before a local header's name
_SIGNED = b"PK\x05\x05"  # a digital signature may close the directory
_UNSAID_16, _UNSAID_32 = 0xFFFF, 0xFFFFFFFF  # "look into the ZIP64 field"
_ZIP64 = 0x0001
_DOS_FOLDER = 0x10
_UNIX = {3, 19}  # systems of origin whose attributes are a Unix mode


class BadArchiveError(ValueError):
    """The archive, or one entry of it, can't be read; its text is for the sender."""


class ArchiveEntry(Struct, frozen=True, kw_only=True):
    """Where an archive holds one image, from its central directory; sizes and offset in bytes."""

    header_offset: Annotated[int, Meta(ge=0)]
    compressed_size: Annotated[int, Meta(ge=0)]
    size: Annotated[int, Meta(ge=0)]
    method: int
    flags: int
    crc32: int


class DirectoryEntry(Struct, frozen=True, kw_only=True):
    """One entry of the directory: a file, a folder or a link.

    `path` is its whole decoded name, folders before `/` whatever the tool wrote between them; it
    is a stranger's text, not yet made printable. An entry `is_lost` whose ZIP64 field is broken:
    nobody can say where it lies, and its `place` leads to no image.
    """

    path: str
    is_folder: bool
    is_link: bool
    is_lost: bool
    place: ArchiveEntry


class _Record(NamedTuple):
    """An entry as it stands in the directory."""

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
    is_lost: bool


class _Archive:
    """Ranges of the archive; its tail is asked for once."""

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size = size
        self._fetch = fetch
        self.read_tail(_BLOCK)

    def read_tail(self, length: int) -> None:
        self.tail_start = max(0, self.size - length)
        self.tail = self._fetch(self.tail_start, self.size) if self.size else b""

    def read(self, start: int, length: int) -> bytes:
        stop = min(start + length, self.size)
        if not 0 <= start < stop:
            return b""
        if start >= self.tail_start:
            return self.tail[start - self.tail_start : stop - self.tail_start]
        return self._fetch(start, stop)

    def has_header(self, record: _Record, offset: int) -> bool:
        """Whether the local header of the record stands there."""
        header = self.read(offset, _LOCAL_NAME + len(record.name))
        return header.startswith(b"PK\x03\x04") and header[_LOCAL_NAME:] == record.name


def read_directory(size: int, fetch: Fetch) -> list[DirectoryEntry]:
    """All entries of an archive of `size` bytes, in its directory's order.

    Raises `BadArchiveError` where there is no whole directory. A name or an extra field that is
    broken is no reason to.
    """
    archive = _Archive(size, fetch)
    flaw: BadArchiveError | None = None
    for end in islice(_ends(archive), _TRIES):
        try:
            return _entries(archive, end)
        except BadArchiveError as error:
            flaw = flaw or error  # of the likeliest
    raise flaw or _without_end(archive)


def _ends(archive: _Archive) -> Iterator[int]:
    """Where end records may stand: first those whose comment ends with the archive."""
    for length in (_BLOCK, _TRAILING):
        if length > _BLOCK and archive.tail_start:
            archive.read_tail(length)
        tail = archive.tail
        found = [
            (at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail), at)
            for at in (match.start() for match in re.finditer(rb"PK\x05\x06", tail))
            if at + _END.size <= len(tail)
        ]
        if found:
            yield from (archive.tail_start + at for _, at in sorted(found, reverse=True))
            return


def _without_end(archive: _Archive) -> BadArchiveError:
    head = archive.read(0, 4)
    if head == b"PK\x07\x08":
        return _one_part()
    if head == b"PK\x03\x04":
        return _unreadable("it is cut off, its end is missing (or it is one part of several)")
    return _unreadable("there is no directory at its end")


def _unreadable(why: str) -> BadArchiveError:
    return BadArchiveError(f"not a readable ZIP archive: {why}")


def _one_part() -> BadArchiveError:
    return _unreadable("it is one part of a split archive; send all in one file")


def _entries(archive: _Archive, end: int) -> list[DirectoryEntry]:
    fields = _END.unpack(archive.read(end, _END.size))
    _, disk, _, _, count, length, offset, _ = fields
    stop = end
    if large := _zip64_end(archive, end):
        stop, (_, _, _, _, disk_64, _, _, count_64, length_64, offset_64) = large
        disk = disk_64 if disk == _UNSAID_16 else disk
        count = count_64 if count == _UNSAID_16 else count
        length = length_64 if length == _UNSAID_32 else length
        offset = offset_64 if offset == _UNSAID_32 else offset
    try:
        start, data = _directory(archive, stop, length, offset)
        records = _records(data, count)
        is_part = disk > 0 and any(record.disk != disk for record in records)
        offsets = [] if is_part or not records else _offsets(archive, records, start - offset)
    except BadArchiveError:
        if 0 < disk < _UNSAID_16:
            raise _one_part() from None
        raise
    if is_part:
        raise _one_part()
    return [_entry(record, at, end) for record, at in zip(records, offsets, strict=True)]


def _zip64_end(archive: _Archive, end: int) -> tuple[int, tuple[int, ...]] | None:
    """Where the ZIP64 end record stands, and its numbers."""
    locator = archive.read(end - _LOCATOR.size, _LOCATOR.size)
    if not locator.startswith(b"PK\x06\x07"):
        return None
    for at in (_LOCATOR.unpack(locator)[2], end - _LOCATOR.size - _END_64.size):
        record = archive.read(at, _END_64.size)
        if record.startswith(b"PK\x06\x06") and len(record) == _END_64.size:
            return at, _END_64.unpack(record)
    return None


def _directory(archive: _Archive, stop: int, length: int, offset: int) -> tuple[int, bytes]:
    """Where the directory begins, and its bytes: it ends at `stop`, or begins at `offset`."""
    if length > stop:
        raise _unreadable("its directory begins before the archive")
    if length > MAX_DIRECTORY_BYTES:
        raise BadArchiveError(f"its directory has {length:,} bytes; {MAX_DIRECTORY_BYTES:,} fit")
    for start in (stop - length, offset):
        data = archive.read(start, length)
        if not length or data.startswith(b"PK\x01\x02"):
            return start, data
    raise _unreadable("its directory is not where its end says, or damaged")


def _records(data: bytes, count: int) -> list[_Record]:
    """All entries of the directory.

    Where lengths don't lead to the next entry it is searched for; that all were found, `count`
    says (which wraps at 65,536).
    """
    found: list[_Record] = []
    at, is_mended = 0, False
    while len(data) - at >= _ENTRY.size and data.startswith(b"PK\x01\x02", at):
        fields = _ENTRY.unpack_from(data, at)
        name_length, extra_length, comment_length = fields[11:14]
        extra_start = at + _ENTRY.size + name_length
        stop = extra_start + extra_length + comment_length
        if stop != len(data) and not data.startswith((b"PK\x01\x02", _SIGNED), stop):
            stop = data.find(b"PK\x01\x02", at + _ENTRY.size)
            stop, is_mended = stop if stop > 0 else len(data), True
        name = data[at + _ENTRY.size : min(extra_start, stop)]
        found.append(
            _record(fields, name, data[extra_start : min(extra_start + extra_length, stop)])
        )
        at = stop
    is_whole = at == len(data) or data.startswith(_SIGNED, at)
    if not is_whole or ((is_mended or not found) and (len(found) - count) % 2**16):
        raise _unreadable(f"its directory is damaged behind entry {len(found):,} of {count:,}")
    return found


def _record(fields: tuple[int, ...], name: bytes, raw_extra: bytes) -> _Record:
    _, _, system, _, flags, method, _, _, crc32, compressed, size, *_ = fields
    disk, _, attributes, offset = fields[14:]
    extra = extra_fields(raw_extra)
    large = extra.get(_ZIP64, b"")
    sizes = [size, compressed, offset]
    for index, value in enumerate(sizes):
        if value == _UNSAID_32 and len(large) >= 8:  # noqa: PLR2004 - bytes of a large number
            sizes[index], large = int.from_bytes(large[:8], "little"), large[8:]
    if disk == _UNSAID_16 and len(large) >= 4:  # noqa: PLR2004
        disk = int.from_bytes(large[:4], "little")
    size, compressed, offset = sizes
    return _Record(
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
        is_lost=_UNSAID_32 in sizes,
    )


def _offsets(archive: _Archive, records: list[_Record], shift: int) -> list[int]:
    """Where the local headers stand.

    What stands before an archive (a program that unpacks it) shifts them, or doesn't. Writers
    without ZIP64 (macOS) let them wrap at 4 GiB: entries lie in their order, and at most one wrap
    fits into the largest archive.
    """
    offsets = [record.offset for record in records]
    first, last = records[0], records[-1]
    if shift and not archive.has_header(first, first.offset + shift):
        if archive.has_header(first, first.offset):
            shift = 0
        elif shift < 0:
            raise _unreadable("its beginning is missing: it is cut off, or one part of several")
    if shift and archive.read(0, 4) == b"PK\x03\x04":
        raise _unreadable("it holds another archive, and what is before that has no directory")
    if archive.size > 2**32 > max(offsets) and not archive.has_header(last, last.offset + shift):

        def is_wrapped(index: int) -> bool:
            return archive.has_header(records[index], offsets[index] + 2**32)

        if is_wrapped(len(records) - 1):
            border = bisect_left(range(len(records)), x=True, key=is_wrapped)
            return offsets[:border] + [offset + 2**32 for offset in offsets[border:]]
    return [offset + shift for offset in offsets]


def _entry(record: _Record, offset: int, end: int) -> DirectoryEntry:
    path = decode_name(record.name, record.flags, record.system, record.extra).replace("\\", "/")
    mode = record.attributes >> 16 if record.system in _UNIX else 0
    is_marked = path.endswith("/") or record.attributes & _DOS_FOLDER or stat.S_ISDIR(mode)
    return DirectoryEntry(
        path=path,
        is_folder=record.name.endswith(b"/") or (bool(is_marked) and not record.size),
        is_link=stat.S_ISLNK(mode),
        is_lost=record.is_lost,
        place=ArchiveEntry(
            header_offset=end if record.is_lost else offset,
            compressed_size=0 if record.is_lost else record.compressed_size,
            size=0 if record.is_lost else record.size,
            method=record.method,
            flags=record.flags,
            crc32=record.crc32,
        ),
    )
