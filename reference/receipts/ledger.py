"""Vocabulary: a receipt's states, which of them may follow which, and a batch's counts.

`stored` is final: the row is in the database, and no later event changes that. It may even follow
`rejected`: of two readers of the same message one can have fetched the photo just before it was
deleted, and the other, which came too late and rejects it, can be the first in the ledger.
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from reading.files.text import printable
from receipts.batch import Batch


class State(StrEnum):
    """Where a receipt is. One without a state is on its way to the reader."""

    READ = "read"
    STORED = "stored"
    REJECTED = "rejected"
    DEAD_LETTERED = "dead-lettered"


FOLLOWS: dict[State, tuple[State | None, ...]] = {
    State.READ: (None, State.DEAD_LETTERED),  # from a dead-letter queue: a redrive took it up again
    State.REJECTED: (None, State.DEAD_LETTERED),
    State.DEAD_LETTERED: (None, State.READ),  # set aside: somebody gave up, with a reason
    State.STORED: (None, State.READ, State.REJECTED, State.DEAD_LETTERED),
}
"""For each state, the states it may follow; None: the ledger has no entry for the receipt yet."""

MAX_REASON = 1000
"""Characters of a reason: enough for a person, and little beside what a message may hold."""


def as_reason(text: str) -> str:
    """The text as queues and the ledger take it: no control characters, not too long, not empty."""
    return printable(text)[:MAX_REASON] or "?"


class Entry(Struct, frozen=True, kw_only=True):
    """One receipt in the ledger."""

    index: int
    name: str
    state: State
    """How far it is."""
    since: dt.datetime
    """When it came into this state."""
    reason: str | None = None
    """Why it was rejected or given up, in words."""
    needs_review: bool = False
    """Whether a person should look at it."""
    duplicate_of: str | None = None
    """The customer's receipt that had the very same image before."""


class Counts(Struct, frozen=True, kw_only=True):
    """How many receipts of a batch are in each state. They add up to the number expected."""

    waiting: int
    """Not read yet."""
    read: int
    """Read, and on the way to the database."""
    stored: int
    """Rows in the database."""
    rejected: int
    """Can't be read, however often it is tried."""
    dead_lettered: int
    """Given up after too many tries; an operator can send them again."""


def count(batch: Batch, entries: Sequence[Entry]) -> Counts:
    """Count a batch's receipts by state; `waiting` is what the ledger has no entry for yet."""
    states = [entry.state for entry in entries]
    return Counts(
        waiting=max(0, (batch.expected or 0) - len(states)),
        read=states.count(State.READ),
        stored=states.count(State.STORED),
        rejected=states.count(State.REJECTED),
        dead_lettered=states.count(State.DEAD_LETTERED),
    )
