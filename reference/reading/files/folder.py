"""What a folder holds: what may be a receipt, what is left out by its path, and what can't be sent.

Nothing is passed over in silence: whatever lies below a folder is in one of the three.
"""

import os
import shutil
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from unicodedata import ucd_3_2_0

from msgspec import Struct
from msgspec.structs import replace

from reading.files.archive import BadArchiveError, list_images, ranges_of
from reading.files.counted import CountedFile, Progress
from reading.files.kinds import HEAD_BYTES, TEXT, ZIP, FileKind, kind_of
from reading.files.left_out import LeftOut, sum_up, why_left_out
from reading.files.limits import MAX_IMAGE_BYTES, MAX_NAME
from reading.files.text import printable
from reading.files.zip_records import NoArchiveError

LINK_TO_A_FOLDER = "a link to a folder, which isn't followed: send that folder by itself"

NO_FILE = "no file, but a pipe, a socket or a device"


class FoundFile(Struct, frozen=True, kw_only=True):
    """A photo or a PDF; `size` in bytes.

    `name` is its path from the folder on, as it can be shown and sent; no two have the same.
    """

    path: Path
    name: str
    size: int
    kind: FileKind


class Refused(Struct, frozen=True, kw_only=True):
    """A file, or a folder, that can't be sent; `name` as of a `FoundFile`."""

    name: str
    reason: str

    def __str__(self) -> str:
        """As the sender reads it."""
        return f"{self.name}: {self.reason}"


