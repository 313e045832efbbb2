"""The image files that `receipts read` was given: files, those of folders, entries of archives."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from reading.extraction.decode import UnreadableImageError

IMAGE_SUFFIXES = {
    *(".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".bmp", ".gif")
}
MAX_ENTRY_BYTES = 60_000_000
"""The largest image taken out of an archive; a larger one is no photo of a receipt."""


class ImageFile(msgspec.Struct, frozen=True):
    """One image: a file, or an entry of a ZIP archive."""

    path: Path
    entry: str | None = None

    @property
    def name(self) -> str:
        """Its name in the output."""
        return f"{self.path}/{self.entry}" if self.entry else str(self.path)

    def read_bytes(self) -> bytes:
        """Read the image; raises OSError, or `UnreadableImageError` for a bad entry."""
        if self.entry is None:
            return self.path.read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            if archive.getinfo(self.entry).file_size > MAX_ENTRY_BYTES:
                raise UnreadableImageError(f"more than {MAX_ENTRY_BYTES / 1e6:g} MB in the archive")
            try:
                return archive.read(self.entry)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise UnreadableImageError(f"the archive's entry is damaged ({error})") from error


def find_image_files(paths: list[Path]) -> Iterator[ImageFile]:
    """Find the images among `paths`, in folders and in archives, in the order of their names."""
    for path in paths:
        if path.is_dir():
            suffixes = IMAGE_SUFFIXES | {".zip"}
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in suffixes)
            yield from find_image_files(inside)
        elif path.suffix.lower() == ".zip":
            yield from _entries(path)
        else:
            yield ImageFile(path)


def _entries(path: Path) -> Iterator[ImageFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        yield ImageFile(path)  # reading it fails, and its error says what is wrong
        return
    yield from (ImageFile(path, n) for n in names if Path(n).suffix.lower() in IMAGE_SUFFIXES)
