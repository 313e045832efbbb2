"""What is sent: a ZIP of photos, or each photo by itself.

The idempotency key is made of the bytes: what is sent again is the same batch.
"""

import hashlib
import mimetypes
import shutil
import zipfile
from pathlib import Path

from msgspec import Struct, ValidationError, convert

from reading.files.limits import MAX_ARCHIVE_BYTES
from receipts.batch import MAX_FILES, BatchRequest
from receipts.errors import PackingError

PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic"}


class PackedBatch(Struct, frozen=True, kw_only=True):
    """A request and the files to upload for it, in the order in which it names them."""

    request: BatchRequest
    paths: tuple[Path, ...]
    idempotency_key: str

    @property
    def size(self) -> int:
        """Bytes to upload."""
        return sum(path.stat().st_size for path in self.paths)


def pack_archive(path: Path, customer_reference: str, folder: Path) -> PackedBatch:
    """A ZIP as it is, or the photos below a folder packed into one. Raises `PackingError`.

    `folder` is where the ZIP is made.
    """
    archive = path if path.is_file() else folder / "archive.zip"
    if path.is_dir():
        _pack(path, archive)
    try:
        zipfile.ZipFile(archive).close()
        with archive.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, zipfile.BadZipFile) as error:
        raise PackingError(f"{path} is neither a folder nor a ZIP archive: {error}") from error
    size = archive.stat().st_size
    if size > MAX_ARCHIVE_BYTES:
        raise PackingError(f"{path} has {size:,} bytes; an archive may have {MAX_ARCHIVE_BYTES:,}")
    announced = {"size": size, "sha256": sha256}
    request = _request(path, {"customer_reference": customer_reference, "archive": announced})
    return PackedBatch(request=request, paths=(archive,), idempotency_key=sha256)


def _pack(folder: Path, archive: Path) -> None:
    """The same photos make the same archive, byte for byte, whoever copied them and when.

    A batch's archive is announced by its digest: S3 takes no other bytes under its key.
    """
    with zipfile.ZipFile(archive, "w") as packed:  # stored: photos don't shrink
        for photo in photos_below(folder):
            entry = zipfile.ZipInfo(photo.relative_to(folder).as_posix())  # of 1 January 1980
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as Unix writes a file
            entry.file_size = photo.stat().st_size
            with photo.open("rb") as source, packed.open(entry, "w") as target:
                shutil.copyfileobj(source, target)


def pack_manifest(path: Path, customer_reference: str) -> PackedBatch:
    """The photos below a folder, each uploaded by itself. Raises `PackingError`."""
    photos = photos_below(path)
    if len(photos) > MAX_FILES:
        raise PackingError(
            f"{path} holds {len(photos):,} photos and a manifest names at most {MAX_FILES:,}: "
            "send them as an archive"
        )
    files = [
        {
            "name": p.name,
            "size": p.stat().st_size,
            "content_type": mimetypes.guess_type(p.name)[0],
            "sha256": hashlib.sha256(p.read_bytes()).hexdigest(),
        }
        for p in photos
    ]
    request = _request(path, {"customer_reference": customer_reference, "files": files})
    contents = "\n".join(f"{file['name']} {file['sha256']}" for file in files)
    key = hashlib.sha256(contents.encode()).hexdigest()
    return PackedBatch(request=request, paths=tuple(photos), idempotency_key=key)


def photos_below(folder: Path) -> list[Path]:
    """All photos in the folder and its folders, by name. Raises `PackingError` for none."""
    photos = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in PHOTOS and p.is_file()]
    if not photos:
        raise PackingError(f"no photos in {folder} ({', '.join(sorted(PHOTOS))})")
    return photos


def _request(path: Path, fields: dict[str, object]) -> BatchRequest:
    try:
        return convert(fields, BatchRequest)
    except ValidationError as error:
        raise PackingError(f"{path} can't be sent: {error}") from error
