"""Checks the promises: at every effect, and when the run is over."""

from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec

from lab.prove.simulation.promises import Promise, ViolatedError
from lab.prove.simulation.queues import REDRIVEN
from lab.prove.simulation.world import BURST, World
from receipts.batch import Batch, receipt_id_for
from receipts.errors import NewerMessageError, UnknownMessageError
from receipts.ledger import Entry, State, count
from receipts.messages import ReceiptMessage, ResultMessage, decode, peek_ref
from receipts.uploads import parse_event

P = ParamSpec("P")
Place = tuple[str, int]
"""A receipt as (batch id, index): independent of the id that the code gives it."""

_ROUNDING = 1e-6

HANDFUL = 25
"""Receives of one result, with every fault that a run may have."""


class Invariants:
    """Checks every effect at the moment when it happens."""

    def __init__(self, world: World) -> None:
        """Registers its checks with the parts of the world."""
        self._world = world
        self._first: Exception | None = None
        self._offered: list[tuple[float, int]] = []
        self._committed: list[tuple[float, int]] = []
        self._ceiling_by_agent: dict[int, float] = {}
        self._ceilings: list[tuple[float, float]] = []
        self._sent: set[Place] = set()
        self._on_receipt_queue: set[Place] = set()
        self._expected: dict[str, int | None] = {}
        world.receipts.on_sent = self._deferred(self._receipt_sent)
        world.results.on_sent = self._deferred(self._result_sent)
        world.uploads.on_deleted = self._deferred(self._upload_deleted)
        world.receipts.on_deleted = self._deferred(self._receipt_deleted)
        world.results.on_deleted = self._deferred(self._result_deleted)
        world.ledger.on_moved = self._deferred(self._moved)
        world.ledger.on_expected = self._deferred(self._expect)
        world.database.on_offered = self._deferred(self._offer)
        world.database.on_committed = self._deferred(self._commit)
        world.database.on_lost = self._deferred(self._lose)

    def apply_ceiling(self, agent: int, rows_per_second: float) -> None:
        """An agent applies this ceiling from now on; the highest of all agents is the limit."""
        self._ceiling_by_agent[agent] = rows_per_second
        self._ceilings.append((self._world.now(), max(self._ceiling_by_agent.values())))

    def raise_first_violation(self) -> None:
        """Raises `ViolatedError` for the first promise that was broken, if any."""
        if self._first:
            raise self._first

    def check_drained(self, *, drained: bool) -> None:
        """All queues drained, all good receipts are stored, the ledger agrees with other counts.

        Where something was lost on the way, only that it drained: the rest is for operators.
        """
        world = self._world
        if not drained:
            raise self._violated(Promise.DRAINED, "not drained")
        if (batches := len(world.ledger.batch_by_id)) != world.customers:
            what = f"{world.customers} requests, {batches} batches"
            raise self._violated(Promise.ONE_BATCH, what)
        if not (world.waits_for_operators or world.lost_by_database):
            # A slow second reader may read a receipt that was set aside meanwhile, and be killed
            # before it sends the result: the ledger says read, and reconciling finds it on the DLQ.
            self._check_balance(
                {_place(body) for body, why in world.results.dead_letters if why != REDRIVEN}
            )

    def check_reconciled(self, *, drained: bool) -> None:
        """After reconcile and audit nothing is left to do, whatever was lost."""
        if not drained:
            raise self._violated(Promise.DRAINED, "not drained after reconcile")
        if lost := self._world.lost_by_database - set(self._rows()):
            raise self._violated(Promise.BROUGHT_BACK, f"{_receipt_ids(lost)}: no row")
        self._check_balance(set())

    def _check_balance(self, may_be_read: set[Place | None]) -> None:
        world = self._world
        rows = self._rows()
        dead = {
            _place(body)
            for queue in (world.receipts, world.results)
            for body, _ in queue.dead_letters
        }
        if lost := world.good - set(rows):
            raise self._violated(Promise.GOOD_STORED, f"{_receipt_ids(lost)}: no row")
        if given_up := world.good & dead:
            raise self._violated(Promise.GOOD_STORED, f"{_receipt_ids(given_up)}: on a DLQ")
        self._check_duplicates()
        for batch_id, batch in world.ledger.batch_by_id.items():
            entries = world.ledger.entries_of(batch_id)
            counts = count(batch, entries)
            read = {(batch_id, e.index) for e in entries if e.state is State.READ} - may_be_read
            if batch.expected is None or counts.waiting or read:
                raise self._violated(Promise.BALANCED, f"batch {batch_id[:6]} has {counts}")
            self._check_entries(batch)
        stored = sum(e.state is State.STORED for e in world.ledger.entries.values())
        if stored != len(rows):
            what = f"{stored} stored in the ledger, {len(rows)} rows"
            raise self._violated(Promise.BALANCED, what)

    def _check_entries(self, batch: Batch) -> None:
        entries = self._world.archived.get(batch.batch_id)
        if entries and (batch.expected or 0) + batch.left_out.count not in entries:
            what = f"{batch.expected} accepted and {batch.left_out.count} left out of {entries}"
            raise self._violated(Promise.ALL_ENTRIES, what)

    def _check_duplicates(self) -> None:
        world = self._world
        known = {row.receipt_id for row in world.database.rows}
        for queue in (world.receipts, world.results):
            known |= {it.receipt_id for body, _ in queue.dead_letters if (it := peek_ref(body))}
        for (batch_id, index), entry in world.ledger.entries.items():
            if entry.state is State.REJECTED:
                known.add(receipt_id_for(batch_id, index))
        for row in world.database.rows:
            if row.duplicate_of is not None and row.duplicate_of not in known:
                what = f"{row.receipt_id} is a duplicate of {row.duplicate_of}, which is nowhere"
                raise self._violated(Promise.DUPLICATE_NAMED, what)

    def _deferred(self, check: Callable[P, None]) -> Callable[P, None]:
        """A check whose error waits for `raise_first_violation`.

        If it were raised at once, the code under test would catch it as one more fault.
        """

        def checked(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                check(*args, **kwargs)
            except Exception as error:  # noqa: BLE001  a check that fails itself counts, too
                self._first = self._first or error

        return checked

    def _offer(self, rows: int) -> None:
        self._offered.append((self._world.now(), rows))
        self._check_windows(Promise.PACED_OFFERS, self._offered)
        if (receives := self._world.results.most_receives) > HANDFUL:
            what = f"a result was received {receives} times"
            raise self._violated(Promise.FEW_RECEIVES, what)

    def _commit(self, rows: int) -> None:
        self._committed.append((self._world.now(), rows))
        self._check_windows(Promise.PACED_COMMITS, self._committed)
        places = self._rows()
        if len(set(places)) != len(places):
            raise self._violated(Promise.ONE_ROW, "a receipt has two rows")

    def _lose(self, rows: Sequence[ResultMessage], *, crashed: bool) -> None:
        lost = sorted({(row.batch_id, row.index) for row in rows})
        if not crashed:
            self._world.lost_by_database |= set(lost)
            return
        stored = [it for it in lost if self._world.ledger.state_now(*it) is State.STORED]
        if stored:
            raise self._violated(
                Promise.ROW_BEFORE_STORED, f"{_receipt_ids(stored)} was lost in a crash"
            )

    def _check_windows(self, promise: Promise, history: list[tuple[float, int]]) -> None:
        """Check every window of time that ends now."""
        now, rows = self._world.now(), 0
        for at, some in reversed(history):
            rows += some
            if rows > self._allowed(at, now) + BURST + _ROUNDING:
                raise self._violated(promise, f"{rows} rows within {now - at:.3f} s")

    def _allowed(self, start: float, end: float) -> float:
        """Rows that the ceiling allows in this window: its integral."""
        total, until = 0.0, end
        for since, ceiling in reversed(self._ceilings):
            total += ceiling * max(0.0, until - max(since, start))
            until = min(until, since)
        return total

    def _moved(self, batch_id: str, entry: Entry, before: State | None) -> None:
        place = (batch_id, entry.index)
        if before is State.STORED:
            raise self._violated(
                Promise.STORED_FOR_GOOD, f"{_receipt_ids([place])} became {entry.state}"
            )
        had_row = place in self._world.lost_by_database or place in self._rows()
        if entry.state is State.STORED and not had_row:
            raise self._violated(Promise.ROW_BEFORE_STORED, f"{_receipt_ids([place])} has none")

    def _expect(self, batch: Batch) -> None:
        before = self._expected.setdefault(batch.batch_id, batch.expected)
        if before != batch.expected:
            what = f"{before} of {batch.batch_id[:6]} became {batch.expected}"
            raise self._violated(Promise.EXPECTED_ONCE, what)

    def _receipt_sent(self, body: str) -> None:
        message = decode(body, ReceiptMessage)
        place = (message.batch_id, message.index)
        self._on_receipt_queue.add(place)
        if self._world.ledger.batch_by_id[message.batch_id].expected is None:
            raise self._violated(Promise.EXPECTED_FIRST, f"{_receipt_ids([place])} was sent")

    def _result_sent(self, body: str) -> None:
        if place := _place(body):
            self._sent.add(place)

    def _upload_deleted(self, body: str) -> None:
        if any(message.body == body for message in self._world.uploads.messages.values()):
            return  # S3 sent a second event: that message is still on the queue
        for upload in parse_event(body):
            batch = self._world.ledger.batch_by_id[upload.batch_id]
            indices = [upload.index] if upload.index else range(1, (batch.expected or 0) + 1)
            missing = [index for index in indices if not self._taken_on((batch.batch_id, index))]
            if missing or batch.expected is None:
                raise self._violated(Promise.UPLOAD_TAKEN_ON, f"not sent: images {missing}")

    def _taken_on(self, place: Place) -> bool:
        rejected = self._world.ledger.state_now(*place) is State.REJECTED
        return rejected or place in self._on_receipt_queue

    def _receipt_deleted(self, body: str) -> None:
        message = decode(body, ReceiptMessage)
        place = (message.batch_id, message.index)
        if any(_place(message.body) == place for message in self._world.receipts.messages.values()):
            return  # sent twice: the other message is still on the queue
        state = self._world.ledger.state_now(*place)
        if state is None or (state is State.READ and place not in self._sent):
            what = f"{_receipt_ids([place])} is {state or 'not read'}, and on no queue"
            raise self._violated(Promise.READ_BEFORE_DELETED, what)

    def _result_deleted(self, body: str) -> None:
        set_aside = any(body == dead for dead, _ in self._world.results.dead_letters)
        try:
            message = decode(body, ResultMessage)
        except UnknownMessageError:
            settled, what = set_aside, "a foreign message"
        except NewerMessageError as error:
            raise self._violated(Promise.GOOD_STORED, f"deleted: {error}") from error
        else:
            state = self._world.ledger.state_now(message.batch_id, message.index)
            settled = state is State.STORED or (set_aside and state is not None)
            what = f"{message.receipt_id}: the ledger says {state}"
        if not settled:
            raise self._violated(Promise.SETTLED_BEFORE_DELETED, what)

    def _rows(self) -> list[Place]:
        return [(row.batch_id, row.index) for row in self._world.database.rows]

    def _violated(self, promise: Promise, what: str) -> ViolatedError:
        return ViolatedError(promise, self._world.now(), what)


def _receipt_ids(places: Iterable[Place]) -> str:
    return ", ".join(receipt_id_for(*place) for place in sorted(places))


def _place(body: str) -> Place | None:
    receipt = peek_ref(body)
    return (receipt.batch_id, receipt.index) if receipt else None
