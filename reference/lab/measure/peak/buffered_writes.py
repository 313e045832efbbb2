"""Writes as designed: the real agent, behind a queue that is never empty."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from receipts.agent.config import ROWS_PER_TRANSACTION
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker, InFlightLimit
from receipts.agent.postgres import PostgresInbox
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Writer
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage, encode
from receipts.ports import Delivery, Ledger

if TYPE_CHECKING:
    from receipts.agent.writer import Cycle

BURST = ROWS_PER_TRANSACTION
"""As deployed."""

PREPARED = 6_000
"""Results encoded before a block begins, so that encoding takes none of its time."""


class _Backlog:
    """A write queue that never ends; implements `ports.WriteQueue`. Bodies are encoded ahead."""

    def __init__(self, results: Iterator[ResultMessage]) -> None:
        self.deleted = 0
        self._results = results
        self._ready: list[str] = []

    def fill(self, count: int) -> None:
        """Encode until `count` bodies are ready."""
        while len(self._ready) < count:
            self._ready.append(encode(next(self._results)).decode())

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        del wait_s
        self.fill(most)
        bodies, self._ready = self._ready[:most], self._ready[most:]
        return [Delivery(body=body, handle="", receives=1) for body in bodies]

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        self.deleted += len(deliveries)

    def release(self, deliveries: Sequence[Delivery]) -> None:
        self._ready += [delivery.body for delivery in deliveries]


class _NoLedger:
    """Implements `ports.Ledger` and `ports.DeadLetters` without AWS, which is not measured here."""

    def state(self, batch_id: str, index: int) -> State | None:
        del batch_id, index
        return None

    def move(self, batch_id: str, entry: Entry) -> bool:
        del batch_id, entry
        return True

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        del moves

    def send(self, body: str, reason: str) -> None:
        raise RuntimeError(f"a replayed result was set aside: {reason}: {body[:200]}")


class FixedRate(InFlightLimit):
    """Ignores the database's latency."""

    def rate(self, share: float) -> float:
        """No bound of its own: the gate enforces the ceiling."""
        del share
        return float("inf")


class BenchAgent:
    """The agent of one condition; its limit keeps its state from block to block."""

    def __init__(
        self, inbox: PostgresInbox, results: Iterator[ResultMessage], command: WriteCommand
    ) -> None:
        """`command` has the ceiling, the share, and whether the rate follows the database."""
        self._queue = _Backlog(results)
        settings = OperatorSettings(
            ceiling=command.ceiling, share=command.share, paused=False, schedule=Schedule()
        )
        self._gate = Gate(
            settings,
            BURST,
            Breaker(3, 1.0, 60.0),
            time.monotonic(),
            FixedRate(1.0)
            if command.route.fixed
            else InFlightLimit(lowest=min(1.0, command.ceiling)),
        )
        nothing = _NoLedger()
        self._writer = Writer(
            queue=self._queue,
            dead_letters=nothing,
            inbox=inbox,
            ledger=cast("Ledger", nothing),
            gate=self._gate,
            poll_s=0,
            clock=lambda: dt.datetime.now(dt.UTC),
            now=time.monotonic,
        )

    def run(self, command: WriteCommand) -> WriteResult:
        """Write for one block."""
        self._queue.fill(min(PREPARED, int(command.ceiling * command.seconds) + 2 * BURST))
        _sleep_until(command.start)
        offered: list[tuple[float, Cycle]] = []
        deleted = self._queue.deleted
        while (at := time.monotonic()) < command.start + command.seconds:
            cycle = self._writer.cycle()
            if cycle.offered:
                offered.append((at, cycle))
            if cycle.closed:
                _sleep_until(min(at + cycle.closed.wait_s, command.start + command.seconds))
        first_to_last = offered[-1][0] - offered[0][0] if offered else 0.0
        return WriteResult(
            committed=self._queue.deleted
            - deleted,  # deleted from the queue: these must be in the database
            attempts=sum(cycle.offered for _, cycle in offered),
            refused=sum(cycle.offered for _, cycle in offered if cycle.failure),
            paced_rows=sum(cycle.offered for _, cycle in offered[:-1]),
            paced_s=first_to_last,
            write_s=[round(cycle.write_s, 6) for _, cycle in offered],
        )


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
