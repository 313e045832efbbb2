"""In-memory fakes of the ports: what the Lambda stages need of the outside, without the outside.

They keep the ports' promises, nothing more; `tests/receipts/aws` holds this ledger against
DynamoDB's. The agent's are in `fakes_agent`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from zlib import crc32

import msgspec
from PIL import Image

from reading.agreement import Vote
from reading.engine import OcrEngineError, Word
from reading.files.left_out import LeftOut
from receipts.batch import Archive, Batch, Claim, File
from receipts.errors import NoResultError, UploadGoneError
from receipts.ledger import FOLLOWS, Entry, State, as_reason
from receipts.messages import (
    CorrectionMessage,
    Message,
    ReceiptMessage,
    ResultMessage,
    Row,
    Source,
    decode,
    encode,
)
from receipts.ports import BatchSnapshot, Form
from receipts.uploads import archive_key, image_key

START = dt.datetime(2026, 1, 28, 9, 0, tzinfo=dt.UTC)
"""A morning three days before taxes are due."""

M = TypeVar("M", ReceiptMessage, ResultMessage, CorrectionMessage)


OWNER = "client-1"
"""Who asks for the batches: the subject of a token."""


def a_batch(batch_id: str, expected: int | None = None) -> Batch:
    """A batch accepted at `START`: a manifest of `expected` files, or an archive."""
    return Batch(
        batch_id=batch_id,
        owner=OWNER,
        customer_reference="C-1",
        archive=expected is None,
        accepted_at=START,
        expected=expected,
    )


class CutOffError(Exception):
    """The run ends here: a crash, a timeout, a lost connection."""


class FakeClock:
    """Tells the time that the test sets, as a date and as seconds."""

    def __init__(self, now: dt.datetime = START) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def seconds(self) -> float:
        return (self.now - START).total_seconds()

    def advance(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


class FakeLedger:
    """Every ledger port. `history` names each write, in order."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self.opened: dict[str, Batch] = {}
        self.manifests: dict[str, list[str]] = {}
        self.entries: dict[tuple[str, int], Entry] = {}
        self.history: list[str] = []

    def claim_key(self, key_id: str, claim: Claim) -> Claim:
        return self.claims.setdefault(key_id, claim)

    def open_batch(self, batch: Batch, names: Sequence[str]) -> None:
        if names:
            self.manifests.setdefault(batch.batch_id, list(names))
        self.opened.setdefault(batch.batch_id, batch)

    def batch(self, batch_id: str) -> Batch | None:
        return self.opened.get(batch_id)

    def expect(self, batch_id: str, expected: int, left_out: LeftOut) -> Batch:
        batch = self.opened[batch_id]
        if batch.expected is None:
            self.history.append(f"expect {expected}")
            self._change(batch_id, expected=expected, left_out=left_out)
        return self.opened[batch_id]

    def mark_sent(self, batch_id: str, sent: int) -> None:
        if sent > self.opened[batch_id].sent:
            self.history.append(f"sent {sent}")
            self._change(batch_id, sent=sent)

    def rewind(self, batch_id: str) -> None:
        self._change(batch_id, sent=0)

    def mark_sent_again(self, batch_id: str, at: dt.datetime) -> None:
        self._change(batch_id, sent_again_at=at)

    def reject_batch(self, batch_id: str, reason: str, left_out: LeftOut) -> None:
        if self.opened[batch_id].expected is None:
            self._change(batch_id, expected=0, rejected=as_reason(reason), left_out=left_out)

    def state(self, batch_id: str, index: int) -> State | None:
        entry = self.entries.get((batch_id, index))
        return entry.state if entry else None

    def move(self, batch_id: str, entry: Entry) -> bool:
        if self.state(batch_id, entry.index) not in FOLLOWS[entry.state]:
            return False
        self.history.append(f"{entry.index} {entry.state}")
        reason = entry.reason and as_reason(entry.reason)
        self.entries[batch_id, entry.index] = msgspec.structs.replace(entry, reason=reason)
        return True

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        for batch_id, entry in moves:
            self.move(batch_id, entry)

    def snapshot(
        self, batch_id: str, after: int = 0, limit: int | None = None
    ) -> BatchSnapshot | None:
        batch = self.opened.get(batch_id)
        if batch is None:
            return None
        rest = [entry for entry in self._entries(batch_id) if entry.index > after]
        page = rest[:limit]
        last = page[-1].index if len(rest) > len(page) else None
        return BatchSnapshot(batch=batch, entries=page, after=last)

    def batches(self, part: int = 0, parts: int = 1) -> Iterable[Batch]:
        return [it for it in self.opened.values() if crc32(it.batch_id.encode()) % parts == part]

    def names(self, batch_id: str) -> Sequence[str]:
        return self.manifests.get(batch_id, [])

    def _entries(self, batch_id: str) -> list[Entry]:
        return [entry for (owner, _), entry in sorted(self.entries.items()) if owner == batch_id]

    def _change(self, batch_id: str, **changes: object) -> None:
        self.opened[batch_id] = msgspec.structs.replace(self.opened[batch_id], **changes)


