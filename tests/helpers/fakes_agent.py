"""The agent's outside, in memory."""

import datetime as dt
from collections.abc import Callable, Sequence

from helpers.fakes import FakeLedger
from reading.receipt import Receipt
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxUnavailableError,
    StandbyError,
)
from receipts.ledger import Entry
from receipts.messages import CorrectionMessage, ResultMessage, Row, encode
from receipts.ports import Delivery

NOON = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
BATCH = "b" * 32


def result(index: int = 1, **changes: object) -> ResultMessage:
    fields: dict[str, object] = {
        "batch_id": BATCH,
        "index": index,
        "receipt_id": f"{BATCH}-{index:05d}",
        "customer_reference": "C-1",
        "name": f"{index}.jpg",
        "image_bucket": "bucket",
        "image_key": f"uploads/{BATCH}/{index:05d}/{index}.jpg",
        "image_sha256": "0" * 64,
        "engine": "fake",
        "read_at": NOON,
        "receipt": Receipt(merchant="Shop"),
        "needs_review": False,
    }
    return ResultMessage(**{**fields, **changes})  # type: ignore[arg-type]


def correction(index: int = 1, number: int = 1, **changes: object) -> CorrectionMessage:
    fields: dict[str, object] = {
        "batch_id": BATCH,
        "index": index,
        "receipt_id": f"{BATCH}-{index:05d}",
        "number": number,
        "customer_reference": "C-1",
        "name": f"{index}.jpg",
        "old": {"merchant": "Shop"},
        "new": {"merchant": "Corner Shop"},
        "corrected_by": "Ada",
        "corrected_at": NOON,
    }
    return CorrectionMessage(**{**fields, **changes})  # type: ignore[arg-type]


class FakeWriteQueue:
    """Delivers in order; what is neither deleted nor released stays in flight until `expire`."""

    def __init__(self, *bodies: str) -> None:
        self.waiting = [
            Delivery(body=body, handle=str(n), receives=0) for n, body in enumerate(bodies)
        ]
        self.in_flight: dict[str, Delivery] = {}
        self.asked: list[tuple[int, float]] = []
        self.log: list[str] = []

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        self.asked.append((most, wait_s))
        given, self.waiting = self.waiting[:most], self.waiting[most:]
        given = [Delivery(body=d.body, handle=d.handle, receives=d.receives + 1) for d in given]
        self.in_flight |= {d.handle: d for d in given}
        return given

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        self.log.append(f"delete {len(deliveries)}")
        for delivery in deliveries:
            self.in_flight.pop(delivery.handle, None)

    def release(self, deliveries: Sequence[Delivery]) -> None:
        self.log.append(f"release {len(deliveries)}")
        self.waiting += [self.in_flight.pop(d.handle) for d in deliveries]

    def expire(self) -> None:
        self.waiting += self.in_flight.values()
        self.in_flight.clear()


class FakeDeadLetters:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, body: str, reason: str) -> None:
        self.sent.append((body, reason))


class FakeReceiptLedger(FakeLedger):
    """A ledger that may be `away`, and whose writes stand in one log with the inbox's."""

    def __init__(self, log: list[str] | None = None) -> None:
        super().__init__()
        self.log = log if log is not None else []
        self.away = False

    def move(self, batch_id: str, entry: Entry) -> bool:
        if self.away:
            raise ConnectionError("ledger away")
        return super().move(batch_id, entry)

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        self.log.append(f"ledger {len(moves)}")
        super().move_all(moves)


class FakeInbox:
    """Rows by receipt id; `refuses` says which rows are bad, `away` that there is no database."""

    def __init__(self, log: list[str] | None = None) -> None:
        self.rows: dict[str, ResultMessage] = {}
        self.corrections: dict[str, CorrectionMessage] = {}
        self.log = log if log is not None else []
        self.away = False
        self.refuses: Callable[[Row], bool] = lambda _: False
        self.asked = 0
        self.controls = 0
        self.changed = False  # whether it refuses every row
        self.took_rows = False  # before this test, from this agent
        self.full = False  # whether it is there, and has no room for any row
        self.held = False
        self.other_agent = False

    def ensure_writer(self) -> bool:
        self.asked += 1
        if self.away:
            self.held = False
            raise InboxUnavailableError("away")
        if self.other_agent:
            raise StandbyError
        newly, self.held = not self.held, True
        return newly

    def check_control_row(self, suspect: Row | None = None) -> bool:
        self.controls += 1
        if self.away or self.full:
            raise InboxUnavailableError("away")
        if self.changed and suspect is None and not (self.rows or self.took_rows):
            return False  # a made-up row: that it is refused says nothing of real ones
        if self.changed:
            raise InboxMisconfiguredError("even a control row is refused")
        return True

    def write(self, messages: Sequence[Row]) -> int:
        if self.away or self.full:
            raise InboxUnavailableError("away")
        for row in messages:
            if self.changed or self.refuses(row):
                raise BadRowError(f"row {row.index} is bad")
        self.log.append(f"commit {len(messages)}")
        results = [one for one in messages if isinstance(one, ResultMessage)]
        corrections = [one for one in messages if isinstance(one, CorrectionMessage)]
        assert not (results and corrections), "a transaction is of one table"
        if corrections:
            before = len(self.corrections)
            for it in corrections:
                self.corrections.setdefault(it.correction_id, it)
            return len(self.corrections) - before
        new = {r.receipt_id: r for r in results if r.receipt_id not in self.rows}
        self.rows |= new
        for one in results:
            if self.rows[one.receipt_id].image_sha256 != one.image_sha256:
                raise BadRowError(f"row {one.index} has another receipt's key")
        return len(new)


class FakeTime:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def clock(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.now)


def bodies(*indices: int) -> list[str]:
    return [encode(result(index)).decode() for index in indices]
