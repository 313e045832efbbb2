"""Finds what the path could not settle by itself, and settles it.

A function does it every hour, and operators as often as they like, also at the same time: a second
run finds nothing left to do. Dead letters are left where they are: to redrive is a person's task.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, takewhile

from msgspec import Struct
from msgspec.structs import replace

from reading.files.left_out import LeftOut
from receipts.batch import Batch
from receipts.errors import NoResultError, UnknownMessageError
from receipts.ledger import Entry, State
from receipts.messages import Source, peek_ref
from receipts.ports import Clock, DeadLetter, Ledger, Objects, ResultQueue, UploadQueue
from receipts.uploads import archive_key, image_key, parse_event

NEVER_UPLOADED_AFTER = dt.timedelta(days=2)
"""How long after acceptance an upload counts as missing: uploads are open for one day."""

UNREAD_AFTER = dt.timedelta(hours=1)
"""How long after its upload an image that no reader has had is sent again: reading takes seconds,
trying again minutes, and an alarm has rung after half an hour."""

UNREAD_AGAIN_AFTER = dt.timedelta(days=4)
"""How long until it is sent once more: the receipt queue keeps a message that long."""

NOT_STORED_AFTER = dt.timedelta(days=10)
"""How long after reading a receipt counts as lost: the write queue keeps messages that long."""


class Action(StrEnum):
    """What was done about a finding."""

    DEAD_LETTERED = "dead-lettered"
    PUT_BACK = "put back on the write queue"
    SENT_AGAIN = "sent again to the upload queue"
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


def settle_batches(  # noqa: PLR0913  what reconciling needs
    *,
    ledger: Ledger,
    objects: Objects,
    upload_queue: UploadQueue,
    write_queue: ResultQueue,
    clock: Clock,
    not_stored_after: dt.timedelta = NOT_STORED_AFTER,
    letters: Iterable[DeadLetter] = (),
    parts: int = 1,
    in_time: Callable[[], bool] = lambda: True,
) -> Iterator[Finding]:
    """Mark dead letters; then put back, send again, or reject what the path left of all batches.

    Stops when not `in_time`. Which of the ledger's `parts` comes first turns with the hour: in so
    many hours each is the first once, and all is looked at though no run gets through.
    """
    now = clock()
    on_dlq = set()  # whose archive's event was set aside: to send that is a person's decision
    for finding in mark_dead_letters(letters, ledger=ledger, clock=clock):
        if finding.action is Action.LEFT:
            on_dlq.add(finding.batch_id)
        yield finding
        if not in_time():
            return
    hour = int(now.timestamp()) // 3600
    every = chain.from_iterable(ledger.batches((hour + n) % parts, parts) for n in range(parts))
    looked_at = (ledger.snapshot(it.batch_id) for it in takewhile(lambda _: in_time(), every))
    for snapshot in filter(None, looked_at):
        batch, entries = snapshot.batch, snapshot.entries
        read_before = now - not_stored_after
        for entry in [it for it in entries if it.state is State.READ and it.since < read_before]:
            yield _put_back(batch, entry, ledger, objects, write_queue, now)
            if not in_time():
                return
        is_whole = batch.expected is not None and len(entries) >= batch.expected
        if not is_whole and batch.accepted_at + UNREAD_AFTER < now:
            known = {entry.index for entry in entries}
            images = {
                image_key(batch.batch_id, index, name): (index, name)
                for index, name in enumerate(ledger.names(batch.batch_id), start=1)
                if index not in known
            }
            uploads = objects.uploaded(batch.batch_id)
            if batch.accepted_at + NEVER_UPLOADED_AFTER < now:
                absent = [images[key] for key in images if key not in uploads]
                yield from _reject_absent(batch, absent, uploads, ledger, now)
            keys = [archive_key(batch.batch_id)] if batch.archive else list(images)
            unread = [uploads[key] for key in keys if key in uploads]
            if batch.batch_id not in on_dlq:
                yield from _send_again(batch, unread, ledger, upload_queue, now)


def _put_back(
    batch: Batch,
    entry: Entry,
    ledger: Ledger,
    objects: Objects,
    write_queue: ResultQueue,
    now: dt.datetime,
) -> Finding:
    """And mark it as a redrive would, so that the next run doesn't put it back once more."""
    try:
        write_queue.send_results([objects.get_result(batch.batch_id, entry.index)])
    except NoResultError as error:
        reason = f"read and not stored, and can't be put back: {error}"
        return _finding(Action.LEFT, batch.batch_id, replace(entry, reason=reason))
    reason = f"read on {entry.since:%Y-%m-%d %H:%M} UTC and not stored since"
    given_up = _entry(entry.index, entry.name, State.DEAD_LETTERED, now, reason)
    ledger.move(batch.batch_id, given_up)
    ledger.move(batch.batch_id, replace(entry, since=now))
    return _finding(Action.PUT_BACK, batch.batch_id, given_up)


