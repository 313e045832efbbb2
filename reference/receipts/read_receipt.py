"""Third stage: reads one receipt image and puts its fields on the write queue.

The result goes to three places in this order: the canonical copy in S3, the ledger, the write
queue. After a crash anywhere in between, the next delivery completes the rest. Before all three
`seen.first_with` says whether the customer sent the very same image before; it notes the first, so
that a repeat gets the same answer. And `votes` say how the client's other receipts read the
merchant's name, which puts a letter or two right. An image that can't be read is rejected with a
reason for the customer, and the rest of the batch goes on.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping

from msgspec.structs import replace

from reading.agreement import majority, vote_of
from reading.context import ReadingContext
from reading.engine import OcrEngine
from reading.extraction import UnreadableImageError, read_image
from reading.files.archive import BadArchiveError, read_image_entry
from reading.receipt import Receipt
from reading.review import USUAL, doubts
from receipts.errors import UploadGoneError
from receipts.ledger import Entry, State
from receipts.messages import ReceiptMessage, ResultMessage, Source
from receipts.ports import Clock, Ledger, Objects, ResultQueue, SeenImages, Votes

logger = logging.getLogger(__name__)


def read_receipt(  # noqa: PLR0913  each is a port or a setting
    message: ReceiptMessage,
    *,
    objects: Objects,
    seen: SeenImages,
    ledger: Ledger,
    queue: ResultQueue,
    engine: OcrEngine,
    limit_s: float,
    clock: Clock,
    votes: Votes | None = None,
    least: Mapping[str, float] = USUAL,
) -> State:
    """Read the image unless the ledger says that this was done; answer the receipt's state.

    After a crash before the ledger's note OCR runs again; the receipt is stored once all the same.
    The OCR engine is stopped `limit_s` seconds after the image was fetched. A required field below
    its confidence in `least` needs review. Any error that leaves here is transient: the message is
    delivered again.
    """
    if done := _resend_if_read(message, objects, ledger, queue):
        return done
    try:
        image = _image(message.source, objects)
        context = ReadingContext(read_on=clock().date(), home=message.home)
        receipt = read_image(image, engine, limit_s, context)
    except (UploadGoneError, BadArchiveError, UnreadableImageError) as error:
        rejected = _entry(message, State.REJECTED, clock, str(error))
        if ledger.move(message.batch_id, rejected):
            return State.REJECTED
        # Another reader of this message was faster. Returning deletes the message.
        if done := _resend_if_read(message, objects, ledger, queue):
            return done
        raise
    sha256 = hashlib.sha256(image).hexdigest()
    receipt = _put_right(receipt, message.owner, sha256, votes, clock())
    result = _result(message, receipt, sha256, seen, engine.name, clock(), least)
    result = objects.put_result(result)  # another reader's, where that one was first
    entry = replace(
        _entry(message, State.READ, clock),
        needs_review=result.needs_review,
        duplicate_of=result.duplicate_of,
    )
    ledger.move(message.batch_id, entry)
    queue.send_results([result])
    return State.READ


def _resend_if_read(
    message: ReceiptMessage, objects: Objects, ledger: Ledger, queue: ResultQueue
) -> State | None:
    """The state of a receipt that was read before; its result is sent again. None: to be read."""
    state = ledger.state(message.batch_id, message.index)
    if state is State.READ:
        # That run got as far as the ledger; whether its result was sent is unknown.
        queue.send_results([objects.get_result(message.batch_id, message.index)])
    return None if state is State.DEAD_LETTERED else state


def _image(source: Source, objects: Objects) -> bytes:
    if source.entry is None:
        return objects.read(source)
    return read_image_entry(source.entry, lambda a, b: objects.read(source, a, b))


def _put_right(
    receipt: Receipt, owner: str, sha256: str, votes: Votes | None, at: dt.datetime
) -> Receipt:
    """The receipt with its merchant's name as the client's other receipts have it."""
    sure = receipt.confidence.get("merchant_number")
    vote = vote_of(receipt.merchant, receipt.merchant_number, sure)
    if votes is None or vote is None:
        return receipt
    try:
        names = votes.cast(owner, vote, sha256, at)
    except Exception as error:  # noqa: BLE001  a reading is worth more than a letter of it
        logger.warning("no agreement, the name stands as read: %s", type(error).__name__)
        return receipt
    agreed = majority(vote.name, names)
    if agreed is None:
        return receipt
    return replace(receipt, merchant=agreed.name, merchant_as_read=vote.name)


def _result(
    message: ReceiptMessage,
    receipt: Receipt,
    sha256: str,
    seen: SeenImages,
    engine: str,
    read_at: dt.datetime,
    least: Mapping[str, float],
) -> ResultMessage:
    customer = (message.owner, message.customer_reference)
    first = seen.first_with(sha256, customer, message.receipt_id)
    return ResultMessage(
        batch_id=message.batch_id,
        index=message.index,
        receipt_id=message.receipt_id,
        customer_reference=message.customer_reference,
        name=message.name,
        image_bucket=message.source.bucket,
        image_key=message.source.key,
        image_sha256=sha256,
        duplicate_of=None if first == message.receipt_id else first,
        engine=engine,
        read_at=read_at,
        receipt=receipt,
        needs_review=bool(doubts(receipt.confidence, least)),
    )


def _entry(message: ReceiptMessage, state: State, clock: Clock, reason: str | None = None) -> Entry:
    return Entry(index=message.index, name=message.name, state=state, since=clock(), reason=reason)
