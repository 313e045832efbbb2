"""ZIP archives made by hand, byte by byte: what no careful writer would let through."""

import struct
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

from helpers.photos import photo

UNIX, DOS, NTFS = 3, 0, 11
IS_UTF8 = 0x800
HEADER, RECORD, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


class Made(Struct, frozen=True, kw_only=True):
    """A stored entry; what its records say of it may be wrong."""

    name: bytes
    data: bytes = photo()
    flags: int = 0
    system: int = UNIX
    needed: int = 20
    method: int = 0
    attributes: int = 0
    extra: bytes = b""
    disk: int = 0
    said_size: int | None = None
    said_offset: int | None = None

    def header(self) -> bytes:
        size, crc = len(self.data), zlib.crc32(self.data)
        head = (HEADER, self.needed, self.flags, self.method, 0, 33, crc, size, size)
        return struct.pack("<4s5H3L2H", *head, len(self.name), 0) + self.name + self.data

    def record(self, offset: int) -> bytes:
        size = len(self.data) if self.said_size is None else self.said_size
        offset = offset if self.said_offset is None else self.said_offset
        head = (RECORD, 20, self.system, self.needed, self.flags, self.method, 0, 33)
        numbers = (zlib.crc32(self.data), size, size, len(self.name), len(self.extra), 0)
        tail = (self.disk, 0, self.attributes, offset)
        return struct.pack("<4s2B5H3L5H2L", *head, *numbers, *tail) + self.name + self.extra


def zipped(*entries: Made, disk: int = 0, comment: bytes = b"", before: int = 0) -> bytes:
    """The archive; `before` bytes in front of it count in its offsets and are not there."""
    body, offsets = b"", []
    for entry in entries:
        offsets.append(before + len(body))
        body += entry.header()
    directory = b"".join(e.record(o) for e, o in zip(entries, offsets, strict=True))
    return body + directory + end(len(entries), len(directory), before + len(body), disk, comment)


def end(count: int, length: int, offset: int, disk: int = 0, comment: bytes = b"") -> bytes:
    fields = (END, disk, disk, count % 2**16, count % 2**16, length, offset % 2**32, len(comment))
    return struct.pack("<4s4H2LH", *fields) + comment


def field(number: int, value: bytes, said_length: int | None = None) -> bytes:
    """An extra field."""
    return struct.pack("<2H", number, len(value) if said_length is None else said_length) + value


def unicode_path(name: bytes, real_name: str) -> bytes:
    """What 7-Zip, WinZip and WinRAR write beside a name that its code page can't hold."""
    return field(0x7075, struct.pack("<BL", 1, zlib.crc32(name)) + real_name.encode())


class Far:
    """An archive over 4 GiB as macOS writes it: offsets wrap; only what is asked for is made."""

    def __init__(self, entries: Sequence[Made], sizes: Sequence[int]) -> None:
        """Each entry is followed by zeros up to its size in bytes."""
        self.entries = entries
        self.starts = [0, *accumulate(sizes)]
        self.stop = self.starts.pop()
        records = zip(entries, self.starts, strict=True)
        directory = b"".join(entry.record(start % 2**32) for entry, start in records)
        self.tail = directory + end(len(entries), len(directory), self.stop)
        self.size = self.stop + len(self.tail)
        self.ranges = 0

    def fetch(self, start: int, stop: int) -> bytes:
        self.ranges += 1
        assert stop - start < 2**21
        found = bytearray(max(0, min(stop, self.stop) - start))
        for number in range(bisect_right(self.starts, start) - 1, bisect_left(self.starts, stop)):
            at, header = self.starts[number] - start, self.entries[number].header()
            seen = header[max(0, -at) :][: max(0, len(found) - max(0, at))]
            found[max(0, at) : max(0, at) + len(seen)] = seen
        return bytes(found) + self.tail[max(0, start - self.stop) : max(0, stop - self.stop)]
