"""The image files that `receipts read` was given: files, those of folders, entries of archives.

Files are judged by content; what is left out of a folder or an archive, by its path alone, as
everywhere. Nothing that is wrong with one of them keeps the others from being read.
"""

import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec

from reading.extraction.decode import UnreadableImageError
from reading.files.archive import ArchiveEntry, list_images, ranges_of, read_image_entry
from reading.files.folder import LINK_TO_A_FOLDER, NO_FILE, below
from reading.files.kinds import HEAD_BYTES, ZIP, kind_of
from reading.files.left_out import LeftOut, sum_up, why_left_out
from reading.files.text import printable

MAX_FILE_BYTES = 200_000_000
"""The largest file that is read into memory; a larger one is no photo of a receipt."""


class ImageFile(msgspec.Struct, frozen=True):
    """One image: a file, or an entry of a ZIP archive, by its place there; `error`: why it isn't.

    Two entries of an archive may have the same name.
    """

    path: Path
    entry_name: str | None = None
    entry: ArchiveEntry | None = None
    error: str | None = None

    @property
    def name(self) -> str:
        """Its name in the output, with U+FFFD for what can't be shown."""
        return printable(f"{self.path}/{self.entry_name}" if self.entry_name else str(self.path))

    def read_bytes(self) -> bytes:
        """Read the image; raises `UnreadableImageError`, or `BadArchiveError` for an entry."""
        if self.error:
            raise UnreadableImageError(self.error)
        try:
            with self.path.open("rb") as file:
                if self.entry:
                    return read_image_entry(self.entry, ranges_of(file))
                data = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise UnreadableImageError(f"it can't be opened: {error.strerror}") from error
        if len(data) > MAX_FILE_BYTES:
            raise UnreadableImageError(f"it has more than {MAX_FILE_BYTES / 1e6:g} MB")
        return data


class Found(msgspec.Struct, frozen=True):
    """What is to be read, in the order of names, and what is left out of which folder or ZIP."""

    images: list[ImageFile]
    left_out: list[tuple[Path, LeftOut]]


def find_image_files(paths: Iterable[Path]) -> Found:
    """Find what is to be read among `paths`, in folders and in archives; never raises.

    A file that was named itself is read, whatever it is. A ZIP within a ZIP is not opened.
    """
    images: list[ImageFile] = []
    left_out: list[tuple[Path, LeftOut]] = []
    for path in paths:
        is_folder = path.is_dir()
        for one in _below(path, left_out) if is_folder else [path]:
            images += _of_file(one, left_out, is_inside=is_folder and one != path)
    return Found(images, [(where, what) for where, what in left_out if what.count])


def _below(folder: Path, left_out: list[tuple[Path, LeftOut]]) -> list[Path]:
    """What isn't left out of a folder; of what is no file, reading says why."""
    inside = [(path, name, why_left_out(name)) for path, name in below(folder)]
    left_out.append((folder, sum_up((name, why) for _, name, why in inside if why)))
    return [path for path, _, why in inside if not why]


def _of_file(
    path: Path, left_out: list[tuple[Path, LeftOut]], *, is_inside: bool
) -> list[ImageFile]:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            return [ImageFile(path, error=NO_FILE)]
        if is_inside and stat.S_ISDIR(mode) and path.is_symlink():
            return [ImageFile(path, error=LINK_TO_A_FOLDER)]
        with path.open("rb") as file:
            if kind_of(file.read(HEAD_BYTES)) is not ZIP:
                return [ImageFile(path)]
            entries, others = list_images(path.stat().st_size, ranges_of(file))
    except OSError as error:
        return [ImageFile(path, error=f"it can't be opened: {error.strerror}")]
    except ValueError as error:  # a bad archive, or a path with a zero byte
        return [ImageFile(path, error=str(error))]
    left_out.append((path, others))
    return [ImageFile(path, name, entry) for name, entry in entries]
