"""The agent's loop with its page, on fakes and in virtual time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from helpers.fakes_agent import (
    FakeDeadLetters,
    FakeInbox,
    FakeReceiptLedger,
    FakeTime,
    FakeWriteQueue,
    bodies,
)
from receipts.agent import run as agent
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.metrics import Metrics, serving
from receipts.agent.pacing import Breaker
from receipts.agent.page import Page, watching
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Writer

ALLOWED = OperatorSettings(ceiling=20.0, share=1.0, paused=False, schedule=Schedule())
ROWS = 20


class PagedAgent:
    """Its inbox may be away or refuse a row; its queue holds so many messages."""

    def __init__(self, messages: int = 100) -> None:
        self.time = FakeTime()
        self.inbox = FakeInbox()
        self.inbox.held = True
        self.queue = FakeWriteQueue(*bodies(*range(1, messages + 1)))
        self.metrics = Metrics(self.time)
        self.gate = Gate(ALLOWED, ROWS, Breaker(3, 1.0, 60.0), now=0.0)
        self.writer = Writer(
            queue=self.queue,
            dead_letters=FakeDeadLetters(),
            inbox=self.inbox,
            ledger=FakeReceiptLedger(),
            gate=self.gate,
            poll_s=5,
            clock=self.time.clock,
            now=self.time,
        )

    def cycles(self, count: int = 1) -> None:
        """So many, each after the wait that the one before asked for."""
        for _ in range(count):
            self.time.now += agent._cycle(self.writer, self.gate, self.metrics)  # noqa: SLF001

    @contextmanager
    def page(self) -> Iterator[Page]:
        logging.getLogger("receipts.agent").setLevel(logging.INFO)
        with watching(self.gate, self.writer, self.metrics) as page:
            yield page

    @contextmanager
    def address(self) -> Iterator[str]:
        """Serves the page; gives its address."""
        with self.page() as page, serving(self.metrics, 0, page) as port:
            yield f"http://127.0.0.1:{port}/"
