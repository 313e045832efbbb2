"""The bucket and the ledger in memory: each call is one atomic effect, as on S3 and DynamoDB."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from zlib import crc32

from msgspec.structs import replace

from lab.prove.simulation.faults import Faults
from reading.agreement import Vote
from reading.files.left_out import LeftOut
from receipts import ledger
from receipts.batch import Batch, Claim
from receipts.errors import NoResultError
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage, Source
from receipts.ports import BatchSnapshot, Clock


class SimObjects:
    """Implements `ports.Objects`."""

    def __init__(self, faults: Faults, clock: Clock) -> None:
        """Empty; `clock` is S3's."""
        self.uploads: dict[str, bytes] = {}
        self.uploaded_at: dict[str, dt.datetime] = {}
        self.results: dict[tuple[str, int], ResultMessage] = {}
        self._faults = faults
        self._clock = clock

    def put_upload(self, key: str, data: bytes) -> Source:
        """The effect of a customer's upload."""
        self.uploads[key] = data
        self.uploaded_at[key] = self._clock()
        return Source(bucket="bucket", key=key)

    def size(self, source: Source) -> int:
        """See `ports.Objects`."""
        return self._faults.call("bucket size", lambda: len(self.uploads[source.key]))

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        """See `ports.Objects`."""
        return self._faults.call("bucket read", lambda: self.uploads[source.key][start:stop])

    def put_result(self, result: ResultMessage) -> ResultMessage:
        """See `ports.Objects`."""
        key = (result.batch_id, result.index)
        return self._faults.call("bucket put", lambda: self.results.setdefault(key, result))

    def get_result(self, batch_id: str, index: int) -> ResultMessage:
        """See `ports.Objects`."""
        result = self._faults.call("bucket get", lambda: self.results.get((batch_id, index)))
        if result is None:
            raise NoResultError("no canonical copy")
        return result

    def uploaded(self, batch_id: str) -> Mapping[str, tuple[Source, dt.datetime]]:
        """See `ports.Objects`."""
        return self._faults.call(
            "bucket list",
            lambda: {
                key: (Source(bucket="bucket", key=key), since)
                for key, since in self.uploaded_at.items()
                if key.startswith(f"uploads/{batch_id}/")
            },
        )


