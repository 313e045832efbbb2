"""The archive that the demo sends: rendered receipts, or the user's own photos."""

import zipfile
import zlib
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.progress import Progress

from lab.run.demo.choices import DemoChoiceError, DemoChoices
from lab.run.photos import Truth, receipt_set, write_archive
from reading.files.folder import NothingToSendError, look_through, pack, shown
from reading.files.left_out import why_left_out

_UNREADABLE = (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What packing a folder, or taking entries out of an archive, may raise."""

DEFAULT_COUNT = 300
SEED = 2026


class DemoArchive(Struct, frozen=True, kw_only=True):
    """The archive to send; `truths` by file name, empty for the user's own photos."""

    path: Path
    truths: dict[str, Truth]


def make_archive(choices: DemoChoices, folder: Path, console: Console) -> DemoArchive:
    """Render receipts (the next demo finds them in the cache), or pack those in RECEIPTS."""
    if choices.receipts is None:
        return _rendered(choices.count or DEFAULT_COUNT, folder, console)
    try:
        return _own(choices.receipts, choices.count, folder / "archive.zip", console)
    except NothingToSendError as error:
        raise DemoChoiceError(f"RECEIPTS: {error}") from error
    except _UNREADABLE as error:
        raise DemoChoiceError(f"RECEIPTS={shown(choices.receipts)}: {error}") from error


def _rendered(count: int, folder: Path, console: Console) -> DemoArchive:
    with console.status(f"rendering {count} receipts, once") as line:
        receipts = receipt_set(
            count, SEED, progress=lambda n, of: line.update(f"rendered {n} of {of} receipts")
        )
    return DemoArchive(path=write_archive(receipts, folder / "archive.zip"), truths=receipts.truths)


def _own(source: Path, count: int | None, target: Path, console: Console) -> DemoArchive:
    """What the client would send, or the first `count` of it; what isn't sent is named."""
    contents = look_through(source)
    if contents.is_archive and count is None:
        return DemoArchive(path=source, truths={})
    if contents.is_archive:
        _take_first(source, count, target)
    else:
        files = contents.files[:count]
        found = len(contents.files) + len(contents.refused) + contents.left_out.count
        console.print(f"{len(files)} of the {found} files in RECEIPTS are sent. {contents}".strip())
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("packing", total=sum(file.size for file in files))
            pack(replace(contents, files=files), target, lambda size: bar.advance(task, size))
    return DemoArchive(path=target, truths={})


def _take_first(source: Path, count: int | None, target: Path) -> None:
    with zipfile.ZipFile(source) as original, zipfile.ZipFile(target, "w") as archive:
        infos = [it for it in original.infolist() if not it.is_dir()]
        for info in [it for it in infos if not why_left_out(it.filename)][:count]:
            archive.writestr(info.filename, original.read(info))
