"""Second stage: turns an upload into one message a receipt.

A single image yields one message. Of an archive only the central directory is read, and each
message says where in the archive its image lies: no image passes through, nothing is unpacked.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from reading.files.archive import ArchiveEntry, BadArchiveError, list_images
from reading.files.left_out import LeftOut
from receipts.batch import Batch, receipt_id_for
from receipts.errors import UnknownMessageError, UploadGoneError
from receipts.ledger import Entry, State
from receipts.messages import ReceiptMessage
from receipts.ports import Clock, Ledger, Objects, ReceiptQueue
from receipts.uploads import Upload

CHUNK = 500
"""Messages sent between two notes in the ledger: at most so many are sent again after a crash."""


def split_upload(
    upload: Upload, *, ledger: Ledger, objects: Objects, queue: ReceiptQueue, clock: Clock
) -> None:
    """Send what the upload holds to the receipt queue.

    After a crash, or where the ledger was rewound, the next run goes on from the last note, with
    what no reader has had; what is sent twice is stored once.
    Raises `UnknownMessageError` if no batch asked for this upload.
    """
    batch = ledger.batch(upload.batch_id)
    if batch is None or not _asked_for(batch, upload):
        # Not its key, which ends with the file's name: the reason is logged.
        what = "an archive" if upload.index is None else f"image {upload.index}"
        raise UnknownMessageError(f"nobody asked for {what} of batch {upload.batch_id}")
    if upload.index is not None:
        queue.send_receipts([_message(batch, upload, upload.index, upload.name, None)])
    elif not batch.rejected:
        _split_archive(batch, upload, ledger, objects, queue, clock)


def _asked_for(batch: Batch, upload: Upload) -> bool:
    if batch.archive or upload.index is None:
        return batch.archive and upload.index is None
    return 1 <= upload.index <= (batch.expected or 0)


def _split_archive(
    batch: Batch,
    upload: Upload,
    ledger: Ledger,
    objects: Objects,
    queue: ReceiptQueue,
    clock: Clock,
) -> None:
    source, left_out = upload.source, LeftOut()
    images: Sequence[tuple[str, ArchiveEntry]] = ()
    instead = "another archive was uploaded over this one"  # S3 may not hold a form to its digest
    try:
        size = objects.size(source)
        images, left_out = list_images(size, lambda start, stop: objects.read(source, start, stop))
        why_none = f"the archive holds no receipts: {str(left_out) or 'no files at all'}"
    except UploadGoneError as error:
        why_none, instead = str(error), "the archive was deleted before all of it was read"
    except BadArchiveError as error:
        why_none, instead = str(error), f"another file was uploaded over the archive: {error}"
    is_again = batch.expected is not None
    # Written once, before the first message: only then can the ledger ever balance.
    if not images:
        ledger.reject_batch(batch.batch_id, why_none, left_out)
    batch = ledger.expect(batch.batch_id, len(images), left_out)
    if batch.expected == len(images):
        _send(batch, upload, images, ledger, queue, _known(batch, ledger) if is_again else set())
    else:
        _reject_rest(batch, instead, ledger, clock())


def _known(batch: Batch, ledger: Ledger) -> set[int]:
    """What a reader has had, of an archive that isn't all sent."""
    snapshot = None if batch.sent == batch.expected else ledger.snapshot(batch.batch_id)
    return {entry.index for entry in snapshot.entries} if snapshot else set()


def _reject_rest(batch: Batch, reason: str, ledger: Ledger, now: dt.datetime) -> None:
    """Reject what an interrupted run had not sent; the archive is gone, and its names with it."""
    entries = [
        Entry(index=index, name=f"image {index}", state=State.REJECTED, since=now, reason=reason)
        for index in range(batch.sent + 1, (batch.expected or 0) + 1)
    ]
    ledger.move_all([(batch.batch_id, entry) for entry in entries])


def _send(
    batch: Batch,
    upload: Upload,
    images: Sequence[tuple[str, ArchiveEntry]],
    ledger: Ledger,
    queue: ReceiptQueue,
    known: Collection[int] = (),
) -> None:
    messages = [
        _message(batch, upload, index, name, entry)
        for index, (name, entry) in enumerate(images, start=1)
    ]
    for start in range(batch.sent, len(messages), CHUNK):
        chunk = messages[start : start + CHUNK]
        queue.send_receipts([message for message in chunk if message.index not in known])
        ledger.mark_sent(batch.batch_id, start + len(chunk))


def _message(
    batch: Batch, upload: Upload, index: int, name: str, entry: ArchiveEntry | None
) -> ReceiptMessage:
    return ReceiptMessage(
        batch_id=batch.batch_id,
        index=index,
        receipt_id=receipt_id_for(batch.batch_id, index),
        owner=batch.owner,
        customer_reference=batch.customer_reference,
        name=name,
        source=replace(upload.source, entry=entry),
        home=batch.home,
    )
