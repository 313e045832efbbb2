"""What must be true after every step; and in the end."""

from msgspec import json

from lab.simulation.database import CONNECTION_LIMIT
from lab.simulation.world import BURST, World
from receipts.batch import Batch
from receipts.ledger import Entry, State, count
from receipts.messages import ReceiptMessage, ResultMessage, UnknownMessageError, decode
from receipts.upload import parse_event

_ROUNDING = 1e-6


class ViolatedError(AssertionError):
    """A promise is broken; the text says which, and when."""


class Invariants:
    """Looks at every effect in the moment when it happens."""

    def __init__(self, world: World) -> None:
        """Hangs itself into the world's parts."""
        self._world = world
        self._offered: list[tuple[float, int]] = []
        self._committed: list[tuple[float, int]] = []
        self._obeyed: dict[int, float] = {}
        self._ceilings: list[tuple[float, float]] = []
        self._sent: set[str] = set()
        self._on_receipt_queue: set[str] = set()
        self._expected: dict[str, int] = {}
        world.receipts.sent = self._receipt_sent
        world.results.sent = self._result_sent
        world.uploads.deleted = self._upload_deleted
        world.receipts.deleted = self._receipt_deleted
        world.results.deleted = self._result_deleted
        world.ledger.moved = self._moved
        world.ledger.expected = self._expect
        world.database.offered = self._offer
        world.database.committed = self._commit

    def ceiling(self, agent: int, rows_per_second: float) -> None:
        """An agent obeys this ceiling from now on; the highest that any obeys is what may be."""
        self._obeyed[agent] = rows_per_second
        self._ceilings.append((self._world.now(), max(self._obeyed.values())))

    def every_step(self) -> None:
        """Connections never exceed the role's limit."""
        if len(self._world.database.sessions) > CONNECTION_LIMIT:
            raise self._violated("more connections than the role may open")

    def drained(self, done: bool) -> None:  # noqa: FBT001  what the scheduler says
        """It drained, the ledger balances against other counts, and all that is good is stored."""
        world = self._world
        if not done:
            raise self._violated("not drained")
        rows = [row.receipt_id for row in world.database.rows]
        dead = {_id(body) for queue in (world.receipts, world.results) for body, _ in queue.dead}
        for batch_id, batch in world.ledger.batches.items():
            entries = [e for (of, _), e in world.ledger.entries.items() if of == batch_id]
            counts = count(batch, entries)
            if batch.expected is None or counts.waiting or counts.read:
                raise self._violated(f"batch {batch_id[:6]} doesn't balance: {counts}")
        if len(world.ledger.batches) != world.customers:
            batches = len(world.ledger.batches)
            raise self._violated(f"{world.customers} requests, {batches} batches")
        stored = sum(e.state is State.STORED for e in world.ledger.entries.values())
        if stored != len(rows) or len(set(rows)) != len(rows):
            raise self._violated(f"{stored} stored in the ledger, {len(rows)} rows")
        if lost := world.good - set(rows):
            raise self._violated(f"good receipts without a row: {sorted(lost)}")
        if given_up := world.good & dead:
            raise self._violated(f"good receipts were dead-lettered: {sorted(given_up)}")

    def _offer(self, rows: int) -> None:
        self._offered.append((self._world.now(), rows))
        self._check_windows("offered", self._offered, bursts=1)

    def _commit(self, rows: int) -> None:
        self._committed.append((self._world.now(), rows))
        self._check_windows("committed", self._committed, bursts=CONNECTION_LIMIT)
        ids = [row.receipt_id for row in self._world.database.rows]
        if len(set(ids)) != len(ids):
            raise self._violated("a receipt has two rows")

    def _check_windows(self, what: str, history: list[tuple[float, int]], bursts: int) -> None:
        """Every window that ends now."""
        now, rows = self._world.now(), 0
        for at, some in reversed(history):
            rows += some
            if rows > self._allowed(at, now) + bursts * BURST + _ROUNDING:
                raise self._violated(f"{rows} rows {what} within {now - at:.3f} s")

    def _allowed(self, start: float, end: float) -> float:
        """The ceiling's integral over the window."""
        total, until = 0.0, end
        for since, ceiling in reversed(self._ceilings):
            total += ceiling * max(0.0, until - max(since, start))
            until = min(until, since)
        return total

    def _moved(self, batch_id: str, entry: Entry, before: State | None) -> None:
        receipt = f"{batch_id}-{entry.index:05d}"
        if before is State.STORED:
            raise self._violated(f"{receipt} was stored, and is {entry.state}")
        rows = self._world.database.rows
        if entry.state is State.STORED and all(row.receipt_id != receipt for row in rows):
            raise self._violated(f"{receipt} is stored in the ledger and has no row")

    def _expect(self, batch: Batch, _: int) -> None:
        if self._expected.setdefault(batch.batch_id, batch.expected or 0) != batch.expected:
            raise self._violated(f"the number expected of {batch.batch_id[:6]} changed")

    def _receipt_sent(self, body: str) -> None:
        message = decode(body, ReceiptMessage)
        self._on_receipt_queue.add(message.receipt_id)
        if self._world.ledger.batches[message.batch_id].expected is None:
            raise self._violated("a receipt was sent before the number expected was written")

    def _result_sent(self, body: str) -> None:
        if receipt := _id(body):
            self._sent.add(receipt)

    def _upload_deleted(self, body: str) -> None:
        if any(kept.body == body for kept in self._world.uploads.kept.values()):
            return  # told of twice: the other message sees to it
        for upload in parse_event(body):
            batch = self._world.ledger.batches[upload.batch_id]
            indices = [upload.index] if upload.index else range(1, (batch.expected or 0) + 1)
            missing = [index for index in indices if not self._taken_on(batch.batch_id, index)]
            counts = upload.index or batch.archive_etag == upload.source.etag
            if batch.archive_etag is None and not batch.rejected:
                counts = self._world.objects.is_current(upload.source)
            if counts and (missing or batch.expected is None):
                raise self._violated(f"an upload was deleted, and of it not sent: {missing}")

    def _taken_on(self, batch_id: str, index: int) -> bool:
        sent = f"{batch_id}-{index:05d}" in self._on_receipt_queue
        return sent or self._world.ledger.state_now(batch_id, index) is State.REJECTED

    def _receipt_deleted(self, body: str) -> None:
        message = decode(body, ReceiptMessage)
        state = self._world.ledger.state_now(message.batch_id, message.index)
        others = (decode(k.body, ReceiptMessage) for k in self._world.receipts.kept.values())
        if any(other.receipt_id == message.receipt_id for other in others):
            return  # delivered twice: the other message sees to it
        if state is State.READ and message.receipt_id not in self._sent:
            raise self._violated(f"{message.receipt_id} was read and is on no queue")
        if state is None:
            raise self._violated(f"{message.receipt_id} was deleted and not read")

    def _result_deleted(self, body: str) -> None:
        try:
            message = decode(body, ResultMessage)
        except UnknownMessageError:
            if all(body != dead for dead, _ in self._world.results.dead):
                raise self._violated(
                    "a message that is not ours was deleted, not set aside"
                ) from None
            return
        state = self._world.ledger.state_now(message.batch_id, message.index)
        set_aside = any(body == dead for dead, _ in self._world.results.dead)
        if state is not State.STORED and not (set_aside and state):
            raise self._violated(f"{message.receipt_id} was deleted, and the ledger says {state}")

    def _violated(self, what: str) -> ViolatedError:
        return ViolatedError(f"at {self._world.now():.3f} s: {what}")


def _id(body: str) -> str | None:
    try:
        found = json.decode(body)
    except ValueError:
        return None
    return str(found.get("receipt_id")) if isinstance(found, dict) else None
