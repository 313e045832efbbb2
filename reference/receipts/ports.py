"""What the stages need of the outside, as protocols: `aws/` and `agent/postgres.py` implement them.

What may be raised is in `errors`; any other error counts as transient: the message comes again.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from reading.agreement import Vote
from reading.files.left_out import LeftOut
from receipts.batch import Archive, Batch, Claim, File
from receipts.ledger import Entry, State
from receipts.messages import CorrectionMessage, ReceiptMessage, ResultMessage, Row, Source

Clock = Callable[[], dt.datetime]
"""Tells the time, in UTC."""


class Objects(Protocol):
    """The bucket: uploads as the customer sent them, results as they were read."""

    def size(self, source: Source) -> int:
        """Bytes of the object. Raises `UploadGoneError`."""

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        """Bytes [start, stop) of the object, fewer at its end. Raises `UploadGoneError`."""

    def put_result(self, result: ResultMessage) -> ResultMessage:
        """Write the canonical copy unless there is one; answer the one that is there now."""

    def get_result(self, batch_id: str, index: int) -> ResultMessage:
        """The canonical copy, as it was put. Raises `NoResultError`."""

    def uploaded(self, batch_id: str) -> Mapping[str, tuple[Source, dt.datetime]]:
        """The batch's uploads that are there, by key, and since when; lists the bucket."""


class Corrections(Protocol):
    """The corrections in the bucket, beside the canonical copies that they leave as they are."""

    def put_correction(self, correction: CorrectionMessage) -> CorrectionMessage:
        """Write it unless one of its number is there; answer the one that is there now."""

    def corrections(self, batch_id: str, index: int | None = None) -> Sequence[CorrectionMessage]:
        """Those of one receipt, or of a whole batch, in their order."""


class Form(Struct, frozen=True, kw_only=True):
    """A presigned POST: send `fields`, then the file as `file`, as multipart to `url`."""

    name: str
    """Of the file that it takes."""
    url: str
    """Where to post it."""
    fields: dict[str, str]
    """What to send before the file, in this order."""


class Forms(Protocol):
    """Signs uploads, limited in key, size and type, and to the digest that was announced."""

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        """The form for one image of a manifest."""

    def for_archive(self, batch_id: str, archive: Archive) -> Form:
        """The form for one archive."""


class UploadQueue(Protocol):
    """The upload queue, to tell of an upload as S3 does."""

    def send_uploads(self, uploads: Sequence[Source]) -> None:
        """Send all of them. Raises if one was not taken; others may have been."""


class ReceiptQueue(Protocol):
    """The receipt queue, to send on."""

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        """Send all of them. Raises if one was not taken; others may have been."""


class ResultQueue(Protocol):
    """The write queue, to send on: results, and corrections of them."""

    def send_results(self, results: Sequence[Row]) -> None:
        """Send all of them. Raises if one was not taken; others may have been."""


