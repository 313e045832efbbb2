"""The last stage, written wrong in the ways in which it is usually written wrong."""

from collections.abc import Sequence
from typing import Any

from lab.prove.simulation.world import BURST
from receipts.agent.gate import Closed
from receipts.agent.writer import Cycle, SetAside, Writer, _InHand, _stored
from receipts.errors import BadRowError, InboxUnavailableError, StandbyError


class DeletesBeforeCommit(Writer):
    """Takes the messages off the queue, then writes."""

    def _offer(self, part: Sequence[_InHand]) -> Cycle:
        self._queue.delete([held.delivery for held in part])
        return super()._offer(part)


class DeletesBeforeLedger(Writer):
    """Writes, deletes, then tells the ledger."""

    def _offer(self, part: Sequence[_InHand]) -> Cycle:
        ledger, self._ledger = self._ledger, _Deaf()
        try:
            cycle = super()._offer(part)
        finally:
            self._ledger = ledger
        if cycle.stored:
            since = self._clock()
            ledger.move_all([(h.result.batch_id, _stored(h.result, since)) for h in part])
        return cycle


class _Deaf:
    """A ledger that hears nothing."""

    def __getattr__(self, _: str) -> Any:  # noqa: ANN401  stands in for any method
        return lambda *_: None


class MarksBeforeCommit(Writer):
    """Tells the ledger that they are stored, then stores them."""

    def _offer(self, part: Sequence[_InHand]) -> Cycle:
        since = self._clock()
        self._ledger.move_all([(h.result.batch_id, _stored(h.result, since)) for h in part])
        return super()._offer(part)


class FailsNeighbours(Writer):
    """Sets a whole transaction aside for one bad row."""

    def _bisect(self, part: Sequence[_InHand], error: BadRowError) -> Cycle:
        given_up: tuple[SetAside, ...] = tuple(
            self._set_aside(held.delivery, held.result, str(error)) for held in part
        )
        return Cycle(offered=len(part), set_aside=given_up)


class TriesForEver(Writer):
    """Gives a bad row back to the queue, again and again, until the redrive policy takes it."""

    def _bisect(self, part: Sequence[_InHand], error: BadRowError) -> Cycle:
        if len(part) > 1:
            return super()._bisect(part, error)
        self._gate.answered(0, 0.0, self._now())
        self._queue.release([part[0].delivery])
        return Cycle(offered=1)


class ChargesBeforePoll(Writer):
    """Takes its permits, then waits for messages to use them on."""

    def cycle(self) -> Cycle:
        """See `Writer`."""
        self._wrote_at = None  # it takes nothing in hand before it has its permits
        return super().cycle()

    def _receive(self) -> tuple[int, tuple[SetAside, ...]]:
        self._gate.offer(BURST, self._now())
        return super()._receive()

    def _offer(self, part: Sequence[_InHand]) -> Cycle:
        charge, self._gate.offer = self._gate.offer, lambda *_: None  # type: ignore[method-assign]
        try:
            return super()._offer(part)
        finally:
            self._gate.offer = charge  # type: ignore[method-assign]


class ReceivesWhileAway(Writer):
    """Receives first, then looks if the database is there."""

    def _closed(self) -> Closed | None:
        return self._gate.closed(self._now(), self._clock())

    def _offer(self, part: Sequence[_InHand]) -> Cycle:
        try:
            self._inbox.ensure_writer()
        except (InboxUnavailableError, StandbyError):
            self._queue.release([held.delivery for held in part])
            return Cycle()
        return super()._offer(part)


class TakesOutagesForBadRows(Writer):
    """Catches whatever the database raises, and blames the rows."""

    def _offer(self, part: Sequence[_InHand]) -> Cycle:
        inbox, self._inbox = self._inbox, _Blaming(self._inbox)
        try:
            return super()._offer(part)
        finally:
            self._inbox = inbox


class _Blaming:
    def __init__(self, inbox: Any) -> None:  # noqa: ANN401  any inbox
        self._inbox = inbox

    def ensure_writer(self) -> bool:
        return bool(self._inbox.ensure_writer())

    def write(self, results: Any) -> int:  # noqa: ANN401  as above
        try:
            return int(self._inbox.write(results))
        except InboxUnavailableError as error:
            raise BadRowError(str(error)) from error


class PacesByTheWallClock(Writer):
    """Reads the time of day, which may jump, where it needs the time that passes."""

    def __init__(self, **wired: Any) -> None:  # noqa: ANN401  as the class it replaces
        clock = wired["clock"]
        super().__init__(**{**wired, "now": lambda: clock().timestamp()})
