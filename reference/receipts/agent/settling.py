"""Marks in the ledger what is committed, then deletes it: beside the next transactions."""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from msgspec import Struct

from receipts.ledger import Entry, State
from receipts.messages import ResultMessage, Row
from receipts.ports import Clock, Delivery, Ledger, WriteQueue


class InHand(Struct, frozen=True):
    """A delivery that was received and decoded."""

    delivery: Delivery
    result: Row


class Committed(Struct):
    """A transaction that is committed: marked in the ledger, or about to be by `marking`."""

    part: Sequence[InHand]
    marked: bool = False
    marking: Future[None] | None = None


class Settling:
    """The transactions that are committed, and not yet marked and deleted."""

    def __init__(
        self, queue: WriteQueue, ledger: Ledger, clock: Clock, background: Executor | None
    ) -> None:
        """`background` marks and deletes them; without it whoever adds one does that itself."""
        self._queue = queue
        self._ledger = ledger
        self._clock = clock
        self._background = background
        self._committed: list[Committed] = []  # oldest first

    def __len__(self) -> int:
        """How many receipts are committed, and not yet marked and deleted, as far as it looked."""
        return sum(len(one.part) for one in tuple(self._committed) if not one.marked)

    def add(self, part: Sequence[InHand]) -> None:
        """Mark and delete what was just committed."""
        committed = Committed(part)
        self._committed.append(committed)
        if self._background:
            committed.marking = self._background.submit(self.settle, committed)
        else:
            self.wait(0)

    # --8<-- [start:settle]
    def settle(self, committed: Committed) -> None:
        """Mark it in the ledger, which knows receipts and no corrections, then delete it."""
        since = self._clock()
        results = [h.result for h in committed.part if isinstance(h.result, ResultMessage)]
        moves = [(result.batch_id, _stored(result, since)) for result in results]
        self._ledger.move_all(moves)
        committed.marked = True
        self._queue.delete([h.delivery for h in committed.part])  # last: now it is safe to forget

    # --8<-- [end:settle]

    def wait(self, at_most: int) -> None:
        """Wait until at most so many transactions are on their way to be marked and deleted.

        What failed in the background is tried here, each time; raises what fails here, too.
        """
        while self._committed:
            first, marking = self._committed[0], self._committed[0].marking
            if marking and not marking.done() and len(self._committed) <= at_most:
                return
            try:
                if marking is None or marking.exception():
                    self.settle(first)
            finally:
                if first.marked:  # where it wasn't deleted it comes again, and changes nothing
                    del self._committed[0]


def _stored(result: ResultMessage, since: dt.datetime) -> Entry:
    return Entry(
        index=result.index,
        name=result.name,
        state=State.STORED,
        since=since,
        needs_review=result.needs_review,
        duplicate_of=result.duplicate_of,
    )
