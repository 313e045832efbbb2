"""The archive that the demo sends: rendered receipts, or the user's own photos."""

import zipfile
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.progress import Progress

from lab.run.demo.choices import DemoChoiceError, DemoChoices
from lab.run.photos import Truth, receipt_set, write_archive
from reading.files.archive import BadArchiveError, list_images, ranges_of, read_image_entry
from reading.files.folder import NothingToSendError, look_through, pack, shown

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
    except (OSError, BadArchiveError) as error:
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
    if contents.is_archive:
        if count is None:
            return DemoArchive(path=source, truths={})
        for line in _take_first(source, count, target):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    else:
        files = contents.files[:count]
        found = len(contents.files) + len(contents.refused) + contents.left_out.count
        console.print(f"{len(files)} of the {found} files in RECEIPTS are sent. {contents}".strip())
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("packing", total=sum(file.size for file in files))
            pack(replace(contents, files=files), target, lambda size: bar.advance(task, size))
    return DemoArchive(path=target, truths={})


def _take_first(source: Path, count: int, target: Path) -> list[str]:
    """Pack the first `count` receipts of an archive; answer why those among them are not sent."""
    refused: list[str] = []
    with source.open("rb") as original, zipfile.ZipFile(target, "w") as archive:
        fetch = ranges_of(original)
        images, _ = list_images(source.stat().st_size, fetch)
        for name, entry in images[:count]:
            try:
                data = read_image_entry(entry, fetch)
            except BadArchiveError as error:
                refused.append(f"not sent: {name}: {error}")
            else:
                archive.writestr(zipfile.ZipInfo(name), data)
    if len(refused) == min(count, len(images)):
        raise NothingToSendError("\n".join([f"nothing in {shown(source)} can be sent", *refused]))
    return refused