class SimLedger:
    """Implements `ports.Ledger`."""

    def __init__(self, faults: Faults) -> None:
        """Empty; `on_moved` and `on_expected` are called at the moment of the effect."""
        self.claims: dict[str, Claim] = {}
        self.batch_by_id: dict[str, Batch] = {}
        self.entries: dict[tuple[str, int], Entry] = {}
        self.manifests: dict[str, Sequence[str]] = {}
        self.on_moved: Callable[[str, Entry, State | None], None] = lambda *_: None
        self.on_expected: Callable[[Batch], None] = lambda _: None
        self.expects_once = True  # the condition that the expected number is written only once
        self._faults = faults

    def claim_key(self, key_id: str, claim: Claim) -> Claim:
        """See `ports.Ledger`."""
        return self._faults.call("ledger claim", lambda: self.claims.setdefault(key_id, claim))

    def open_batch(self, batch: Batch, names: Sequence[str]) -> None:
        """See `ports.Ledger`."""

        def effect() -> None:
            self.manifests.setdefault(batch.batch_id, () if batch.archive else names)
            self.batch_by_id.setdefault(batch.batch_id, batch)

        self._faults.call("ledger open", effect)

    def batch(self, batch_id: str) -> Batch | None:
        """See `ports.Ledger`."""
        return self._faults.call("ledger batch", lambda: self.batch_by_id.get(batch_id))

    def expect(self, batch_id: str, expected: int, left_out: LeftOut) -> Batch:
        """See `ports.Ledger`."""

        def effect() -> Batch:
            batch = self.batch_by_id[batch_id]
            if batch.expected is None or not self.expects_once:
                batch = replace(batch, expected=expected, left_out=left_out)
                self.batch_by_id[batch_id] = batch
            self.on_expected(batch)
            return batch

        return self._faults.call("ledger expect", effect)

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """See `ports.Ledger`."""

        def effect() -> None:
            batch = self.batch_by_id[batch_id]
            self.batch_by_id[batch_id] = replace(batch, sent=max(batch.sent, sent))

        self._faults.call("ledger sent", effect)

    def rewind(self, batch_id: str) -> None:
        """See `ports.Ledger`."""
        self._faults.call("ledger rewind", lambda: self._change(batch_id, sent=0))

    def mark_sent_again(self, batch_id: str, at: dt.datetime) -> None:
        """See `ports.Ledger`."""
        self._faults.call("ledger sent again", lambda: self._change(batch_id, sent_again_at=at))

    def _change(self, batch_id: str, **fields: object) -> None:
        self.batch_by_id[batch_id] = replace(self.batch_by_id[batch_id], **fields)

    def reject_batch(self, batch_id: str, reason: str, left_out: LeftOut) -> None:
        """See `ports.Ledger`."""

        def effect() -> None:
            batch = self.batch_by_id[batch_id]
            if batch.expected is None:
                batch = replace(batch, expected=0, rejected=reason, left_out=left_out)
                self.batch_by_id[batch_id] = batch

        self._faults.call("ledger reject", effect)

    def state(self, batch_id: str, index: int) -> State | None:
        """See `ports.Ledger`."""
        return self._faults.call("ledger state", lambda: self.state_now(batch_id, index))

    def state_now(self, batch_id: str, index: int) -> State | None:
        """The state, without the call of a port."""
        entry = self.entries.get((batch_id, index))
        return entry.state if entry else None

    def move(self, batch_id: str, entry: Entry) -> bool:
        """See `ports.Ledger`."""

        def effect() -> bool:
            before = self.state_now(batch_id, entry.index)
            if before not in ledger.FOLLOWS[entry.state]:
                return False
            self.entries[batch_id, entry.index] = entry
            self.on_moved(batch_id, entry, before)
            return True

        return self._faults.call("ledger move", effect)

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """See `ports.Ledger`: a call each, so some are made where this raises."""
        for batch_id, entry in moves:
            self.move(batch_id, entry)

    def snapshot(
        self,
        batch_id: str,
        after: int = 0,
        limit: int | None = None,
    ) -> BatchSnapshot | None:
        """See `ports.Ledger`; always the whole batch."""

        def effect() -> BatchSnapshot | None:
            batch = self.batch_by_id.get(batch_id)
            if batch is None or after or limit is not None:  # no actor reads pages
                return None
            return BatchSnapshot(batch=batch, entries=self.entries_of(batch_id))

        return self._faults.call("ledger snapshot", effect)

    def entries_of(self, batch_id: str) -> list[Entry]:
        """The batch's entries by index, without the call of a port."""
        found = [entry for (of, _), entry in self.entries.items() if of == batch_id]
        return sorted(found, key=lambda entry: entry.index)

    def batches(self, part: int = 0, parts: int = 1) -> Iterable[Batch]:
        """See `ports.Ledger`."""
        there = self.batch_by_id.values()
        return self._faults.call(
            "ledger scan",
            lambda: [it for it in there if crc32(it.batch_id.encode()) % parts == part],
        )

    def names(self, batch_id: str) -> Sequence[str]:
        """See `ports.Ledger`."""
        return self._faults.call("ledger names", lambda: self.manifests.get(batch_id, ()))

    def forget(self, batch_id: str) -> None:
        """Let the batch's items expire, as DynamoDB's TTL does."""
        del self.batch_by_id[batch_id]
        for entry in self.entries_of(batch_id):
            del self.entries[batch_id, entry.index]


class SimSeenImages:
    """Implements `ports.SeenImages`."""

    def __init__(self, faults: Faults) -> None:
        """Empty."""
        self._first: dict[tuple[str, tuple[str, str]], str] = {}
        self._faults = faults

    def first_with(self, sha256: str, customer: tuple[str, str], receipt_id: str) -> str:
        """See `ports.SeenImages`."""
        return self._faults.call(
            "seen images", lambda: self._first.setdefault((sha256, customer), receipt_id)
        )


class SimVotes:
    """Implements `ports.Votes`."""

    def __init__(self, faults: Faults) -> None:
        """Empty."""
        self._votes: dict[tuple[str, str], dict[str, tuple[dt.datetime, str]]] = {}
        self._faults = faults

    def cast(self, owner: str, vote: Vote, image_sha256: str, at: dt.datetime) -> Sequence[str]:
        """See `ports.Votes`."""

        def effect() -> Sequence[str]:
            votes = self._votes.setdefault((owner, vote.number), {})
            votes.setdefault(image_sha256, (at, vote.name))
            return [name for _, name in sorted(votes.values())]

        return self._faults.call("votes", effect)