class Contents(Struct, frozen=True, kw_only=True):
    """All that lies below a folder; as text what isn't sent of it, empty where all is.

    `is_archive`: it is a ZIP, which nobody has looked into.
    """

    is_archive: bool = False
    files: tuple[FoundFile, ...] = ()
    left_out: LeftOut = LeftOut()
    refused: tuple[Refused, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return sum(file.size for file in self.files)

    def __str__(self) -> str:
        """A line of what is left out, and one for each file that can't be sent."""
        count, lines = self.left_out.count + len(self.refused), []
        if count:
            lines.append(f"{count:,} {'file is' if count == 1 else 'files are'} not sent:")
        if self.left_out.count:
            lines.append(f"  left out: {self.left_out}")
        return "\n".join([*lines, *(f"  {file}" for file in self.refused)])


def look_through(path: Path) -> Contents:
    """Sort what lies below a folder, in the order of its names, or the one file at `path`.

    Each file is judged by its first bytes, after its path alone has left it in. A link to a file is
    that file; a link to a folder isn't followed. A file that was named itself is never left out.
    Raises `NothingToSendError`.
    """
    if not os.path.exists(path):  # noqa: PTH110  Path's own raises where a folder is closed
        raise NothingToSendError(f"{shown(path)}: there is no such file or folder")
    if _is_archive(path):
        return Contents(is_archive=True)
    found: list[FoundFile] = []
    left_out, refused = [], []
    for one, name in below(path) if path.is_dir() else [(path, path.name)]:
        if one != path and (why := why_left_out(name)):
            left_out.append((name, why))
            continue
        try:
            found.append(_examined(one, shown(name)))
        except _RefusedError as error:
            refused.append(Refused(name=shown(name), reason=str(error)))
    names = _unique(file.name for file in found)
    files = tuple(replace(file, name=name) for file, name in zip(found, names, strict=True))
    contents = Contents(files=files, left_out=sum_up(left_out), refused=tuple(refused))
    if not files:
        raise NothingToSendError(f"no photo and no PDF in {shown(path)}\n{contents}".strip())
    return contents


def flattened(contents: Contents, forbidden: str) -> Contents:
    """Names as they are in an archive, without folders; but `a - 1.jpg` where two would be equal.

    A file whose name is too long, or has a character of `forbidden`, can't be sent. Raises
    `NothingToSendError` where none can.
    """
    bases = Counter(PurePosixPath(file.name).name for file in contents.files)
    names = _unique(
        base if bases[base := PurePosixPath(file.name).name] == 1 else file.name.replace("/", " - ")
        for file in contents.files
    )
    files, refused = [], list(contents.refused)
    for name, file in zip(names, contents.files, strict=True):
        if len(name) > MAX_NAME or set(forbidden) & set(name):
            most = f"up to {MAX_NAME} characters, none of {' '.join(forbidden)}"
            reason = f"a name in a manifest has {most}: rename it, or send without --manifest"
            refused.append(Refused(name=file.name, reason=reason))
        else:
            files.append(replace(file, name=name))
    if not files:
        raise NothingToSendError("\n".join(["none of the files can be sent", *map(str, refused)]))
    return replace(contents, files=tuple(files), refused=tuple(refused))


def pack(contents: Contents, archive: Path, progress: Progress) -> None:
    """Make a ZIP; raises OSError. The same files make the same bytes, whoever copied them and when.

    A batch's archive is announced by its digest: S3 takes no other bytes under its key.
    """
    with zipfile.ZipFile(archive, "w") as target:  # stored: photos don't shrink
        for file in contents.files:
            entry = zipfile.ZipInfo(file.name)  # of 1 January 1980
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as Unix writes a file
            entry.file_size = file.size
            with CountedFile(file.path, progress) as source, target.open(entry, "w") as place:
                shutil.copyfileobj(source, place)


def _is_archive(path: Path) -> bool:
    """Whether the file is a ZIP; a program may stand before it, which then unpacks it."""
    kind = None
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            kind = kind_of(file.read(HEAD_BYTES))
            if kind in {ZIP, TEXT, None}:
                list_images(path.stat().st_size, ranges_of(file))
                return True
    except (BadArchiveError, OSError) as error:
        # The last part of a split archive begins with anything, and ends as an archive does.
        is_like_one = isinstance(error, BadArchiveError) and not isinstance(error, NoArchiveError)
        if kind is ZIP or (kind is None and is_like_one):
            raise NothingToSendError(f"{shown(path)} can't be sent: {error}") from error
    return False


def _unique(names: Iterable[str]) -> list[str]:
    """Each name that was there before gets a number; two may differ in what can't be shown."""
    taken: dict[str, None] = {}
    for name in names:
        path, number, new = PurePosixPath(name), 1, name
        while new in taken:
            number += 1
            new = str(path.with_stem(f"{path.stem} ({number})"))
        taken[new] = None
    return list(taken)


def shown(path: Path | str) -> str:
    """A path as it can be printed and sent: bytes that are no UTF-8 become U+FFFD."""
    together = ucd_3_2_0.normalize("NFC", str(path))  # macOS takes letters and accents apart
    return printable(together)


class NothingToSendError(Exception):
    """There is nothing at a path that can be sent; the text says why."""


class _RefusedError(Exception):
    """Its text is the reason."""


def below(top: Path) -> Iterator[tuple[Path, str]]:
    """Files, links to folders, and folders that can't be listed, with their paths from `top` on."""
    closed: list[Path] = []
    found: list[Path] = []
    for folder, folders, files in os.walk(top, onerror=lambda it: closed.append(Path(it.filename))):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        found += (Path(folder, name) for name in (*files, *links))
    for path in sorted((*found, *closed)):
        yield path, path.relative_to(top).as_posix()


def _examined(path: Path, name: str) -> FoundFile:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode) and path.is_symlink():
            raise _RefusedError(LINK_TO_A_FOLDER)
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
            raise _RefusedError(NO_FILE)
        with path.open("rb") as file:  # of a folder that can't be listed it says why
            kind = kind_of(file.read(HEAD_BYTES))
    except OSError as error:
        raise _RefusedError(f"can't be read: {error.strerror}") from error
    if about.st_size == 0:
        raise _RefusedError("is empty")
    if kind is None or not kind.is_receipt:
        raise _RefusedError(_no_receipt(kind))
    if about.st_size > MAX_IMAGE_BYTES:
        raise _RefusedError(f"has {about.st_size:,} bytes; a file may have {MAX_IMAGE_BYTES:,}")
    return FoundFile(path=path, name=name, size=about.st_size, kind=kind)


def _no_receipt(kind: FileKind | None) -> str:
    if kind is ZIP:
        return "a ZIP archive: send it by itself, and not as a manifest"
    return "neither a photo nor a PDF" + (f", but of the kind: {kind.name}" if kind else "")
