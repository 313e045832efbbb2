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

from reading.files.kinds import HEAD_BYTES, kind_of
from reading.files.limits import MAX_ENTRIES
from reading.files.zip_names import decode_name, likely_encodings
from reading.files.zip_records import (
    ENTRY,
    UNSAID_16,
    UNSAID_32,
    BadArchiveError,
    NoArchiveError,
    Record,
    read_records,
    unreadable,
)

__all__ = [
    "MAX_DIRECTORY_BYTES",
    "ArchiveEntry",
    "BadArchiveError",
    "DirectoryEntry",
    "Fetch",
    "read_directory",
]

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
_LOCAL_NAME = 30  # bytes before a local header's name
_DOS_FOLDER = 0x10
_UNIX = {3, 19}  # systems of origin whose attributes are a Unix mode


class ArchiveEntry(Struct, frozen=True, kw_only=True):
    """Where an archive holds one image, from its central directory."""

    header_offset: Annotated[int, Meta(ge=0)]
    """The byte at which the entry's own header begins."""
    compressed_size: Annotated[int, Meta(ge=0)]
    """Bytes in the archive."""
    size: Annotated[int, Meta(ge=0)]
    """Bytes of the image."""
    method: int
    """How it is compressed: 0 not at all, 8 deflated."""
    flags: int
    """The ZIP format's, bit by bit."""
    crc32: int
    """The checksum of the image."""


class DirectoryEntry(Struct, frozen=True, kw_only=True):
    """One entry of the directory: a file, a folder or a link.

    `path` is its whole decoded name, folders before `/` whatever the tool wrote between them: a
    stranger's text, not yet made printable. If its ZIP64 field is broken nobody can say where it
    lies: `place` is then its own record in the directory, where no image is.
    """

    path: str
    is_folder: bool
    is_link: bool
    place: ArchiveEntry


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

    def has_header(self, record: Record, offset: int) -> bool:
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
            directory = _directory(archive, end)
        except BadArchiveError as error:  # a comment's bytes, perhaps
            flaw = flaw or error
        else:
            return _entries(archive, directory)
    raise flaw or _without_end(archive)


def _ends(archive: _Archive) -> Iterator[int]:
    """Where end records may stand: first those whose comment ends with the archive."""
    border = archive.size
    for length in (_BLOCK, _TRAILING):
        if length > _BLOCK and archive.tail_start:
            archive.read_tail(length)
        start, tail = archive.tail_start, archive.tail
        found = [
            (at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail), at)
            for at in (match.start() for match in re.finditer(rb"PK\x05\x06", tail))
            if start + at < border and at + _END.size <= len(tail)
        ]
        yield from (start + at for _, at in sorted(found, reverse=True))
        border = start


def _without_end(archive: _Archive) -> BadArchiveError:
    head = archive.read(0, HEAD_BYTES)
    if head.startswith(b"PK\x07\x08"):
        return _one_part()
    if head.startswith(b"PK\x03\x04"):
        return unreadable("its end is missing: it is cut off, or one part of several")
    kind = kind_of(head)
    why = f"it is {kind.with_article}" if kind else "another kind, cut off, or one part of several"
    return NoArchiveError(f"not a readable ZIP archive: no directory at its end: {why}")


def _one_part() -> BadArchiveError:
    return unreadable("it is one part of a split archive; send all in one file")


class _Directory(NamedTuple):
    """Its bytes, where they begin, and what the end record says."""

    data: bytes
    start: int
    said_start: int
    said_count: int
    disk: int


def _directory(archive: _Archive, end: int) -> _Directory:
    """The directory to which an end record leads. Raises `BadArchiveError`."""
    _, disk, _, _, count, length, offset, _ = _END.unpack(archive.read(end, _END.size))
    stop = end
    if large := _zip64_end(archive, end):
        stop, (_, _, _, _, disk_64, _, _, count_64, length_64, offset_64) = large
        disk = disk_64 if disk == UNSAID_16 else disk
        count = count_64 if count == UNSAID_16 else count
        length = length_64 if length == UNSAID_32 else length
        offset = offset_64 if offset == UNSAID_32 else offset
    if length > MAX_DIRECTORY_BYTES and length <= stop:
        raise BadArchiveError(f"its directory has {length:,} bytes; {MAX_DIRECTORY_BYTES:,} fit")
    for start in (stop - length, offset):  # whatever else stands between it and its end
        data = archive.read(start, length) if length <= stop else b""
        if data.startswith(ENTRY) or end == length == 0:
            return _Directory(data, start, offset, count, disk)
    if 0 < disk < UNSAID_16:
        raise _one_part()
    raise unreadable("its directory is not where its end says, or damaged")


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


def _entries(archive: _Archive, directory: _Directory) -> list[DirectoryEntry]:
    data, start, said_start, count, disk = directory
    try:
        records = read_records(data, start, count)
    except BadArchiveError:
        if disk:
            raise _one_part() from None
        raise
    if not records:
        return []
    if disk and any(record.disk != disk for record in records):
        raise _one_part()
    offsets = _offsets(archive, records, start - said_start)
    encodings = likely_encodings([record.name for record in records], records[0].system)
    return [
        _entry(record, decode_name(record.name, record.extra, encodings), offset)
        for record, offset in zip(records, offsets, strict=True)
    ]


def _offsets(archive: _Archive, records: list[Record], shift: int) -> list[int]:
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
            raise unreadable("its beginning is missing: it is cut off, or one part of several")
    if shift and archive.read(0, 4) == b"PK\x03\x04":
        raise unreadable("it holds another archive, and what is before that has no directory")
    if archive.size > 2**32 > max(offsets) and not archive.has_header(last, last.offset + shift):

        def is_wrapped(index: int) -> bool:
            return archive.has_header(records[index], offsets[index] + 2**32)

        if is_wrapped(len(records) - 1):
            border = bisect_left(range(len(records)), x=True, key=is_wrapped)
            return offsets[:border] + [offset + 2**32 for offset in offsets[border:]]
    return [offset + shift for offset in offsets]


def _entry(record: Record, name: str, offset: int) -> DirectoryEntry:
    path = name.replace("\\", "/")
    mode = record.attributes >> 16 if record.system in _UNIX else 0
    is_marked = path.endswith("/") or record.attributes & _DOS_FOLDER or stat.S_ISDIR(mode)
    return DirectoryEntry(
        path=path,
        is_folder=record.name.endswith(b"/") or (bool(is_marked) and not record.size),
        is_link=stat.S_ISLNK(mode),
        place=ArchiveEntry(
            header_offset=record.at if record.is_lost else offset,
            compressed_size=0 if record.is_lost else record.compressed_size,
            size=0 if record.is_lost else record.size,
            method=record.method,
            flags=record.flags,
            crc32=record.crc32,
        ),
    )
