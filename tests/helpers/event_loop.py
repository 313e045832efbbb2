"""The path from a customer's request to the client's database, in one process and virtual time.

Between the real handlers and the real writer it acts as AWS: delivers, deletes what is done,
redelivers what failed. The OCR engine and the database are fakes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helpers.deployed import Stack
from helpers.fakes_agent import FakeInbox, FakeTime
from helpers.photos import announced, archive
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Cycle, Writer
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.sqs import SqsDeadLetters, SqsWriteQueue
from receipts.messages import Row
from receipts.ports import Inbox

RATE = 50.0  # rows a second, the client's ceiling
ROWS = 10  # rows a transaction


class TimedInbox(FakeInbox):
    """The client's database; remembers when how many rows were offered, and each was stored."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self.time = time
        self.offered: list[tuple[float, int]] = []
        self.stored_at: dict[str, float] = {}

    def write(self, messages: Sequence[Row]) -> int:
        self.offered.append((self.time(), len(messages)))
        new = super().write(messages)
        for receipt_id in self.rows.keys() - self.stored_at.keys():
            self.stored_at[receipt_id] = self.time()
        return new


class Batch:
    """A batch that was asked for: what the customer was answered, and is told later."""

    def __init__(self, stack: Stack, accepted: dict[str, Any]) -> None:
        self.batch_id: str = accepted["batch_id"]
        self.forms: list[dict[str, Any]] = accepted["uploads"]
        self.status: str = accepted["status"]
        self._stack = stack

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self._stack.request(f"GET {self.status}")["body"])
        return report

    def receipts(self, limit: int = 1000) -> list[dict[str, Any]]:
        """All of them, page by page."""
        found: list[dict[str, Any]] = []
        query = {"limit": str(limit)}
        while True:
            answer = self._stack.request(f"GET {self.status}/receipts", query=query)
            page = json.loads(answer["body"])
            found += page["receipts"]
            if page["next"] is None:
                return found
            query = dict(pair.split("=") for pair in page["next"].partition("?")[2].split("&"))


class EventLoop:
    """Everything that polls, and the agent's database."""

    def __init__(self, stack: Stack, inbox: Inbox | None = None) -> None:
        """`inbox` takes the place of the fake database."""
        self.stack = stack
        self.time = FakeTime()
        self.inbox = TimedInbox(self.time)
        settings = OperatorSettings(ceiling=RATE, share=1.0, paused=False, schedule=Schedule())
        breaker = Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0)
        sqs = stack.client("sqs")
        self.writer = Writer(
            queue=SqsWriteQueue(stack.urls["WriteQueue"], sqs),
            dead_letters=SqsDeadLetters(stack.urls["WriteDlq"], sqs),
            inbox=inbox or self.inbox,
            ledger=DynamoLedger("Ledger", stack.client("dynamodb")),
            gate=Gate(settings, ROWS, breaker, self.time()),
            poll_s=0,
            clock=self.time.clock,
            now=self.time,
        )

    def ask(
        self, key: str, files: Sequence[Mapping[str, Any]] = (), packed: bytes = b"an archive"
    ) -> Batch:
        """One request: for a manifest of `files`, or for the archive `packed`."""
        shape = {"files": files} if files else {"archive": announced(packed)}
        body = json.dumps({"customer_reference": "C-1", **shape})
        answer = self.stack.request("POST /batches", body, {"Idempotency-Key": key})
        return Batch(self.stack, json.loads(answer["body"]))

    def send_archive(self, images: Mapping[str, bytes], key: str = "january") -> Batch:
        """One request, one upload of all images."""
        batch = self.ask(key, packed=archive(images))
        self.stack.upload(batch.forms[0], archive(images))
        return batch

    def run(self, delete_is_lost: Callable[[str], bool] = lambda _: False) -> int:
        """Go on until nothing moves; answer how often the reader was delivered a message."""
        delivered = 0
        while True:
            before_s = self.stack.now_s
            split = self.stack.poll("SplitMapping")
            read = self.stack.poll("ReadMapping", delete_is_lost)
            delivered += read
            self.time.now += self.stack.now_s - before_s
            if not self.write() + split + read:
                return delivered

    def write(self) -> int:
        """The agent, on the client's premises: writes what there is, no faster than told."""
        received = 0
        with self.stack.calling_as("AgentPolicy"):
            while (cycle := self.writer.cycle()) != Cycle():
                received += cycle.received
                wait_s = cycle.closed.wait_s if cycle.closed else 0.0
                self.time.now += wait_s
                self.stack.now_s += wait_s
        return received

    def dead_letters(self, queue: str) -> list[tuple[int, str]]:
        """The receipts on a DLQ, with the reasons."""
        return [
            (json.loads(m["Body"])["index"], m["MessageAttributes"]["reason"]["StringValue"])
            for m in self.stack.waiting(queue)
        ]
