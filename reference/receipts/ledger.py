"""Vocabulary: a receipt's states, in one order, and what the ledger says of a batch.

    (on its way) -> read -> stored
         |            |
         |            +-> dead-lettered <-> read     (given up; a redrive takes it up)
         +-> rejected                                (the image can't be read; no retry)

`stored` dominates every other state: the row is in the database, whatever is said of it later.
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from receipts.batch import Batch


class State(StrEnum):
    """Where a receipt is. One that has no state yet is on its way to the reader."""

    READ = "read"
    STORED = "stored"
    REJECTED = "rejected"
    DEAD_LETTERED = "dead-lettered"

    def may_follow(self, current: "State | None") -> bool:
        """Whether a receipt in `current` may come into this state; a repeated event may not."""
        return current in FOLLOWS[self]


FOLLOWS: dict[State, tuple[State | None, ...]] = {
    State.READ: (None, State.DEAD_LETTERED),
    State.REJECTED: (None, State.DEAD_LETTERED),
    State.DEAD_LETTERED: (None, State.READ),
    State.STORED: (None, State.READ, State.REJECTED, State.DEAD_LETTERED),
}
"""For each state, those it may follow; None is a receipt of which the ledger knows nothing yet."""


class Entry(Struct, frozen=True, kw_only=True):
    """One receipt in the ledger; `since` is when it came into its state."""

    index: int
    name: str
    state: State
    since: dt.datetime
    reason: str | None = None
    needs_review: bool = False
    duplicate_of: str | None = None


class Counts(Struct, frozen=True, kw_only=True):
    """How many receipts of a batch are where. They add up to the number expected."""

    waiting: int
    read: int
    stored: int
    rejected: int
    dead_lettered: int


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
