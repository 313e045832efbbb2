"""Puts together what ledger, bucket, queues and logs know of one receipt."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from msgspec import DecodeError, Struct, json

from commands.letters.queues import Depth, Letter
from receipts.batch import Batch, receipt_id_for
from receipts.errors import NoResultError, UnknownBatchError
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage
from receipts.ports import Ledger, Objects
from receipts.uploads import archive_key, image_key


class Step(Struct, frozen=True, kw_only=True):
    """What happened to it, and when."""

    at: dt.datetime
    what: str


class LogLine(Struct, frozen=True, kw_only=True):
    """One line that a function wrote."""

    at: dt.datetime
    group: str
    text: str


class Way(Struct, frozen=True, kw_only=True):
    """A receipt's steps in time's order, and where it is now, in words."""

    receipt_id: str
    name: str
    customer_reference: str
    steps: Sequence[Step]
    where: str


def find_way(
    batch_id: str,
    index: int,
    *,
    ledger: Ledger,
    objects: Objects,
    depths: Mapping[str, Depth],
    letters: Iterable[tuple[str, Letter]],
    lines: Iterable[LogLine] = (),
) -> Way:
    """Where this receipt has been and is. `letters` come with the name of their queue.

    Raises `UnknownBatchError` where the ledger has no such batch, or the batch no such receipt.
    """
    snapshot = ledger.snapshot(batch_id, index - 1, 1)
    if snapshot is None:
        raise UnknownBatchError(f"the ledger knows no batch {batch_id}, or has forgotten it")
    batch = snapshot.batch
    if batch.expected is not None and not 1 <= index <= max(1, batch.expected):
        raise UnknownBatchError(f"batch {batch_id} has {batch.expected:,} receipts, no {index:,}")
    entry = next((one for one in snapshot.entries if one.index == index), None)
    names = ledger.names(batch_id)
    name = entry.name if entry else names[index - 1] if names else "?"
    uploaded = _upload(batch, index, name, objects)
    copy = _copy(batch_id, index, objects)
    dead = [(queue, one) for queue, one in letters if _is_about(one, batch_id, index)]
    steps = [_accepted(batch), *uploaded, *_read(copy), *_settled(entry), *map(_dead, dead)]
    steps += [Step(at=line.at, what=f"log: {_told(line)}") for line in lines]
    return Way(
        receipt_id=receipt_id_for(batch_id, index),
        name=name,
        customer_reference=batch.customer_reference,
        steps=sorted(steps, key=lambda step: step.at),
        where=_where(batch, entry, uploaded=bool(uploaded), dead=dead, depths=depths),
    )


def _accepted(batch: Batch) -> Step:
    how = "as an archive" if batch.archive else "as single photos"
    number = "a number not known yet" if batch.expected is None else f"{batch.expected:,}"
    return Step(at=batch.accepted_at, what=f"accepted: a batch of {number}, {how}")


def _upload(batch: Batch, index: int, name: str, objects: Objects) -> list[Step]:
    key = archive_key(batch.batch_id) if batch.archive else image_key(batch.batch_id, index, name)
    found = objects.uploaded(batch.batch_id).get(key)
    return [Step(at=found[1], what="uploaded")] if found else []


def _copy(batch_id: str, index: int, objects: Objects) -> ResultMessage | None:
    try:
        return objects.get_result(batch_id, index)
    except NoResultError:
        return None


def _read(copy: ResultMessage | None) -> list[Step]:
    if copy is None:
        return []
    review = ", to be reviewed by a person" if copy.needs_review else ""
    again = f"; the same image as {copy.duplicate_of}" if copy.duplicate_of else ""
    return [Step(at=copy.read_at, what=f"read by {copy.engine}{review}{again}")]


def _settled(entry: Entry | None) -> list[Step]:
    if entry is None or entry.state is State.READ:
        return []
    return [Step(at=entry.since, what=f"{entry.state}{f': {entry.reason}' * bool(entry.reason)}")]


def _dead(found: tuple[str, Letter]) -> Step:
    queue, letter = found
    return Step(
        at=letter.sent_at,
        what=f"first sent, of what lies on {queue} now, received {letter.receives:,} times there: "
        f"{letter.reason}",
    )


def _is_about(letter: Letter, batch_id: str, index: int) -> bool:
    return letter.batch_id == batch_id and letter.index in (index, None)


def _where(
    batch: Batch,
    entry: Entry | None,
    *,
    uploaded: bool,
    dead: Sequence[tuple[str, Letter]],
    depths: Mapping[str, Depth],
) -> str:
    if entry and entry.state is State.STORED:
        where = "in the client's database"
    elif entry and entry.state is State.REJECTED:
        where = "nowhere: the customer was told why"
    elif dead:
        where = f"on {dead[0][0]}, until a person decides: receipts dlq"
    elif batch.rejected:
        where = f"nowhere: the whole archive was rejected: {batch.rejected}"
    elif entry and entry.state is State.READ:
        where = f"on the write queue, or with the agent{_beside(depths.get('write'))}"
    elif entry:
        where = "dead-lettered, and on no dead-letter queue: redriven, or kept too long there"
    elif not uploaded:
        where = "with the customer: it was not uploaded, or its upload was deleted since"
    else:
        where = f"on the upload or receipt queue, or with a reader{_beside(depths.get('receipt'))}"
    return where


def _beside(depth: Depth | None) -> str:
    if depth is None:
        return ""
    return f" ({depth.waiting:,} wait there, {depth.in_hand:,} are in hand)"


class _Line(Struct):
    message: str
    level: str = "?"
    service: str = "?"
    reason: str | None = None


def _told(line: LogLine) -> str:
    try:
        said = json.decode(line.text, type=_Line)
    except (DecodeError, UnicodeError):
        return line.text
    reason = f": {said.reason}" if said.reason else ""
    return f"{said.service} {said.level}: {said.message}{reason}"
