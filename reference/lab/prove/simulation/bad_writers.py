"""The writer with the usual mistakes: each replaces a step of the cycle, or one of its ports."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from lab.prove.simulation.bad_stages import PortWrapper
from lab.prove.simulation.world import BURST
from receipts.agent.gate import Closed
from receipts.agent.settling import Committed, InHand, Settling
from receipts.agent.writer import Cycle, Writer
from receipts.errors import BadRowError, InboxUnavailableError, StandbyError
from receipts.ledger import Entry, State


class BadWriter(Writer):
    """A writer whose mistakes use `ports`, which are those that it was given."""

    def __init__(self, **ports: Any) -> None:  # noqa: ANN401  as `Writer`
        self.ports = SimpleNamespace(**ports)
        super().__init__(**{**ports, **self.replaced_ports()})

    def replaced_ports(self) -> dict[str, Any]:
        """The ports that the mistake replaces, by name."""
        return {}


class DeletesBeforeCommit(BadWriter):
    """Deletes the messages from the queue, then writes their rows."""

    def _offer(self, part: Sequence[InHand]) -> Cycle:
        self.ports.queue.delete([one.delivery for one in part])
        return super()._offer(part)


class DeletesBeforeLedger(BadWriter):
    """Writes the rows, deletes the messages, then updates the ledger."""

    def __init__(self, **ports: Any) -> None:  # noqa: ANN401  as `Writer`
        super().__init__(**ports)
        it = self.ports
        self._settling = _DeletesFirst(it.queue, it.ledger, it.clock, it.background)


class _DeletesFirst(Settling):
    def settle(self, committed: Committed) -> None:
        """Deletes, then does as it should."""
        self._queue.delete([one.delivery for one in committed.part])
        super().settle(committed)


class SettlesBesideTheCommit(BadWriter):
    """Has the background mark and delete what the database is only about to take."""

    def _offer(self, part: Sequence[InHand]) -> Cycle:
        self.ports.background.submit(self._settling.settle, Committed(part))
        return super()._offer(part)


class MarksBeforeCommit(BadWriter):
    """Marks the receipts as stored in the ledger, then writes their rows."""

    def _offer(self, part: Sequence[InHand]) -> Cycle:
        since = self.ports.clock()
        results = [one.result for one in part]
        self.ports.ledger.move_all(
            [
                (r.batch_id, Entry(index=r.index, name=r.name, state=State.STORED, since=since))
                for r in results
            ]
        )
        return super()._offer(part)


class FailsNeighbours(BadWriter):
    """Sets a whole transaction aside for one bad row."""

    def _bisect(self, part: Sequence[InHand], error: BadRowError) -> Cycle:
        set_asides = [self._set_aside(one.delivery, one.result, str(error)) for one in part]
        return Cycle(offered=len(part), set_aside=tuple(set_asides))


class TriesForEver(BadWriter):
    """Gives a bad row back to the queue, until the redrive policy takes it."""

    def _bisect(self, part: Sequence[InHand], error: BadRowError) -> Cycle:
        if len(part) > 1:
            return super()._bisect(part, error)
        self.ports.gate.answered(0, 0.0, self.ports.now())
        self.ports.queue.release([part[0].delivery])
        return Cycle(offered=1)


class ChargesBeforePoll(BadWriter):
    """Takes its permits, then waits for messages to use them on."""

    def replaced_ports(self) -> dict[str, Any]:
        """A gate that charges nothing at the offer."""
        return {"gate": _UnchargedGate(self.ports.gate)}

    def _receive(self) -> Cycle:
        self.ports.gate.offer(BURST, self.ports.now())
        return super()._receive()


class _UnchargedGate(PortWrapper):
    def offer(self, _rows: int, _now: float) -> None:
        """Charges nothing."""


class ReceivesWhileAway(BadWriter):
    """Receives messages, then checks whether the database is there."""

    def _closed(self) -> Closed | None:
        closed: Closed | None = self.ports.gate.closed(self.ports.now(), self.ports.clock())
        return closed

    def _offer(self, part: Sequence[InHand]) -> Cycle:
        try:
            self.ports.inbox.ensure_writer()
        except (InboxUnavailableError, StandbyError):
            self.ports.queue.release([one.delivery for one in part])
            return Cycle()
        return super()._offer(part)


class TakesOutagesForBadRows(BadWriter):
    """Catches whatever the database raises, and blames the rows."""

    def replaced_ports(self) -> dict[str, Any]:
        """An inbox that calls every failure a bad row."""
        return {"inbox": _BlamingInbox(self.ports.inbox)}


class _BlamingInbox(PortWrapper):
    def write(self, results: Any) -> int:  # noqa: ANN401  as the port
        try:
            return int(self.port.write(results))
        except InboxUnavailableError as error:
            raise BadRowError(str(error)) from error


class PacesByTheWallClock(BadWriter):
    """Measures time by the wall clock, which may jump, instead of the monotonic one."""

    def replaced_ports(self) -> dict[str, Any]:
        """The time of day as the time that passes."""
        return {"now": lambda: self.ports.clock().timestamp()}


class KnowsNoControlRow(BadWriter):
    """Takes every refusal for the row's own fault."""

    def _refused(self, part: Sequence[InHand], error: BadRowError) -> Cycle:
        self.ports.gate.answered(0, 0.0, self.ports.now())
        return self._bisect(part, error)


class ProbesByReceiving(BadWriter):
    """After an outage offers a receipt, not a control row: each probe costs one of its receives."""

    def replaced_ports(self) -> dict[str, Any]:
        """An inbox that has a control row only for suspects, and so none for a probe."""
        self._for_probe = _NoProbeInbox(self.ports.inbox)
        return {"inbox": self._for_probe}

    def _closed(self) -> Closed | None:
        self._for_probe.probing = True
        try:
            return super()._closed()
        finally:
            self._for_probe.probing = False


class _NoProbeInbox(PortWrapper):
    probing = False

    def check_control_row(self, suspect: Any = None) -> bool:  # noqa: ANN401  as the port
        return False if self.probing else bool(self.port.check_control_row(suspect))


class RemembersTheControlRow(BadWriter):
    """Asks the control row once, and believes the answer for ever."""

    def replaced_ports(self) -> dict[str, Any]:
        """An inbox that keeps the control row's answer."""
        return {"inbox": _RememberingInbox(self.ports.inbox)}


class _RememberingInbox(PortWrapper):
    was_taken = False

    def check_control_row(self, suspect: Any = None) -> bool:  # noqa: ANN401  as the port
        self.was_taken = self.was_taken or bool(self.port.check_control_row(suspect))
        return self.was_taken
