"""What a damaged file still holds: the same file without what isn't needed, or with an end.

Cameras, editors and messengers write faulty metadata, and downloads stop early. Neither may cost a
picture whose pixels are there.
"""

import random
import re
import zlib
from collections.abc import Iterator

from PIL import Image

from reading.files.kinds import AVIF, JPEG, PNG, WEBP, FileKind

ORIENTATION = 274
"""The number of EXIF's tag."""

MOST_SCANS = 100
"""A progressive JPEG comes in about ten scans. Each costs as much as a picture, and needs but ten
bytes, so that without a limit a small file could take hours."""

PADDING = 4
"""Bytes at the end of a picture's code that may hold no pixel."""

_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_SCAN, _END, _RESTART_INTERVAL, _PROGRESSIVE = 0xDA, 0xD9, 0xDD, 0xC2
_JFIF, _LEAST_JFIF = 0xE0, 18
_NEEDED_OF_JPEG = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}
"""Tables, frames, scans, and how the colours are coded (JFIF's and Adobe's)."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 25  # where the kind of colours stands
_TRANSPARENCY = {0: (2,), 2: (6,), 3: range(1, 257)}
"""By the kind of colours, how long a tRNS chunk is; the other kinds have none."""
_NEEDED_OF_PNG = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def without_metadata(data: bytes, kind: FileKind) -> bytes | None:
    """The file with its pixels and what they need, nothing else; None for kinds that don't part."""
    if kind is JPEG:
        kept = (data[a:b] for marker, a, b in _segments(data) if _is_needed(marker, b - a))
        return b"\xff\xd8" + b"".join(kept) + b"\xff\xd9" * _is_ended(data)
    if kind is PNG:
        return _SIGNATURE + b"".join(_png_chunks(data))
    if kind is AVIF:  # the decoder looks for an item of this type
        return re.sub(rb"(infe.{8,10})Exif", rb"\1none", data, flags=re.DOTALL)
    if kind is WEBP:  # all that follows belongs to it, whatever size it says
        return data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    return None


def orientation(data: bytes) -> int:
    """What the first Exif block says, wherever it lies; 1 (upright) if none can be read."""
    try:
        at = re.search(rb"(Exif\0\0|eXIf)(?=II\*\0|MM\0\*)", data)
        exif = Image.Exif()
        exif.load(b"Exif\0\0" + data[at.end() : at.end() + 65_536] if at else b"")
        return as_orientation(exif[ORIENTATION])
    except Exception:  # noqa: BLE001  metadata is no reason to lose a picture
        return 1


def as_orientation(value: object) -> int:
    """A tag's value as a number from 1 to 8, however its writer encoded it. Raises on nonsense."""
    if isinstance(value, tuple | list):
        value = value[0]
    number = int(value)  # type: ignore[call-overload]
    return number if 1 <= number <= 8 else 1


# --- JPEG ---------------------------------------------------------------------------------------


def scans(data: bytes) -> int:
    """In how many scans a JPEG comes."""
    return sum(marker == _SCAN for marker, _, _ in _segments(data))


def without_fill(data: bytes) -> bytes:
    """A JPEG that is cut off, without what a stopped download leaves behind: a run of zeros."""
    return data.rstrip(b"\0").rstrip(b"\xff")


def with_ends(data: bytes) -> tuple[bytes, bytes]:
    """A JPEG that is cut off, with two ends: a decoder makes one picture of both where it has all.

    Where pixels are missing, the first end leaves them grey, and the second makes noise of them.
    """
    end = b"\xff\xd9"
    noise = random.Random(0).randbytes(4096).replace(b"\xff", b"\x5a")  # noqa: S311
    if any(marker == _RESTART_INTERVAL for marker, _, _ in _segments(data)):
        last = [match[1][0] for match in re.finditer(rb"\xff([\xd0-\xd7])", data)][-1:] or [0xD7]
        marks = (bytes([0xFF, 0xD0 + (last[0] - 0xD0 + n) % 8]) for n in range(1, 20_001))
        return data + end, data + noise[:32] + b"".join(m + noise[:32] for m in marks) + end
    return data + end, data + noise * 4 + end


def _is_needed(marker: int, length: int) -> bool:
    """A JFIF header that is too short to be one says nothing."""
    return marker in _NEEDED_OF_JPEG and (marker != _JFIF or length >= _LEAST_JFIF)


def is_progressive(data: bytes) -> bool:
    """Whether a JPEG comes in scans that each make all of it finer."""
    return any(marker == _PROGRESSIVE for marker, _, _ in _segments(data))


def lacks_scans(data: bytes) -> bool:
    """Whether a progressive JPEG ends before the last scan of its brightness."""
    done: set[int] = set()
    for marker, start, _ in _segments(data):
        if marker == _SCAN:
            count = data[start + 4]
            first, last, bits = data[start + 5 + 2 * count : start + 8 + 2 * count]
            if data[start + 5] == 1 and bits & 0x0F == 0:  # of component 1, to the last bit
                done |= set(range(first, last + 1))
    return len(done) < 64


def _is_ended(data: bytes) -> bool:
    return any(marker == _END for marker, _, _ in _segments(data))


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and stop of each segment up to the end mark; a scan's with all its pixels."""
    at = 2
    while found := _MARKER.search(data, at):
        marker, start = found[1][0], found.end() - 2
        stop = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if marker == _END:
            yield marker, start, found.end()
            return
        if marker == _SCAN:
            following = _MARKER.search(data, stop)
            stop = following.start() if following else len(data)
        yield marker, start, stop
        at = stop


# --- PNG ----------------------------------------------------------------------------------------


def _png_chunks(data: bytes) -> Iterator[bytes]:
    """The chunks that the pixels need, and the Exif block, with checksums that fit.

    The header must be right as it is. A damaged pixel is found by the pixels' own checksum.
    """
    at = len(_SIGNATURE)
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"tRNS" and length not in _TRANSPARENCY.get(data[_COLOURS], ()):
            continue
        checksum = zlib.crc32(kind + body).to_bytes(4)
        is_right = data[at - 4 : at] == checksum
        if kind in _NEEDED_OF_PNG or (kind == b"eXIf" and is_right and _is_exif(body)):
            if kind == b"IHDR":
                checksum = data[at - 4 : at]
            yield len(body).to_bytes(4) + kind + body + checksum


def _is_exif(block: bytes) -> bool:
    try:
        Image.Exif().load(block)
    except Exception:  # noqa: BLE001  whatever is wrong with it, the pixels don't need it
        return False
    return True
