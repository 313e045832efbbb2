"""Reports how far a batch is. Reads the ledger and writes nothing."""

import datetime as dt

from msgspec import Struct

from reading.files.left_out import LeftOut
from receipts.errors import UnknownBatchError
from receipts.ledger import Counts, Entry, State, count
from receipts.ports import BatchSnapshot, Ledger

MAX_REASONS = 20
"""The most reasons in a report; the list of receipts has them all."""


class Reason(Struct, frozen=True, kw_only=True):
    """Why a receipt is not on its way to the database."""

    index: int
    name: str
    state: State
    """Rejected, or dead-lettered."""
    reason: str
    """In words."""


class Report(Struct, frozen=True, kw_only=True):
    """The answer to `GET /batches/{id}`."""

    batch_id: str
    customer_reference: str
    accepted_at: dt.datetime
    """When the batch was announced first."""
    expected: int | None
    """How many receipts it has; null until the archive's directory was read."""
    counts: Counts
    """How many of them are in which state."""
    settled: bool
    """Whether nothing is on its way any more."""
    needs_review: int
    """How many a person should look at."""
    duplicates: int
    """How many have an image that the customer sent before; they are stored like all others."""
    oldest_seconds: int | None
    """The age of the oldest receipt that is not settled; null once all are."""
    rejected: str | None
    """Why the whole archive can't be read."""
    left_out: LeftOut
    """What else the archive holds, and is no receipt."""
    reasons: tuple[Reason, ...]
    """Why single receipts are not on their way; the first of them."""


class Page(Struct, frozen=True, kw_only=True):
    """The answer to `GET /batches/{id}/receipts`."""

    batch_id: str
    receipts: tuple[Entry, ...]
    """In the order of their index."""
    next: str | None
    """The address of the page after; null on the last."""


def report_batch(batch_id: str, owner: str, *, ledger: Ledger, now: dt.datetime) -> Report:
    """Count the batch's receipts by state. Raises `UnknownBatchError`."""
    snapshot = _own(ledger.snapshot(batch_id), batch_id, owner)
    batch, entries = snapshot.batch, snapshot.entries
    counts = count(batch, entries)
    unsettled = [entry.since for entry in entries if entry.state is State.READ]
    if counts.waiting or batch.expected is None:
        unsettled.append(batch.accepted_at)
    reasons = [
        Reason(index=it.index, name=it.name, state=it.state, reason=it.reason)
        for it in entries
        if it.reason
    ]
    return Report(
        batch_id=batch.batch_id,
        customer_reference=batch.customer_reference,
        accepted_at=batch.accepted_at,
        expected=batch.expected,
        counts=counts,
        settled=not unsettled,
        needs_review=sum(entry.needs_review for entry in entries),
        duplicates=sum(entry.duplicate_of is not None for entry in entries),
        oldest_seconds=int((now - min(unsettled)).total_seconds()) if unsettled else None,
        rejected=batch.rejected,
        left_out=batch.left_out,
        reasons=tuple(reasons[:MAX_REASONS]),
    )


def list_receipts(batch_id: str, owner: str, after: int, limit: int, *, ledger: Ledger) -> Page:
    """One page of the batch's receipts, by index. Raises `UnknownBatchError`."""
    snapshot = _own(ledger.snapshot(batch_id, after, limit), batch_id, owner)
    address = f"/batches/{batch_id}/receipts?after={snapshot.after}&limit={limit}"
    return Page(
        batch_id=batch_id,
        receipts=tuple(snapshot.entries),
        next=None if snapshot.after is None else address,
    )


def _own(snapshot: BatchSnapshot | None, batch_id: str, owner: str) -> BatchSnapshot:
    if snapshot is None or snapshot.batch.owner != owner:
        raise UnknownBatchError(f"no batch {batch_id}")
    return snapshot
