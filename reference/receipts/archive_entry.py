"""Mechanism: reads one image of a ZIP archive that lies elsewhere, by one range.

The archive itself is not opened again: what its directory said of the image came with the message.
"""

import struct
import zipfile
import zlib

from receipts.archive import LOCAL_HEADER, BadArchiveError, Fetch
from receipts.batch import MAX_IMAGE_BYTES
from receipts.messages import ArchiveEntry

_EXTRA_ALLOWANCE = 512  # local extra fields are usually under 64 bytes; more costs a second range
_ENCRYPTED = 0x1


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
    guess = LOCAL_HEADER.size + _EXTRA_ALLOWANCE + entry.compressed_size
    block = fetch(start, start + guess)
    try:
        signature, *_, name_length, extra_length = LOCAL_HEADER.unpack_from(block)
    except struct.error as error:
        raise BadArchiveError("the archive ends before the image") from error
    if signature != b"PK\x03\x04":
        raise BadArchiveError("the archive's directory points to no image")
    begin = LOCAL_HEADER.size + name_length + extra_length
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
