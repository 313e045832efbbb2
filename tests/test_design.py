"""The whole design in one run: 300 receipts, from one request to the client's database.

Real: the Lambda handlers, their environment from `template.yaml`, the adapters, the writer. AWS is
moto, the OCR engine and the database are fakes, time is virtual. The pump does what AWS does
between the handlers: it delivers, deletes what was read, and delivers again what failed. Of every
ten photos one is delivered twice, and four of the 300 go wrong, each in its own way.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PIL import Image

from deployed import Stack, deployed
from fakes import FakeEngine
from fakes_agent import FakeInbox, FakeTime
from photos import archive, encoded, numbered
from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.sqs import SqsDeadLetters
from receipts.adapters.write_queue import SqsWriteQueue
from receipts.batch import receipt_id_for
from receipts.breaker import Breaker
from receipts.entrypoints import read
from receipts.gate import Gate, Orders
from receipts.messages import ResultMessage
from receipts.schedule import Schedule
from receipts.write_receipts import Cycle, Writer

RECEIPTS = 300
RATE = 50.0  # rows a second, the client's ceiling
ROWS = 10  # rows a transaction
ROUNDING = 1e-6  # rows: the clock adds up fractions of a second

NOT_AN_IMAGE, CUT_OFF, POISON, BAD_ROW = 100, 150, 200, 250

POISONOUS = Image.new("L", (640, 64), 255)  # the engine crashes on so long an image, every time


def photos() -> dict[str, bytes]:
    images = numbered(RECEIPTS)
    images["0100.png"] = b"%PDF-1.7 no photo at all"
    images["0150.png"] = images["0150.png"][:-30]
    images["0200.png"] = encoded(POISONOUS, "PNG")
    return images


def every_tenth(body: str) -> bool:
    return json.loads(body)["index"] % 10 == 7


class TimedInbox(FakeInbox):
    """The client's database: refuses one row, and remembers when how many were offered."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self.time = time
        self.refuses = lambda result: result.index == BAD_ROW
        self.offered: list[tuple[float, int]] = []

    def write(self, results: Sequence[ResultMessage]) -> int:
        self.offered.append((self.time(), len(results)))
        return super().write(results)


class Journey:
    """One run; afterwards, all that can be seen of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.time = FakeTime()
        self.inbox = TimedInbox(self.time)
        self.delivered = 0  # to the reader
        orders = Orders(ceiling=RATE, share=1.0, paused=False, schedule=Schedule())
        breaker = Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0)
        with stack.calling_as("AgentPolicy"):
            sqs = stack.client("sqs")
            self.writer = Writer(
                queue=SqsWriteQueue(stack.urls["WriteQueue"], sqs),
                dead_letters=SqsDeadLetters(stack.urls["WriteDlq"], sqs),
                inbox=self.inbox,
                ledger=DynamoLedger("Ledger", stack.client("dynamodb")),
                gate=Gate(orders, ROWS, breaker, self.time()),
                poll_s=0,
                clock=self.time.clock,
                now=self.time,
            )

    def send(self) -> None:
        """The customer: one request, one upload of 300 photos."""
        body = json.dumps({"customer_reference": "C-1", "archive": True})
        answer = self.stack.request("POST /batches", body, {"Idempotency-Key": "january"})
        accepted = json.loads(answer["body"])
        self.status = accepted["status"]
        self.batch_id = accepted["batch_id"]
        self.stack.upload(accepted["uploads"][0], archive(photos()))

    def pump(self) -> None:
        """Everything that polls, in turn, until nothing moves."""
        while True:
            split = self.stack.poll("SplitMapping")
            read = self.stack.poll("ReadMapping", every_tenth)
            self.delivered += read
            if not self.write() + split + read:
                return

    def write(self) -> int:
        """The agent, on the client's premises: writes what there is, no faster than told."""
        received = 0
        with self.stack.calling_as("AgentPolicy"):
            while True:
                cycle = self.writer.cycle()
                received += cycle.received
                self.time.now += cycle.closed.wait_s if cycle.closed else 0.0
                if cycle == Cycle():
                    return received

    def report(self) -> dict[str, Any]:
        """What the customer is told."""
        report: dict[str, Any] = json.loads(self.stack.request(f"GET {self.status}")["body"])
        return report

    def dead_letters(self, queue: str) -> list[tuple[int, str]]:
        """The receipts on a DLQ, with the reasons."""
        return [
            (json.loads(m["Body"])["index"], m["MessageAttributes"]["reason"]["StringValue"])
            for m in self.stack.waiting(queue)
        ]


