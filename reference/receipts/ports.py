"""What the stages need of the outside, as protocols. Adapters keep them on AWS, fakes in tests.

An error that is not named here is taken as passing: the message is delivered again.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from receipts.batch import Batch, File
from receipts.ledger import Entry, State
from receipts.messages import Message, ResultMessage, Source

Clock = Callable[[], dt.datetime]
"""Tells the time, in UTC."""


class OverwrittenError(Exception):
    """The object is no longer the upload that the message speaks of, or is gone."""


class NoResultError(Exception):
    """There is no canonical copy, or none that can be understood."""


class Objects(Protocol):
    """The bucket: uploads as the customer sent them, results as they were read."""

    def size(self, source: Source) -> int:
        """Bytes of the object. Raises `OverwrittenError` where its ETag is another."""
        ...

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        """Bytes [start, stop) of the object, fewer at its end. Raises `OverwrittenError`."""
        ...

    def put_result(self, result: ResultMessage) -> None:
        """Keep the canonical copy."""
        ...

    def get_result(self, batch_id: str, index: int) -> ResultMessage:
        """The canonical copy, as it was put. Raises `NoResultError`."""
        ...


class StoredObjects(Objects, Protocol):
    """The bucket, for whoever may list it."""

    def uploaded(self, batch_id: str) -> Collection[str]:
        """The keys of the batch's uploads that are there."""
        ...


class Form(Struct, frozen=True, kw_only=True):
    """A presigned POST: send `fields`, then the file as `file`, as multipart to `url`."""

    name: str
    url: str
    fields: dict[str, str]


class Forms(Protocol):
    """Signs uploads, limited in key, size and type."""

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        """The form for one image of a manifest."""
        ...

    def for_archive(self, batch_id: str) -> Form:
        """The form for one archive."""
        ...


class Queue(Protocol):
    """A queue to send on."""

    def send(self, messages: Sequence[Message]) -> None:
        """Send all of them. Raises where one was not taken: some may have been."""
        ...


class DeadLetters(Protocol):
    """A dead-letter queue to which whoever gives up on a message sends it, with the reason."""

    def send(self, body: str, reason: str) -> None:
        """Send the message as it was, the reason beside it."""
        ...


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A message on a dead-letter queue; `reason` is a redrive policy's own where none stands by."""

    body: str
    reason: str


class BatchLedger(Protocol):
    """What accepting and splitting know of a batch."""

    def open_batch(self, batch: Batch, names: Sequence[str]) -> Batch:
        """Write the batch unless it exists; answer the one that is in the ledger now."""
        ...

    def batch(self, batch_id: str) -> Batch | None:
        """The batch, or None where nobody asked for it."""
        ...

    def expect(self, batch_id: str, expected: int, archive_etag: str) -> Batch:
        """Write the number expected of an archive unless one is written; answer the batch now."""
        ...

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """Note that the messages up to this index are on the receipt queue."""
        ...

    def reject_batch(self, batch_id: str, reason: str) -> None:
        """Note that the archive can't be read; its number expected is then 0."""
        ...


class ReceiptLedger(Protocol):
    """One item a receipt, states in one order."""

    def state(self, batch_id: str, index: int) -> State | None:
        """The receipt's state, or None where it is still on its way."""
        ...

    def move(self, batch_id: str, entry: Entry) -> bool:
        """Move the receipt into the entry's state if it may; False where that changes nothing."""
        ...

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """Move many, several at a time; returns when all are written."""
        ...


class SeenImages(Protocol):
    """Remembers which receipt had an image first, for each customer of each owner."""

    def first_with(self, sha256: str, whose: tuple[str, str], receipt_id: str) -> str:
        """The first receipt with this image: `receipt_id` itself where none was before.

        `whose` is owner and customer reference: nobody learns of another's images.
        """
        ...


class SplitterLedger(BatchLedger, ReceiptLedger, Protocol):
    """Both: the splitter rejects what it can no longer send."""


class Statement(Struct, frozen=True, kw_only=True):
    """A batch with all or a page of its receipts; `after` is where the next page begins."""

    batch: Batch
    entries: Sequence[Entry]
    after: int | None = None


class LedgerReader(Protocol):
    """What the status needs."""

    def statement(self, batch_id: str) -> Statement | None:
        """The batch and all its receipts, or None where nobody asked for it."""
        ...

    def page(self, batch_id: str, after: int, limit: int) -> Statement | None:
        """The batch and up to `limit` receipts whose index is over `after`."""
        ...


class ReconcilerLedger(BatchLedger, ReceiptLedger, LedgerReader, Protocol):
    """The whole ledger, for whoever may go through all of it."""

    def batches(self) -> Iterable[Batch]:
        """All batches, in no order."""
        ...

    def names(self, batch_id: str) -> Sequence[str]:
        """The names of the batch's manifest, in its order; none for an archive."""
        ...


class Delivery(Struct, frozen=True, kw_only=True):
    """A message as the write queue delivered it; `handle` is good until its visibility ends."""

    body: str
    handle: str
    receives: int


class WriteQueue(Protocol):
    """The write queue, polled from the client's premises."""

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        """Up to `most` messages; waits up to `wait_s` seconds for the first."""
        ...

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        """Delete them: they are stored, or set aside."""
        ...

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give them back at once, to be delivered again."""
        ...


class BadRowError(Exception):
    """The database refuses the data itself; sent again it would be refused again."""


class InboxUnavailableError(Exception):
    """The database is away, overloaded or read-only: later it may take the same rows."""


class InboxMisfitError(InboxUnavailableError):
    """A person must mend it: wrong password, missing right, another schema version."""


class InboxRefusedError(InboxUnavailableError):
    """It is there and lets this agent not in: password, certificate, name, or no connection free.

    Which of them, only its words say, in its operators' language.
    """


class StandingByError(Exception):
    """Another agent writes; this one may as soon as that one is gone."""


class Inbox(Protocol):
    """The receipts inbox in the client's database, over one connection."""

    def hold(self) -> bool:
        """Make sure that it would take rows now, and from this agent alone.

        True where this agent has just become the one that writes. Raises `StandingByError` or
        `InboxUnavailableError`.
        """
        ...

    def write(self, results: Sequence[ResultMessage]) -> int:
        """Write in one transaction, a row a receipt; answer how many were not there before.

        Raises `BadRowError` or `InboxUnavailableError`; then none of them is written.
        """
        ...
