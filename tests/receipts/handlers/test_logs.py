"""What the logs promise (docs/explanation/security.md): never a file's name, a customer, a receipt.

A canary stands for each of them, along the whole path and in what fails on it; no log may hold one.
"""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from PIL import Image

from helpers.deployed import BUCKET, Stack, notification
from helpers.fakes import FakeEngine
from helpers.fakes_agent import BATCH, result
from helpers.photos import archive, encoded, photo
from helpers.pump import Batch, Pump
from lab.run.postgres import Postgres
from reading.receipt import LineItem, Receipt
from receipts.agent import run as agent
from receipts.agent.postgres import PostgresInbox
from receipts.agent.writer import Cycle
from receipts.handlers import accept, read, split, status
from receipts.messages import encode

CANARY = "canary"
OWNER = CUSTOMER = "CANARY-7"
LINES = ("CANARY BISTRO", "1 Canary Street", "Date: 2026-01-27", "Canary 3.20", "TOTAL EUR 6.00")
CRASHES = encoded(Image.new("L", (640, 64), 255), "PNG")
BROKEN = {
    "canary-crash.png": CRASHES,
    "canary.pdf": b"%PDF canary",
    "canary-cut.png": photo()[:-30],
}
REFUSED_BY_THE_DATABASE = (
    Receipt(merchant="canary \x00"),
    Receipt(currency="canary"),
    Receipt(line_items=(LineItem(name="canary \x00"),)),
)
NOT_OURS = {
    "UploadQueue": [
        notification("uploads/canary.png", "e"),
        notification(f"uploads/{BATCH}/00001/canary.png", "e"),
    ],
    "ReceiptQueue": ['{"batch_id": "canary", "index": "canary", "receipt_id": "canary"}'],
    "WriteQueue": [
        encode(result(index, receipt=receipt, name="canary.png")).decode()
        for index, receipt in enumerate(REFUSED_BY_THE_DATABASE, start=1)
    ],
}
LOGGERS = [module.logger for module in (accept, split, read, status, agent)]


class Logs:
    """All that was logged: each record with all that is in it, and what the handlers printed."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.printed = io.StringIO()

    def lines(self) -> list[str]:
        format_ = self._caplog.handler.format
        records = self._caplog.get_records("call")
        found = [f"{vars(record)} {format_(record)}" for record in records]
        return [*found, *self.printed.getvalue().splitlines()]

    def messages(self) -> set[str]:
        return {record.getMessage() for record in self._caplog.get_records("call")}


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Logs:
    logs = Logs(caplog)
    caplog.set_level(logging.INFO)  # the libraries, as they are deployed
    caplog.set_level(logging.DEBUG, logger="receipts")
    for logger in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=logger.name)
        monkeypatch.setattr(logger.registered_handler, "stream", logs.printed)
    return logs


class LoggingWriter:
    """The agent's writer, and what the agent says of each of its cycles."""

    def __init__(self, pump: Pump) -> None:
        self._writer = pump.writer

    def cycle(self) -> Cycle:
        cycle = self._writer.cycle()
        agent._report(cycle)  # noqa: SLF001
        return cycle


@pytest.fixture
def pump(stack: Stack, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pump]:
    def crashes(image: Image.Image) -> bool:
        return max(image.size) > 5 * min(image.size)

    monkeypatch.setattr(
        "reading.engines.make_engine", lambda *_: FakeEngine(*LINES, fails_on=crashes)
    )
    inbox = PostgresInbox(postgres.conninfo("receipts_agent"))
    pump = Pump(stack, inbox)
    pump.writer = LoggingWriter(pump)  # type: ignore[assignment]
    yield pump
    inbox.close()


def photos(*names: str) -> dict[str, object]:
    """A request for them."""
    files = [{"name": name, "size": len(photo()), "content_type": "image/png"} for name in names]
    return {"customer_reference": CUSTOMER, "files": files}


PACKED = {"customer_reference": CUSTOMER, "archive": True}


def ask(pump: Pump, request: dict[str, object]) -> Batch:
    key = {"Idempotency-Key": f"canary {sorted(request)}"}
    answer = pump.stack.request("POST /batches", json.dumps(request), key, owner=OWNER)
    return Batch(pump.stack, json.loads(answer["body"]))


def told(pump: Pump, batch: Batch) -> str:
    """What the customer may read, and nobody else."""
    path = f"GET {batch.status}/receipts"
    return str(pump.stack.request(path, owner=OWNER)["body"]).lower()


def test_receipts_that_are_stored_leave_no_word_of_theirs_in_a_log(pump: Pump, logs: Logs) -> None:
    single, packed = ask(pump, photos("canary.png")), ask(pump, PACKED)
    pump.stack.upload(single.forms[0], photo())
    pump.stack.upload(packed.forms[0], archive({f"Canary {n}.png": photo(n) for n in range(3)}))
    pump.run()
    for batch in (single, packed):
        assert CANARY in told(pump, batch)
    assert {"accepted", "split", "read", "stored", "asked"} <= logs.messages()
    assert [line for line in logs.lines() if CANARY in line.lower()] == []


def test_what_fails_on_the_path_leaves_none_either(pump: Pump, logs: Logs) -> None:
    gone, broken = ask(pump, photos("canary-gone.png")), ask(pump, PACKED)
    for refused in (photos("canary-gone.png", "canary.png"), photos("../canary.png"), "canary"):
        headers = {"Idempotency-Key": f"canary {sorted(PACKED)}"}
        pump.stack.request("POST /batches", json.dumps(refused), headers, owner=OWNER)
    pump.stack.upload(gone.forms[0], photo())
    pump.stack.poll("SplitMapping")
    key = gone.forms[0]["fields"]["key"]
    pump.stack.client("s3").delete_object(Bucket=BUCKET, Key=key)
    pump.stack.upload(broken.forms[0], archive(BROKEN))
    for queue, bodies in NOT_OURS.items():
        for body in (*bodies, "canary", '{"name": "canary", "version": 9, "batch_id": "canary"}'):
            pump.stack.send(queue, body)
    pump.run()
    assert {"not read, comes again", "set aside"} <= logs.messages()
    assert [line for line in logs.lines() if CANARY in line.lower()] == []