@pytest.fixture(scope="module")
def journey() -> Iterator[Journey]:
    def crashes(image: Image.Image) -> bool:
        return max(image.size) > 5 * min(image.size)

    with deployed() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "make_engine", lambda *_: FakeEngine(fails_on=crashes))
        journey = Journey(stack)
        journey.send()
        journey.pump()
        yield journey


def test_every_receipt_is_stored_once(journey: Journey) -> None:
    wrong = {NOT_AN_IMAGE, CUT_OFF, POISON, BAD_ROW}
    rows = [row.index for row in journey.inbox.rows.values()]
    assert sorted(rows) == [n for n in range(1, RECEIPTS + 1) if n not in wrong]
    assert set(journey.inbox.rows) == {receipt_id_for(journey.batch_id, index) for index in rows}


def test_what_was_delivered_again_made_no_second_row(journey: Journey) -> None:
    assert journey.delivered >= RECEIPTS + RECEIPTS // 10
    offered = sum(rows for _, rows in journey.inbox.offered)
    assert offered > len(journey.inbox.rows) == RECEIPTS - 4


def test_the_pace_is_kept_in_every_window(journey: Journey) -> None:
    offered = journey.inbox.offered
    for i, (start, _) in enumerate(offered):
        rows = 0
        for end, more in offered[i:]:
            rows += more
            assert rows <= RATE * (end - start) + ROWS + ROUNDING


def test_an_image_that_cannot_be_read_is_rejected_and_the_customer_told_why(
    journey: Journey,
) -> None:
    reasons = {reason["index"]: reason for reason in journey.report()["reasons"]}
    assert reasons[NOT_AN_IMAGE]["state"] == reasons[CUT_OFF]["state"] == "rejected"
    assert "not an image" in reasons[NOT_AN_IMAGE]["reason"]
    assert "cut off" in reasons[CUT_OFF]["reason"]


def test_a_poison_message_ends_on_the_dead_letter_queue_with_its_reason(journey: Journey) -> None:
    [(index, reason)] = journey.dead_letters("ReceiptDlq")
    assert index == POISON
    assert reason == "OcrEngineError: the engine crashed"


def test_a_bad_row_is_set_aside_and_its_neighbours_are_stored(journey: Journey) -> None:
    [(index, reason)] = journey.dead_letters("WriteDlq")
    assert index == BAD_ROW
    assert "bad" in reason


def test_the_ledger_balances_against_independent_counts(journey: Journey) -> None:
    report = journey.report()
    counts = report["counts"]
    assert report["settled"]
    assert report["expected"] == RECEIPTS == sum(counts.values())
    assert counts["stored"] == len(journey.inbox.rows)
    dead = journey.stack.waiting("ReceiptDlq") + journey.stack.waiting("WriteDlq")
    assert counts["dead_lettered"] == len(dead) == 2
    assert counts["rejected"] == 2
    for queue in ("UploadQueue", "UploadDlq", "ReceiptQueue", "WriteQueue"):
        assert not journey.stack.waiting(queue)


def test_the_customer_can_list_every_receipt_page_by_page(journey: Journey) -> None:
    seen: list[dict[str, Any]] = []
    address = f"{journey.status}/receipts"
    query = {"limit": "120"}
    while True:
        page = json.loads(journey.stack.request(f"GET {address}", query=query)["body"])
        seen += page["receipts"]
        if page["next"] is None:
            break
        query = dict(pair.split("=") for pair in page["next"].partition("?")[2].split("&"))
    assert [receipt["index"] for receipt in seen] == list(range(1, RECEIPTS + 1))
    assert Counter(receipt["state"] for receipt in seen)["stored"] == RECEIPTS - 4
