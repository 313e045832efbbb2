"""Reads a ZIP archive that lies elsewhere by the few ranges needed: its directory, then an image.

Nothing that the directory says is trusted. A reader does not open the archive again: what its
directory said of the image came with the message.
"""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import BinaryIO

from reading.files.kinds import HEAD_BYTES, kind_of
from reading.files.left_out import LeftOut, sum_up, why_left_out
from reading.files.limits import MAX_ARCHIVE_BYTES, MAX_ENTRIES, MAX_IMAGE_BYTES, MAX_NAME
from reading.files.text import printable, shortened
from reading.files.zip_directory import (
    ArchiveEntry,
    BadArchiveError,
    DirectoryEntry,
    Fetch,
    read_directory,
)

__all__ = [
    "ArchiveEntry",
    "BadArchiveError",
    "Fetch",
    "list_images",
    "ranges_of",
    "read_image_entry",
]

MAX_UNPACKED_BYTES = 2 * MAX_ARCHIVE_BYTES
"""Size limit of all images together: photos are compressed already; only bombs unpack to more."""

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_EXTRA_ALLOWANCE = 512  # local extra fields are usually under 64 bytes; more costs a second range
_ENCRYPTED = 0x1


LINKS = "links"
"""Left out of an archive as well as the kinds of `left_out`: a link holds a path, no picture."""


def ranges_of(file: BinaryIO) -> Fetch:
    """How an archive is fetched that lies here: by the ranges of an open file."""

    def fetch(start: int, stop: int) -> bytes:
        file.seek(start)
        return file.read(stop - start)

    return fetch


def list_images(size: int, fetch: Fetch) -> tuple[list[tuple[str, ArchiveEntry]], LeftOut]:
    """Names and places of what may be receipts, in the directory's order, and what is left out.

    Together they are all entries but folders. Raises `BadArchiveError` where the directory can't
    be read or holds more than may be sent.
    """
    files = [entry for entry in read_directory(size, fetch) if not entry.is_folder]
    kinds = [LINKS if it.is_link else why_left_out(it.path) for it in files]
    both = list(zip(files, kinds, strict=True))
    found = [_labelled(entry) for entry, kind in both if kind is None]
    if len(found) > MAX_ENTRIES:
        raise BadArchiveError(f"{len(found):,} images in one archive; at most {MAX_ENTRIES:,}")
    _check_places([entry for _, entry in found], size)
    return found, sum_up((entry.path, kind) for entry, kind in both if kind is not None)


def _labelled(entry: DirectoryEntry) -> tuple[str, ArchiveEntry]:
    # A label and nothing else: whatever folders it names, no path is ever made of it.
    return shortened(printable(PurePosixPath(entry.path).name), MAX_NAME) or "?", entry.place


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
    kind = kind_of(data[:HEAD_BYTES])
    if kind is not None and kind.is_archive:
        raise BadArchiveError(f"a {kind.name} in an archive: send its photos directly")
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