class FakeObjects:
    """A bucket. `ranges` is what was read of uploads; they lie there since `START`."""

    def __init__(self) -> None:
        self.since = START
        self.uploads: dict[str, bytes] = {}
        self.results: dict[tuple[str, int], ResultMessage] = {}
        self.corrected: dict[str, CorrectionMessage] = {}
        self.ranges: list[tuple[int, int]] = []

    def upload(self, key: str, data: bytes) -> Source:
        """What a customer does, with what S3 then says of it."""
        self.uploads[key] = data
        return Source(bucket="receipts", key=key)

    def size(self, source: Source) -> int:
        return len(self._data(source))

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        data = self._data(source)[start:stop]
        self.ranges.append((start, start + len(data)))
        return data

    def put_result(self, result: ResultMessage) -> ResultMessage:
        return self.results.setdefault((result.batch_id, result.index), result)

    def get_result(self, batch_id: str, index: int) -> ResultMessage:
        try:
            return self.results[batch_id, index]
        except KeyError:
            raise NoResultError("it is gone") from None

    def put_correction(self, correction: CorrectionMessage) -> CorrectionMessage:
        return self.corrected.setdefault(correction.correction_id, correction)

    def corrections(self, batch_id: str, index: int | None = None) -> Sequence[CorrectionMessage]:
        found = (
            one
            for one in self.corrected.values()
            if one.batch_id == batch_id and index in {None, one.index}
        )
        return sorted(found, key=lambda it: (it.index, it.number))

    def uploaded(self, batch_id: str) -> Mapping[str, tuple[Source, dt.datetime]]:
        return {
            key: (Source(bucket="receipts", key=key), self.since)
            for key, data in self.uploads.items()
            if key.startswith(f"uploads/{batch_id}/")
        }

    def _data(self, source: Source) -> bytes:
        if source.key not in self.uploads:
            raise UploadGoneError("the upload was deleted before it was read")
        return self.uploads[source.key]


class FakeSeenImages:
    """Remembers the first receipt with an image."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, tuple[str, str]], str] = {}

    def first_with(self, sha256: str, customer: tuple[str, str], receipt_id: str) -> str:
        return self.first.setdefault((sha256, customer), receipt_id)


class FakeVotes:
    """Keeps every vote; each is cast by an image, as its first reader read it."""

    def __init__(self) -> None:
        self.cast_by: dict[tuple[str, str], dict[str, tuple[dt.datetime, str]]] = {}

    def cast(self, owner: str, vote: Vote, image_sha256: str, at: dt.datetime) -> Sequence[str]:
        votes = self.cast_by.setdefault((owner, vote.number), {})
        votes.setdefault(image_sha256, (at, vote.name))
        return [name for _, name in sorted(votes.values())]


class FakeForms:
    """Forms that name what they would allow."""

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        key = image_key(batch_id, index, file.name)
        return Form(name=file.name, url="https://bucket.example", fields={"key": key})

    def for_archive(self, batch_id: str, archive: Archive) -> Form:
        del archive
        fields = {"key": archive_key(batch_id)}
        return Form(name="archive.zip", url="https://bucket.example", fields=fields)


class FakeQueue:
    """Keeps what was sent; takes `room` messages and is then cut off, once."""

    def __init__(self, room: int | None = None) -> None:
        self.uploads: list[Source] = []
        self.sent: list[Message] = []
        self.room = room

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        self.send(messages)

    def send_results(self, results: Sequence[Row]) -> None:
        self.send(results)

    def send_uploads(self, uploads: Sequence[Source]) -> None:
        self.uploads += uploads

    def send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if self.room == 0:
                self.room = None
                raise CutOffError("the queue took no more")
            self.sent.append(message)
            if self.room is not None:
                self.room -= 1


RECEIPT_LINES = ("CORNER BAKERY", "Date: 2026-01-27", "Bread 3.20", "TOTAL EUR 6.00")


class FakeEngine:
    """Sees `lines` on every image, and fails on those that `fails_on` picks; `reads` counts."""

    name = "fake"

    def __init__(
        self, *lines: str, fails_on: Callable[[Image.Image], bool] = lambda _: False
    ) -> None:
        self.lines = lines or RECEIPT_LINES
        self.reads = 0
        self._fails_on = fails_on

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        self.reads += 1
        assert within_s > 0
        assert image.mode == "L"
        if self._fails_on(image):
            raise OcrEngineError("the engine crashed")
        return [
            Word(text=text, left=i * 90, top=row * 30, width=80, height=20, confidence=0.95)
            for row, line in enumerate(self.lines)
            for i, text in enumerate(line.split())
        ]


def across_the_wire(message: M) -> M:
    """The message as its receiver sees it: sent as JSON and parsed again."""
    return decode(encode(message), type(message))
