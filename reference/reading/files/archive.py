"""Reads a ZIP archive that lies elsewhere by the few ranges needed: its directory, then an image.

The standard library's `zipfile` reads the central directory (ZIP64 included) through a file-like
object that fetches ranges. Nothing that the directory says is trusted. A reader does not open the
archive again: what its directory said of the image came with the message.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated

from msgspec import Meta, Struct

from reading.files.left_out import LeftOut, sum_up, why_left_out
from reading.files.limits import MAX_ARCHIVE_BYTES, MAX_ENTRIES, MAX_IMAGE_BYTES, MAX_NAME
from reading.files.text import printable

Fetch = Callable[[int, int], bytes]
"""Bytes [start, stop) of the archive, fewer at its end."""

MAX_DIRECTORY_BYTES = 800 * MAX_ENTRIES
"""Size limit of the central directory: an entry takes 46 bytes, its name, and extra fields."""

MAX_UNPACKED_BYTES = 2 * MAX_ARCHIVE_BYTES
"""Size limit of all images together: photos are compressed already; only bombs unpack to more."""

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_EXTRA_ALLOWANCE = 512  # local extra fields are usually under 64 bytes; more costs a second range
_ENCRYPTED = 0x1
_DOS_FOLDER = 0x10
_BLOCK = 64 * 1024  # the directory of 300 photos comes with the first range


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


class RangedFile(io.RawIOBase):
    """A seekable file over ranges; wrapped in a `BufferedReader` it fetches whole blocks."""

    def __init__(self, size: int, fetch: Fetch) -> None:
        """`size` of the whole in bytes."""
        self._size = size
        self._fetch = fetch
        self._at = 0

    def seekable(self) -> bool:  # noqa: D102  the interface's own
        return True

    def readable(self) -> bool:  # noqa: D102
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:  # noqa: D102
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # noqa: D102
        stop = min(self._at + len(buffer), self._size)
        data = self._fetch(self._at, stop) if stop > self._at else b""
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Directory(io.BufferedReader):
    """Refuses reads larger than any honest directory: `zipfile` reads what the archive asks for."""

    def __init__(self, archive: RangedFile, size: int) -> None:
        super().__init__(archive, _BLOCK)
        self._size = size

    def read(self, size: int | None = -1) -> bytes:
        rest = self._size - self.tell()
        wanted = rest if size is None or size < 0 else min(size, rest)
        if wanted > MAX_DIRECTORY_BYTES:
            raise BadArchiveError(
                f"its directory has {wanted:,} bytes; {MAX_DIRECTORY_BYTES:,} fit"
            )
        return super().read(wanted)


LINKS = "links"
"""Left out of an archive as well as the kinds of `left_out`: a link holds a path, no picture."""


def list_images(size: int, fetch: Fetch) -> tuple[list[tuple[str, ArchiveEntry]], LeftOut]:
    """Names and places of what may be receipts, in the directory's order, and what is left out.

    Together they are all entries but folders. Raises `BadArchiveError` where the directory can't
    be read or holds more than may be sent.
    """
    try:
        with zipfile.ZipFile(_Directory(RangedFile(size, fetch), size)) as archive:
            infos = [info for info in archive.infolist() if not _is_folder(info)]
    except _UNREADABLE as error:
        raise BadArchiveError(f"not a readable ZIP archive: {error}") from error
    kinds = [(info, _left_out_as(info)) for info in infos]
    found = [_image(info) for info, kind in kinds if kind is None]
    if len(found) > MAX_ENTRIES:
        raise BadArchiveError(f"{len(found):,} images in one archive; at most {MAX_ENTRIES:,}")
    _check_places([entry for _, entry in found], size)
    return found, sum_up((info.filename, kind) for info, kind in kinds if kind is not None)


_UNREADABLE = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OverflowError)
"""What `zipfile` raises on a directory that is cut off, damaged or made up."""


def _is_folder(info: zipfile.ZipInfo) -> bool:
    """By its name's end, which .NET writes as Windows does, or by the attributes of Unix or DOS."""
    marked = stat.S_ISDIR(info.external_attr >> 16) or bool(info.external_attr & _DOS_FOLDER)
    has_bytes = info.file_size > 0  # then it is a file, whatever else is said of it
    return info.filename.endswith("/") or (
        (marked or info.filename.endswith("\\")) and not has_bytes
    )


