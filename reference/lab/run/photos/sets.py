"""Sets of rendered receipts: rendered once into a cache, and packed as one archive.

A set is rendered into a temporary folder, which gets its final name when it is complete. A folder
that an interrupted run left behind is removed by the next one; a set that has lost an image since
is rendered again.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import PIL
import psutil

from lab.run.photos.goods import Trade
from lab.run.photos.parallel import rendered_in_order
from lab.run.photos.truth import Truth

Progress = Callable[[int, int], None]

TRUTH_FILE = "truth.jsonl"
HALF_MADE_PREFIX = "half-made-"


class LabelledImage(msgspec.Struct, frozen=True):
    """One line of `truth.jsonl`: an image's file name, its size in bytes, its ground truth."""

    file: str
    seed: int
    layout: Trade
    size: int
    truth: Truth


class ReceiptSet(msgspec.Struct, frozen=True):
    """A folder of receipt images and their truth, in the order of their names."""

    folder: Path
    examples: tuple[LabelledImage, ...]

    @property
    def images(self) -> tuple[Path, ...]:
        """The paths of the images."""
        return tuple(self.folder / example.file for example in self.examples)

    @property
    def truths(self) -> dict[str, Truth]:
        """The truth by file name."""
        return {example.file: example.truth for example in self.examples}


def receipt_set(
    count: int,
    seed: int = 0,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> ReceiptSet:
    """Return the set of `count` receipts of this seed, rendering it unless it is in the cache.

    `progress` is called with (rendered so far, count). The cache lies under `cache_dir`, by
    default in the user's own cache folder (`XDG_CACHE_HOME`, else `~/.cache`, else `TMPDIR`).

    Raises:
        ValueError: `count` is less than one.
        OSError: the cache cannot be written.
    """
    if count < 1:
        raise ValueError(f"count is {count}: a set has at least one receipt")
    cache = cache_dir or default_cache()
    folder = cache / f"{count}-seed-{seed}-{version()}"
    if (cached := _load_if_complete(folder, count)) is not None:
        return cached
    cache.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(cache)
    shutil.rmtree(folder, ignore_errors=True)
    _render_set(folder, count, seed, progress or (lambda _done, _count: None))
    return load_set(folder)


def load_set(folder: Path) -> ReceiptSet:
    """Return the finished set in `folder`.

    Raises:
        FileNotFoundError: it holds no truth file, so it is no set.
        msgspec.ValidationError: a line of its truth file is not an example.
    """
    lines = (folder / TRUTH_FILE).read_bytes().splitlines()
    decoder = msgspec.json.Decoder(LabelledImage)
    return ReceiptSet(folder=folder, examples=tuple(decoder.decode(line) for line in lines))


def default_cache() -> Path:
    """Return the default folder of the cache; a temporary one where no home can be written."""
    with contextlib.suppress(OSError, RuntimeError):  # a home that is nowhere, missing, read-only
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "receipts-workshop" / "rendered"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.gettempdir()) / f"receipts-workshop-{os.getuid()}" / "rendered"


def version() -> str:
    """Return a short hash of what determines the pixels: this package's files, and Pillow."""
    digest = hashlib.sha256(PIL.__version__.encode())
    folder = Path(__file__).parent
    for source in sorted([*folder.glob("*.py"), *folder.glob("*.toml")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:10]


def write_archive(receipts: ReceiptSet, path: Path) -> Path:
    """Write the set's images to one ZIP at `path`, atomically, and return the path.

    Every third entry is deflated, the others are stored: customers' ZIP programs do both.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    half_made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for position, image in enumerate(receipts.images):
                entry = zipfile.ZipInfo(image.name, (2026, 1, 31, 12, 0, 0))
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_STORED if position % 3 else zipfile.ZIP_DEFLATED
                archive.writestr(entry, image.read_bytes())
        half_made.replace(path)
    finally:
        half_made.unlink(missing_ok=True)
    return path


def _load_if_complete(folder: Path, count: int) -> ReceiptSet | None:
    """Return the set in `folder` if every image is there with its full size, otherwise None."""
    try:
        receipts = load_set(folder)
        sizes = [image.stat().st_size for image in receipts.images]
    except (OSError, msgspec.MsgspecError):
        return None
    expected = [example.size for example in receipts.examples]
    return receipts if len(sizes) == count and sizes == expected else None


def _render_set(folder: Path, count: int, seed: int, progress: Progress) -> None:
    half_made = Path(
        tempfile.mkdtemp(dir=folder.parent, prefix=f"{HALF_MADE_PREFIX}{os.getpid()}-")
    )
    try:
        examples = []
        progress(0, count)
        with closing(rendered_in_order(count, seed)) as receipts:
            for done, one in enumerate(receipts, start=1):
                name = f"{done:05d}-{one.layout}.{one.format}"
                (half_made / name).write_bytes(one.image)
                examples.append(
                    LabelledImage(name, one.seed, one.layout, len(one.image), one.truth)
                )
                progress(done, count)
        lines = b"".join(msgspec.json.encode(example) + b"\n" for example in examples)
        (half_made / TRUTH_FILE).write_bytes(lines)
        half_made.chmod(0o755)
        try:
            half_made.rename(folder)
        except OSError:
            # Another process may have finished the same set, with the same bytes.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(half_made, ignore_errors=True)


def _remove_abandoned(cache: Path) -> None:
    for half_made in cache.glob(f"{HALF_MADE_PREFIX}*"):
        maker = half_made.name.removeprefix(HALF_MADE_PREFIX).split("-")[0]
        if not psutil.pid_exists(int(maker)):
            shutil.rmtree(half_made, ignore_errors=True)
