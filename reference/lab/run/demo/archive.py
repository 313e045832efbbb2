"""The archive that the demo sends: rendered receipts, or the user's own photos."""

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from rich.console import Console
from rich.progress import track

from lab.run.demo.choices import DemoChoiceError, DemoChoices
from lab.run.photos import Truth, receipt_set, write_archive
from reading.files.left_out import why_left_out

T = TypeVar("T")

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
    if choices.receipts.is_file() and choices.count is None:
        return DemoArchive(path=choices.receipts, truths={})
    return _packed(choices.receipts, choices.count, folder / "archive.zip", console)


def _rendered(count: int, folder: Path, console: Console) -> DemoArchive:
    with console.status(f"rendering {count} receipts, once") as line:
        receipts = receipt_set(
            count, SEED, progress=lambda n, of: line.update(f"rendered {n} of {of} receipts")
        )
    return DemoArchive(path=write_archive(receipts, folder / "archive.zip"), truths=receipts.truths)


def _packed(source: Path, count: int | None, target: Path, console: Console) -> DemoArchive:
    """Pack a folder as it is, litter and all, or the first `count` files that may be receipts."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        if source.is_file():
            try:
                _copy(source, count, archive)
            except _UNREADABLE as error:
                raise DemoChoiceError(f"RECEIPTS={source}: {error}") from error
        else:
            files = [it for it in sorted(source.rglob("*")) if it.is_file()]
            # A name that is no UTF-8 can't stand in an archive.
            names = [os.fsencode(it.relative_to(source)).decode(errors="replace") for it in files]
            wanted = _first(list(zip(names, files, strict=True)), count)
            if not wanted:
                raise DemoChoiceError(f"RECEIPTS={source}: there are no receipts in it")
            for name, file in track(wanted, "packing", console=console, transient=True):
                archive.write(file, name)
    return DemoArchive(path=target, truths={})


_UNREADABLE = (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError)
"""What `zipfile` raises: damaged, encrypted, packed by an unknown method, a name that is none."""


def _copy(source: Path, count: int | None, archive: zipfile.ZipFile) -> None:
    with zipfile.ZipFile(source) as original:
        files = [(info.filename, info) for info in original.infolist() if not info.is_dir()]
        for name, info in _first(files, count):
            archive.writestr(name, original.read(info))


def _first(files: Sequence[tuple[str, T]], count: int | None) -> Sequence[tuple[str, T]]:
    if count is None:
        return files
    return [(name, file) for name, file in files if why_left_out(name) is None][:count]