class DeadLetters(Protocol):
    """A dead-letter queue, for messages that are set aside with a reason."""

    def send(self, body: str, reason: str) -> None:
        """Send the message as it was, with the reason as an attribute."""


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A message on a dead-letter queue; where a redrive policy moved it, `reason` says so."""

    body: str
    reason: str


class BatchSnapshot(Struct, frozen=True, kw_only=True):
    """A batch with all or a page of its receipts; `after` is where the next page begins."""

    batch: Batch
    entries: Sequence[Entry]
    after: int | None = None


class Ledger(Protocol):
    """One item a batch and one a receipt; `ledger.FOLLOWS` says which state may follow which.

    Reasons are kept as `ledger.as_reason` has them.
    """

    def claim_key(self, key_id: str, claim: Claim) -> Claim:
        """Note the key's first use unless there was one; answer the one that is noted now."""

    def open_batch(self, batch: Batch, names: Sequence[str]) -> None:
        """Write the batch unless it exists, and the names of its manifest before it."""

    def batch(self, batch_id: str) -> Batch | None:
        """The batch, or None where nobody asked for it."""

    def expect(self, batch_id: str, expected: int, left_out: LeftOut) -> Batch:
        """Write what an archive holds unless that is written; answer the batch as it is now."""

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """Note that the messages up to this index are on the receipt queue."""

    def rewind(self, batch_id: str) -> None:
        """Set `sent` back to 0: messages were lost, and the archive's next event sends anew."""

    def mark_sent_again(self, batch_id: str, at: dt.datetime) -> None:
        """Note when events of the batch's uploads were sent again."""

    def reject_batch(self, batch_id: str, reason: str, left_out: LeftOut) -> None:
        """Note that the archive holds no receipt that can be read; its number expected is 0."""

    def state(self, batch_id: str, index: int) -> State | None:
        """The receipt's state, or None while it is on its way to a reader."""

    def move(self, batch_id: str, entry: Entry) -> bool:
        """Move the receipt into the entry's state if it may; False where that changes nothing."""

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """Move many, several at a time; returns when all are written."""

    def snapshot(
        self, batch_id: str, after: int = 0, limit: int | None = None
    ) -> BatchSnapshot | None:
        """The batch and up to `limit` receipts whose index is over `after`; None: no such batch.

        The receipts may be a second old: who acts on one moves it, which looks again.
        """

    def batches(self, part: int = 0, parts: int = 1) -> Iterable[Batch]:
        """All batches, or of so many parts of the table the one with this number; in no order."""

    def names(self, batch_id: str) -> Sequence[str]:
        """The names of the batch's manifest, in its order; none for an archive."""


class SeenImages(Protocol):
    """Remembers which receipt had an image first, for each customer of each owner."""

    def first_with(self, sha256: str, customer: tuple[str, str], receipt_id: str) -> str:
        """The first receipt with this image: `receipt_id` itself where none was before.

        `customer` is owner and customer reference: nobody learns of another's images.
        """


class Votes(Protocol):
    """What a client's receipts read as their merchants' names, by a number of the merchant's."""

    def cast(self, owner: str, vote: Vote, image_sha256: str, at: dt.datetime) -> Sequence[str]:
        """Note the vote unless this image has one; answer the names read last, oldest first.

        Its own is among them, and none of another owner's receipts. However many vote at a time,
        none of the latest `agreement.LAST` is lost.
        """


class Delivery(Struct, frozen=True, kw_only=True):
    """A message as the write queue delivered it; `handle` is good until its visibility ends."""

    body: str
    handle: str
    receives: int


class WriteQueue(Protocol):
    """The write queue, polled from the client's premises."""

    def receive(self, max_messages: int, wait_s: float) -> Sequence[Delivery]:
        """Up to `max_messages`; waits up to `wait_s` seconds for the first."""

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        """Delete them: they are stored, or set aside."""

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give them back at once, to be delivered again."""


class Inbox(Protocol):
    """The receipts inbox in the client's database, over one connection."""

    def ensure_writer(self) -> bool:
        """Make sure that this agent, and no other, may write now: connect, check, take the lock.

        True where this agent has just become the writer. Raises `StandbyError` or
        `InboxUnavailableError`.
        """

    def write(self, messages: Sequence[Row]) -> int:
        """Write in one transaction, a row each, of one table; answer how many were not there.

        Raises `BadRowError` or `InboxUnavailableError`. None of them counts as written then, but
        may be: written again they change nothing. A row of another image under a receipt's key
        makes it a bad one.
        """

    def check_control_row(self, suspect: Row | None = None) -> bool:
        """Insert a row like one that the database took before, and roll it back.

        Raises `InboxUnavailableError` if it is refused: then the database has changed or is away,
        whatever rows it refuses. Before the first row was taken, the control row is an empty one of
        the suspect's customer; without a receipt one of nobody, which may be refused: then False.
        """
