"""The bucket and the ledger in memory: each call is one atomic effect, as on S3 and DynamoDB."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from lab.prove.simulation.faults import Faults
from receipts.batch import Batch, Claim
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage, Source
from receipts.ports import BatchSnapshot


class SimObjects:
    """Implements `ports.Objects`."""

    def __init__(self, faults: Faults) -> None:
        """Empty."""
        self.uploads: dict[str, bytes] = {}
        self.results: dict[tuple[str, int], ResultMessage] = {}
        self._faults = faults

    def put_upload(self, key: str, data: bytes) -> Source:
        """The effect of a customer's upload."""
        self.uploads[key] = data
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
        return self._faults.call("bucket get", lambda: self.results[batch_id, index])


class SimLedger:
    """Implements `ports.Ledger`."""

    def __init__(self, faults: Faults) -> None:
        """Empty; `on_moved` and `on_expected` are called at the moment of the effect."""
        self.claims: dict[str, Claim] = {}
        self.batches: dict[str, Batch] = {}
        self.entries: dict[tuple[str, int], Entry] = {}
        self.on_moved: Callable[[str, Entry, State | None], None] = lambda *_: None
        self.on_expected: Callable[[Batch], None] = lambda _: None
        self.expects_once = True  # the condition that the expected number is written only once
        self._faults = faults

    def claim_key(self, key_id: str, claim: Claim) -> Claim:
        """See `ports.Ledger`."""
        return self._faults.call("ledger claim", lambda: self.claims.setdefault(key_id, claim))

    def open_batch(self, batch: Batch, names: Sequence[str]) -> None:  # noqa: ARG002  the port's
        """See `ports.Ledger`."""
        self._faults.call("ledger open", lambda: self.batches.setdefault(batch.batch_id, batch))

    def batch(self, batch_id: str) -> Batch | None:
        """See `ports.Ledger`."""
        return self._faults.call("ledger batch", lambda: self.batches.get(batch_id))

    def expect(self, batch_id: str, expected: int) -> Batch:
        """See `ports.Ledger`."""

        def effect() -> Batch:
            batch = self.batches[batch_id]
            if batch.expected is None or not self.expects_once:
                batch = replace(batch, expected=expected)
                self.batches[batch_id] = batch
            self.on_expected(batch)
            return batch

        return self._faults.call("ledger expect", effect)

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """See `ports.Ledger`."""

        def effect() -> None:
            batch = self.batches[batch_id]
            self.batches[batch_id] = replace(batch, sent=max(batch.sent, sent))

        self._faults.call("ledger sent", effect)

    def reject_batch(self, batch_id: str, reason: str) -> None:
        """See `ports.Ledger`."""

        def effect() -> None:
            batch = self.batches[batch_id]
            if batch.expected is None:
                self.batches[batch_id] = replace(batch, expected=0, rejected=reason)

        self._faults.call("ledger reject", effect)

    def state(self, batch_id: str, index: int) -> State | None:
        """See `ports.Ledger`."""
        return self._faults.call("ledger state", lambda: self.state_now(batch_id, index))

    def state_now(self, batch_id: str, index: int) -> State | None:
        """The state, without the call of a port."""
        entry = self.entries.get((batch_id, index))
        return entry.state if entry else None

    def snapshot(
        self, batch_id: str, after: int = 0, limit: int | None = None
    ) -> BatchSnapshot | None:
        """See `ports.Ledger`; nothing here asks for a page."""
        del after, limit

        def effect() -> BatchSnapshot | None:
            batch = self.batches.get(batch_id)
            entries = [entry for (whose, _), entry in self.entries.items() if whose == batch_id]
            return BatchSnapshot(batch=batch, entries=entries) if batch else None

        return self._faults.call("ledger snapshot", effect)

    def move(self, batch_id: str, entry: Entry) -> bool:
        """See `ports.Ledger`."""

        def effect() -> bool:
            before = self.state_now(batch_id, entry.index)
            if not entry.state.may_follow(before):
                return False
            self.entries[batch_id, entry.index] = entry
            self.on_moved(batch_id, entry, before)
            return True

        return self._faults.call("ledger move", effect)

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """See `ports.Ledger`: a call each, so some are made where this raises."""
        for batch_id, entry in moves:
            self.move(batch_id, entry)


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
