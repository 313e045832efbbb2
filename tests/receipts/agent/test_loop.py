"""The agent's loop, in virtual time: however long the gate is closed, it looks at its settings."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from helpers.fakes_agent import (
    FakeDeadLetters,
    FakeInbox,
    FakeReceiptLedger,
    FakeTime,
    FakeWriteQueue,
    bodies,
)
from receipts.agent import run as agent
from receipts.agent.gate import MAX_WAIT_S, Gate, OperatorSettings
from receipts.agent.metrics import Metrics
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Writer
from receipts.messages import Row

SLOW = OperatorSettings(ceiling=0.1, share=1.0, paused=False, schedule=Schedule())
ROWS = 20


class Run(FakeInbox):
    """So many seconds of it. It is its own inbox, settings and stop, and notes when it is asked."""

    def __init__(self, *, away: bool = False) -> None:
        super().__init__()
        self.held, self.away = True, away
        self.time = FakeTime()
        self.looks: list[float] = []
        self.offers: list[float] = []
        self.metrics = Metrics(self.time)
        self.gate = Gate(SLOW, ROWS, Breaker(3, 1.0, 60.0), now=0.0)

    def go(self, seconds: float) -> None:
        self.ends = seconds
        writer = Writer(
            queue=FakeWriteQueue(*bodies(*range(1, 100))),
            dead_letters=FakeDeadLetters(),
            inbox=self,
            ledger=FakeReceiptLedger(),
            gate=self.gate,
            poll_s=5,
            clock=self.time.clock,
            now=self.time,
        )
        agent._loop(self, self, writer, self.gate, self.metrics)  # type: ignore[arg-type]  # noqa: SLF001

    def is_set(self) -> bool:
        return self.time.now >= self.ends

    def wait(self, seconds: float) -> None:
        self.time.now += seconds

    def reload_if_changed(self) -> None:
        assert self.metrics.silent_s() <= MAX_WAIT_S
        self.looks.append(self.time.now)

    def write(self, messages: Sequence[Row]) -> int:
        self.offers += [self.time.now] * len(messages)
        return super().write(messages)

    def longest_s(self) -> float:
        return max(after - before for before, after in pairwise(self.looks))


def test_a_slow_pace_keeps_no_new_setting_waiting_and_is_kept_all_the_same() -> None:
    run = Run()
    run.go(235)
    assert run.longest_s() <= MAX_WAIT_S
    # As if a whole transaction had been offered at the start; then a row every ten seconds.
    assert run.offers == pytest.approx([200, 210, 220, 230])


def test_an_outage_keeps_no_new_setting_waiting() -> None:
    run = Run(away=True)
    run.go(600)
    assert run.longest_s() <= MAX_WAIT_S
    assert run.asked < 20  # the breaker's pauses are as long as ever