def _reject_absent(
    batch: Batch,
    absent: Sequence[tuple[int, str]],
    uploads: Collection[str],
    ledger: Ledger,
    now: dt.datetime,
) -> Iterator[Finding]:
    """Reject what was not uploaded while it could be: an archive, or images of a manifest."""
    reason = f"not uploaded within {NEVER_UPLOADED_AFTER.days} days"
    if batch.archive and batch.expected is None and not uploads:
        ledger.reject_batch(batch.batch_id, reason, LeftOut())
        yield Finding(action=Action.REJECTED, reason=reason, batch_id=batch.batch_id)
    for index, name in absent:
        entry = _entry(index, name, State.REJECTED, now, reason)
        if ledger.move(batch.batch_id, entry):
            yield _finding(Action.REJECTED, batch.batch_id, entry)


def _send_again(
    batch: Batch,
    unread: Sequence[tuple[Source, dt.datetime]],
    ledger: Ledger,
    upload_queue: UploadQueue,
    now: dt.datetime,
) -> Iterator[Finding]:
    """Send the events of uploads that no reader has had; the splitter sends what has no entry."""
    before = batch.sent_again_at
    due = [source for source, uploaded_at in unread if _is_due(uploaded_at, before, now)]
    if due:
        if batch.archive:  # where it was split before, messages were lost
            ledger.rewind(batch.batch_id)
        upload_queue.send_uploads(due)
        ledger.mark_sent_again(batch.batch_id, now)  # cut off before it, they are sent once more
        what = "an archive" if batch.archive else f"{len(due)} images"
        reason = f"{what} uploaded over an hour ago, and not all is read"
        yield Finding(action=Action.SENT_AGAIN, reason=reason, batch_id=batch.batch_id)
    elif before and before + UNREAD_AFTER >= now:
        return  # on its way
    elif batch.accepted_at + NOT_STORED_AFTER < now and (unread or batch.archive):
        why = f"sent again on {before:%Y-%m-%d}" if unread and before else "gone from the bucket"
        reason = f"uploaded and never read; {why}"
        yield Finding(action=Action.LEFT, reason=reason, batch_id=batch.batch_id)


def _is_due(uploaded_at: dt.datetime, before: dt.datetime | None, now: dt.datetime) -> bool:
    unread_since = uploaded_at + UNREAD_AFTER
    if before and before > unread_since:  # it was among what was sent again then
        unread_since = before + UNREAD_AGAIN_AFTER
    return unread_since < now


def _receipts_in(body: str) -> list[tuple[str, int | None, str]]:
    """Batch, index and name of each receipt that is dead by this letter; none by a correction's."""
    if receipt := peek_ref(body):
        return [] if receipt.number else [(receipt.batch_id, receipt.index, receipt.name)]
    try:
        return [(upload.batch_id, upload.index, upload.name) for upload in parse_event(body)]
    except UnknownMessageError:
        return []


def _entry(index: int, name: str, state: State, since: dt.datetime, reason: str) -> Entry:
    return Entry(index=index, name=name, state=state, since=since, reason=reason)


def _finding(action: Action, batch_id: str, entry: Entry) -> Finding:
    return Finding(action=action, reason=entry.reason or "", batch_id=batch_id, index=entry.index)
