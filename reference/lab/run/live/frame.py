"""Vocabulary: what the demo's page is told each second. A recording is a list of these."""

from msgspec import Struct

WAITING, READ, STORED, REJECTED, DEAD = "w", "r", "s", "x", "d"
"""A receipt's state in one letter; see `receipts.ledger.State`."""


class Change(Struct, frozen=True, array_like=True):
    """A receipt came into another state; `number` counts from 1 over all batches of the demo."""

    number: int
    state: str


class Verdict(Struct, frozen=True, kw_only=True):
    """Once nothing is on its way any more: whether the ledger and PostgreSQL say the same."""

    right: bool
    text: str


class Frame(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look at everything, `at` seconds after the demo's start.

    The receipts `expected` are `stored`, or `read` and waiting to be written, or `reading` at this
    moment, or `waiting` for a reader, or `rejected`, or `dead`. Of `unsplit` ones among the
    `batches` nobody knows yet how many receipts they hold. `queues` holds depths by the sheet's
    names of parts; ages are in seconds, of the oldest that waits. `rows` are counted in PostgreSQL,
    and None while it is away, as is whatever else it would tell.
    """

    at: float
    expected: int | None = None
    stored: int = 0
    read: int = 0
    reading: int = 0
    waiting: int = 0
    rejected: int = 0
    dead: int = 0
    batches: int = 0
    unsplit: int = 0
    queues: dict[str, int] = {}
    unread_age: int | None = None
    unwritten_age: int | None = None
    rate: float = 0.0
    ceiling: float = 0.0
    rows: int | None = None
    connections: int | None = None
    limit: int | None = None
    app_p95_ms: float | None = None
    app_calls: int = 0
    app_failed: int = 0
    agent: str = ""
    faults: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    said: tuple[str, ...] = ()
    verdict: Verdict | None = None

    @property
    def settled(self) -> bool:
        """Whether no receipt is on its way."""
        on_their_way = self.unsplit + self.waiting + self.reading + self.read
        return self.expected is not None and not on_their_way
