"""The archive that the demo sends: rendered receipts, or the user's own photos."""

import zipfile
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import track

from lab.run.demo.choices import DemoChoices
from lab.run.photos import Truth, receipt_set, write_archive
from receipts.client.packing import photos_below

DEFAULT_COUNT = 300
SEED = 2026


class DemoArchive(Struct, frozen=True, kw_only=True):
    """The archive to send; `truths` by file name, empty for the user's own photos."""

    path: Path
    truths: dict[str, Truth]

    @property
    def entries(self) -> list[str]:
        """Names of its files, read from the archive itself."""
        with zipfile.ZipFile(self.path) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]


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
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        if source.is_file():
            with zipfile.ZipFile(source) as original:
                for info in [i for i in original.infolist() if not i.is_dir()][:count]:
                    archive.writestr(info.filename, original.read(info))
        else:
            for photo in track(
                photos_below(source)[:count], "packing", console=console, transient=True
            ):
                archive.write(photo, photo.relative_to(source))
    return DemoArchive(path=target, truths={})
