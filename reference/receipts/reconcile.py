"""Finds what the path could not settle by itself, and settles it.

Operators run it as often as they like: a second run finds nothing left to do. Dead letters are
read and left where they are: to redrive them is a person's decision.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from receipts.batch import Batch
from receipts.errors import NoResultError, UnknownMessageError
from receipts.ledger import Entry, State
from receipts.messages import peek_ref
from receipts.ports import Clock, DeadLetter, Ledger, Objects, ResultQueue
from receipts.uploads import archive_key, image_key, parse_event

NEVER_UPLOADED_AFTER = dt.timedelta(days=2)
"""How long after acceptance an upload counts as missing: uploads are open for one day."""

NOT_STORED_AFTER = dt.timedelta(days=10)
"""How long after reading a receipt counts as lost: the write queue keeps messages that long."""


class Action(StrEnum):
    """What was done about a finding."""

    DEAD_LETTERED = "dead-lettered"
    PUT_BACK = "put back on the write queue"
    REJECTED = "rejected"
    LEFT = "left for a person to look at"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was not settled; without an `index` it concerns the whole batch."""

    action: Action
    reason: str
    batch_id: str | None = None
    index: int | None = None


def mark_dead_letters(
    letters: Iterable[DeadLetter], *, ledger: Ledger, clock: Clock
) -> Iterator[Finding]:
    """Mark in the ledger what lies on a dead-letter queue: redrive policies don't mark it."""
    for letter in letters:
        receipts = _receipts_in(letter.body)
        for batch_id, index, name in receipts:
            batch = ledger.batch(batch_id)
            if batch is None or index is None or index > (batch.expected or 0):
                # An archive whose number is unknown, or what nobody asked for.
                yield Finding(action=Action.LEFT, reason=letter.reason, batch_id=batch_id)
                continue
            entry = _entry(index, name, State.DEAD_LETTERED, clock(), letter.reason)
            if ledger.move(batch_id, entry):
                yield _finding(Action.DEAD_LETTERED, batch_id, entry)
        if not receipts:
            yield Finding(action=Action.LEFT, reason=letter.reason)


def settle_batches(
    *,
    ledger: Ledger,
    objects: Objects,
    write_queue: ResultQueue,
    clock: Clock,
    not_stored_after: dt.timedelta = NOT_STORED_AFTER,
) -> Iterator[Finding]:
    """Go through all batches: put back what was read and not stored, reject what never came."""
    now = clock()
    for batch in ledger.batches():
        snapshot = ledger.snapshot(batch.batch_id)
        entries = snapshot.entries if snapshot else ()
        for entry in entries:
            if entry.state is State.READ and entry.since + not_stored_after < now:
                try:
                    result = objects.get_result(batch.batch_id, entry.index)
                except NoResultError as error:
                    yield _lost(batch, entry, str(error))
                    continue
                write_queue.send_results([result])
                yield _taken_up_again(batch, entry, ledger, now)
        is_whole = batch.expected is not None and len(entries) >= batch.expected
        if not is_whole and batch.accepted_at + NEVER_UPLOADED_AFTER < now:
            known = {entry.index for entry in entries}
            yield from _missing(batch, known, ledger, objects, now)


def _taken_up_again(batch: Batch, entry: Entry, ledger: Ledger, now: dt.datetime) -> Finding:
    """Mark it as a redrive would, so that the next run doesn't put it back once more."""
    reason = f"read on {entry.since:%Y-%m-%d %H:%M} UTC and not stored since"
    ledger.move(batch.batch_id, _entry(entry.index, entry.name, State.DEAD_LETTERED, now, reason))
    ledger.move(batch.batch_id, replace(entry, since=now))
    return Finding(
        action=Action.PUT_BACK, reason=reason, batch_id=batch.batch_id, index=entry.index
    )


def _lost(batch: Batch, entry: Entry, reason: str) -> Finding:
    reason = f"read and not stored, and can't be put back: {reason}"
    return Finding(action=Action.LEFT, reason=reason, batch_id=batch.batch_id, index=entry.index)


def _missing(
    batch: Batch,
    known: set[int],
    ledger: Ledger,
    objects: Objects,
    now: dt.datetime,
) -> Iterator[Finding]:
    """Settle the receipts without a ledger entry: reject those that were never uploaded."""
    batch_id = batch.batch_id
    uploaded = objects.uploaded(batch_id)
    reason = f"not uploaded within {NEVER_UPLOADED_AFTER.days} days"
    left = 0
    if batch.archive and batch.expected is None and archive_key(batch_id) not in uploaded:
        ledger.reject_batch(batch_id, reason)
        yield Finding(action=Action.REJECTED, reason=reason, batch_id=batch_id)
    elif batch.archive:
        left = (batch.expected or 1) - len(known)
    for index, name in enumerate(ledger.names(batch_id), start=1):
        if index in known:
            continue
        if image_key(batch_id, index, name) in uploaded:
            left += 1
            continue
        entry = _entry(index, name, State.REJECTED, now, reason)
        if ledger.move(batch_id, entry):
            yield _finding(Action.REJECTED, batch_id, entry)
    if left and batch.accepted_at + NOT_STORED_AFTER < now:
        reason = f"{left} uploaded and never read: send its event to the upload queue again"
        yield Finding(action=Action.LEFT, reason=reason, batch_id=batch_id)


def _receipts_in(body: str) -> list[tuple[str, int | None, str]]:
    """Batch, index and name of each receipt that a dead letter is about; none if not ours."""
    if receipt := peek_ref(body):
        return [(receipt.batch_id, receipt.index, receipt.name)]
    try:
        return [(upload.batch_id, upload.index, upload.name) for upload in parse_event(body)]
    except UnknownMessageError:
        return []


def _entry(index: int, name: str, state: State, since: dt.datetime, reason: str) -> Entry:
    return Entry(index=index, name=name, state=state, since=since, reason=reason)


def _finding(action: Action, batch_id: str, entry: Entry) -> Finding:
    return Finding(action=action, reason=entry.reason or "", batch_id=batch_id, index=entry.index)
