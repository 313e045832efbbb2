"""Counts what an archive holds by a rule of its own: by content, where the splitter sees paths.

What the splitter calls "left out" can't be checked by the splitter's own list. So the demo looks at
the first bytes, and demands that no picture is left out unless it lies where systems keep theirs.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG|RIFF....WEBP|GIF8|BM|II\*\0|MM\0\*|%PDF"
    rb"|....ftyp(?:hei|hev|mif1|msf1|avi[fs])",
    re.DOTALL,
)
_SYSTEMS_PLACE = re.compile(
    r"(?:^|/)(?:[@#$~]|__MACOSX/|RECYCLE|System Volume|LOST|SYNO"
    r"|\.(?:[_@]|thumb|\w*trash|pending|temp|tmp|dropbox|document|st(?:folder|versions)|fuse|nfs))"
    r"|\.(?:thm|ithmb)$",
    re.IGNORECASE,
)
"""Where a picture is a thumbnail, a deleted or a half-written one. Any other must be accepted."""
_DOS_FOLDER = 0x10
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, ValueError, EOFError)
"""What `zipfile` raises, NotImplementedError among it, where an archive or an entry is odd."""


class EntryCounts(Struct, frozen=True, kw_only=True):
    """How many entries an archive has, folders not counted, and how many of them are pictures.

    `pictures` lie in no place of a system, and are whole enough to be looked at.
    """

    entries: int
    pictures: int

    def __str__(self) -> str:
        """As the demo says it."""
        return f"{self.entries} entries ({self.pictures} pictures or PDFs)"


def count_entries(archive: Path) -> EntryCounts | None:
    """Count them with the standard library; None where it can't read the archive."""
    try:
        with zipfile.ZipFile(archive) as packed:
            files = [info for info in packed.infolist() if not _is_folder(info)]
            return EntryCounts(entries=len(files), pictures=sum(_pictures(packed, files)))
    except _UNREADABLE:
        return None


def _is_folder(info: zipfile.ZipInfo) -> bool:
    if info.filename.endswith("/"):
        return True
    attributes = info.external_attr
    marked = info.filename.endswith("\\") or attributes & _DOS_FOLDER
    return info.file_size == 0 and bool(marked or stat.S_ISDIR(attributes >> 16))


def _pictures(packed: zipfile.ZipFile, files: list[zipfile.ZipInfo]) -> Iterator[bool]:
    for info in files:
        if _SYSTEMS_PLACE.search(info.filename.replace("\\", "/")):
            continue
        with suppress(*_UNREADABLE), packed.open(info) as file:
            yield bool(_PICTURE.match(file.read(16)))
