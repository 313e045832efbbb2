"""Which images `receipts read` was given: files, folders of them, entries of archives."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from reading.extraction.decode import UnreadableImageError

IMAGES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".bmp", ".gif"}
LARGEST_ENTRY = 60_000_000
"""Bytes of one image in an archive; a larger one is no photo of a receipt."""


class Source(msgspec.Struct, frozen=True):
    """One image: a file, or an entry of an archive."""

    path: Path
    entry: str | None = None

    @property
    def name(self) -> str:
        """How it is called in the output."""
        return f"{self.path}/{self.entry}" if self.entry else str(self.path)

    def data(self) -> bytes:
        """Its bytes; raises OSError, or `UnreadableImageError` for a bad entry."""
        if self.entry is None:
            return self.path.read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            if archive.getinfo(self.entry).file_size > LARGEST_ENTRY:
                raise UnreadableImageError(f"more than {LARGEST_ENTRY / 1e6:g} MB in the archive")
            try:
                return archive.read(self.entry)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise UnreadableImageError(f"the archive's entry is damaged ({error})") from error


def find(paths: list[Path]) -> Iterator[Source]:
    """The images among `paths`, in them and in their archives, in the order of their names."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in IMAGES | {".zip"})
            yield from find(inside)
        elif path.suffix.lower() == ".zip":
            yield from _entries(path)
        else:
            yield Source(path)


def _entries(path: Path) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        yield Source(path)  # reading it will say what is wrong with it
        return
    yield from (Source(path, n) for n in names if Path(n).suffix.lower() in IMAGES)