def _left_out_as(info: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINKS
    return why_left_out(info.filename)


def _image(info: zipfile.ZipInfo) -> tuple[str, ArchiveEntry]:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    return (
        # A label and nothing else: whatever folders it names, no path is ever made of it.
        printable(path.name)[:MAX_NAME] or "?",
        ArchiveEntry(
            header_offset=info.header_offset,
            compressed_size=info.compress_size,
            size=info.file_size,
            method=info.compress_type,
            flags=info.flag_bits,
            crc32=info.CRC,
        ),
    )


def _check_places(entries: Sequence[ArchiveEntry], size: int) -> None:
    """Raise if entries lie outside of the archive, overlap, or unpack to too much.

    A ZIP bomb lets thousands of entries share one compressed stream.
    """
    places = sorted(
        (entry.header_offset, entry.header_offset + _LOCAL_HEADER.size + entry.compressed_size)
        for entry in entries
    )
    if places and (places[0][0] < 0 or places[-1][1] > size):
        raise BadArchiveError("the directory points outside of the archive")
    if any(end > start for (_, end), (start, _) in pairwise(places)):
        raise BadArchiveError("images of the archive overlap")
    if sum(entry.size for entry in entries) > MAX_UNPACKED_BYTES:
        raise BadArchiveError(f"unpacked it would have over {MAX_UNPACKED_BYTES:,} bytes")


def read_image_entry(entry: ArchiveEntry, fetch: Fetch) -> bytes:
    """The entry's bytes, checked against its CRC. Raises `BadArchiveError`."""
    if entry.flags & _ENCRYPTED:
        raise BadArchiveError("the image is encrypted")
    if entry.size > MAX_IMAGE_BYTES or entry.compressed_size > MAX_IMAGE_BYTES:
        raise BadArchiveError(f"{entry.size:,} bytes; an image may have {MAX_IMAGE_BYTES:,}")
    data = _unpack(entry, _packed(entry, fetch))
    if len(data) != entry.size or zlib.crc32(data) != entry.crc32:
        raise BadArchiveError("the image is damaged: its checksum differs")
    return data


def _packed(entry: ArchiveEntry, fetch: Fetch) -> bytes:
    """The compressed bytes. Only the local header knows where they start."""
    start = entry.header_offset
    guess = _LOCAL_HEADER.size + _EXTRA_ALLOWANCE + entry.compressed_size
    block = fetch(start, start + guess)
    try:
        signature, *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(block)
    except struct.error as error:
        raise BadArchiveError("the archive ends before the image") from error
    if signature != b"PK\x03\x04":
        raise BadArchiveError("the archive's directory points to no image")
    begin = _LOCAL_HEADER.size + name_length + extra_length
    end = begin + entry.compressed_size
    if end > len(block) == guess:
        block += fetch(start + guess, start + end)
    if end > len(block):
        raise BadArchiveError("the archive ends within the image")
    return block[begin:end]


def _unpack(entry: ArchiveEntry, packed: bytes) -> bytes:
    if entry.method == zipfile.ZIP_STORED:
        return packed
    if entry.method != zipfile.ZIP_DEFLATED:
        raise BadArchiveError(
            f"compression method {entry.method}; only stored and deflated are read"
        )
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than promised is enough to see that the promise was a lie.
        return inflater.decompress(packed, entry.size + 1)
    except zlib.error as error:
        raise BadArchiveError(f"the image is damaged: {error}") from error
