"""What is sent: a ZIP of photos and PDFs, or each of them by itself.

The idempotency key is made of the bytes: what is sent again is the same batch.
"""

import hashlib
from pathlib import Path

from msgspec import Struct, ValidationError, convert

from reading.files.counted import Progress
from reading.files.folder import Contents, NothingToSendError, flattened, look_through, pack, shown
from reading.files.limits import MAX_ARCHIVE_BYTES, MAX_ENTRIES
from receipts.batch import MAX_FILES, BatchRequest
from receipts.errors import PackingError

FORBIDDEN = "/\\$"
"""What the API takes in no name."""


def _nobody(_bytes: int) -> None:
    """To be told of progress."""


class PackedBatch(Struct, frozen=True, kw_only=True):
    """A request and the files to upload for it, in the order in which it names them.

    `contents` tells also what isn't sent of a folder; of a ZIP nobody looked into it is empty.
    """

    request: BatchRequest
    paths: tuple[Path, ...]
    idempotency_key: str
    contents: Contents = Contents()

    @property
    def size(self) -> int:
        """Bytes to upload."""
        return sum(path.stat().st_size for path in self.paths)


def pack_archive(
    path: Path, customer_reference: str, folder: Path, progress: Progress = _nobody
) -> PackedBatch:
    """A ZIP as it is; a photo, or all that a folder holds, packed into one. Raises `PackingError`.

    `folder` is where the ZIP is made.
    """
    contents = _contents(path)
    size = path.stat().st_size if contents.is_archive else contents.size
    if size > MAX_ARCHIVE_BYTES or len(contents.files) > MAX_ENTRIES:
        most = f"an archive may have {MAX_ARCHIVE_BYTES:,} bytes, and {MAX_ENTRIES:,} photos"
        raise PackingError(
            f"{shown(path)} has {size:,} bytes, {len(contents.files):,} photos; {most}"
        )
    archive = path if contents.is_archive else folder / "archive.zip"
    try:
        if not contents.is_archive:
            pack(contents, archive, progress)
        with archive.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PackingError(f"{shown(path)} can't be packed: {error.strerror}") from error
    announced = {"size": archive.stat().st_size, "sha256": sha256}
    request = _request(path, {"customer_reference": customer_reference, "archive": announced})
    return PackedBatch(request=request, paths=(archive,), idempotency_key=sha256, contents=contents)


def pack_manifest(path: Path, customer_reference: str, progress: Progress = _nobody) -> PackedBatch:
    """The photos below a folder, each uploaded by itself. Raises `PackingError`."""
    contents = _contents(path, as_manifest=True)
    if (count := len(contents.files)) > MAX_FILES:
        raise PackingError(
            f"{shown(path)} holds {count:,} photos and a manifest names at most {MAX_FILES:,}: "
            "send them as an archive"
        )
    files = []
    for photo in contents.files:
        data = photo.path.read_bytes()
        fields = {"name": photo.name, "size": len(data), "content_type": photo.kind.content_type}
        files.append(fields | {"sha256": hashlib.sha256(data).hexdigest()})
        progress(len(data))
    request = _request(path, {"customer_reference": customer_reference, "files": files})
    named = "\n".join(f"{file.name} {file.sha256}" for file in request.files)
    key = hashlib.sha256(named.encode()).hexdigest()
    paths = tuple(photo.path for photo in contents.files)
    return PackedBatch(request=request, paths=paths, idempotency_key=key, contents=contents)


def _contents(path: Path, *, as_manifest: bool = False) -> Contents:
    try:
        contents = look_through(path)
        if as_manifest and contents.is_archive:
            raise PackingError(f"{shown(path)} is an archive: send it without --manifest")
        return flattened(contents, FORBIDDEN) if as_manifest else contents
    except NothingToSendError as error:
        raise PackingError(str(error)) from error


def _request(path: Path, fields: dict[str, object]) -> BatchRequest:
    try:
        return convert(fields, BatchRequest)
    except ValidationError as error:
        raise PackingError(f"{shown(path)} can't be sent: {error}") from error
