"""A writer and its outside, in memory and in virtual time."""

from concurrent.futures import Executor

from helpers.fakes_agent import (
    FakeDeadLetters,
    FakeInbox,
    FakeReceiptLedger,
    FakeTime,
    FakeWriteQueue,
)
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Cycle, Writer
from receipts.ledger import State


class World:
    """A writer and its outside; `run` goes on until the queue is empty and the hand too."""

    def __init__(
        self,
        *waiting: str,
        rows: int = 50,
        rate: float = 100.0,
        background: Executor | None = None,
    ) -> None:
        self.time = FakeTime()
        self.queue = FakeWriteQueue(*waiting)
        self.log = self.queue.log
        self.dead = FakeDeadLetters()
        self.ledger = FakeReceiptLedger(self.log)
        self.inbox = FakeInbox(self.log)
        settings = OperatorSettings(ceiling=rate, share=1.0, paused=False, schedule=Schedule())
        breaker = Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0)
        self.gate = Gate(settings, rows, breaker, now=0.0)
        self.writer = Writer(
            queue=self.queue,
            dead_letters=self.dead,
            inbox=self.inbox,
            ledger=self.ledger,
            gate=self.gate,
            poll_s=5,
            clock=self.time.clock,
            now=self.time,
            background=background,
        )

    def run(self, cycles: int = 500) -> list[Cycle]:
        seen = []
        for _ in range(cycles):
            cycle = self.writer.cycle()
            seen.append(cycle)
            self.time.now += cycle.closed.wait_s if cycle.closed else 0.0
            if cycle == Cycle():
                break
        return seen

    def open(self) -> None:
        """Take over, and wait for the first pace."""
        self.time.now += 10
        self.writer.cycle()
        self.time.now += 10

    def states(self) -> dict[int, State]:
        return {index: entry.state for (_, index), entry in self.ledger.entries.items()}
