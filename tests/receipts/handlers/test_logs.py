"""What the logs promise (docs/explanation/security.md): never a file's name, a customer, a receipt.

A canary stands for each of them, along the whole path and in what fails on it; no log may hold one.
"""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from PIL import Image

from helpers.deployed import Stack
from helpers.event_loop import Batch, EventLoop
from helpers.fakes import FakeEngine
from helpers.fakes_agent import BATCH, result
from helpers.photos import announced, archive, encoded, photo
from helpers.s3 import BUCKET, notification
from lab.run.postgres import Postgres
from reading.receipt import LineItem, Receipt
from receipts.agent import run as agent
from receipts.agent.log import json_lines
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
LOGGERS = [module.logger for module in (accept, split, read, status)]


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
def logs(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    logs = Logs(caplog)
    caplog.set_level(logging.INFO)  # the libraries, as they are deployed
    caplog.set_level(logging.DEBUG, logger="receipts")
    for logger in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=logger.name)
        monkeypatch.setattr(logger.registered_handler, "stream", logs.printed)
    with json_lines(logs.printed):
        yield logs


class LoggingWriter:
    """The agent's writer, and what the agent says of each of its cycles."""

    def __init__(self, event_loop: EventLoop) -> None:
        self._writer = event_loop.writer

    def cycle(self) -> Cycle:
        cycle = self._writer.cycle()
        agent._report(cycle)  # noqa: SLF001
        return cycle


@pytest.fixture
def event_loop(
    stack: Stack, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EventLoop]:
    def crashes(image: Image.Image) -> bool:
        return max(image.size) > 5 * min(image.size)

    monkeypatch.setattr(
        "reading.engines.make_engine", lambda *_: FakeEngine(*LINES, fails_on=crashes)
    )
    inbox = PostgresInbox(postgres.conninfo("receipts_agent"))
    event_loop = EventLoop(stack, inbox)
    event_loop.writer = LoggingWriter(event_loop)  # type: ignore[assignment]
    yield event_loop
    inbox.close()


def photos(*names: str) -> dict[str, object]:
    """A request for them."""
    files = [{"name": name, "size": len(photo()), "content_type": "image/png"} for name in names]
    return {"customer_reference": CUSTOMER, "files": files}


def packed(data: bytes) -> dict[str, object]:
    """A request for an archive."""
    return {"customer_reference": CUSTOMER, "archive": announced(data)}


def ask(event_loop: EventLoop, request: dict[str, object]) -> Batch:
    key = {"Idempotency-Key": f"canary {sorted(request)}"}
    answer = event_loop.stack.request("POST /batches", json.dumps(request), key, owner=OWNER)
    return Batch(event_loop.stack, json.loads(answer["body"]))


def told(event_loop: EventLoop, batch: Batch) -> str:
    """What the customer may read, and nobody else."""
    path = f"GET {batch.status}/receipts"
    return str(event_loop.stack.request(path, owner=OWNER)["body"]).lower()


def test_receipts_that_are_stored_leave_no_word_of_theirs_in_a_log(
    event_loop: EventLoop, logs: Logs
) -> None:
    data = archive({f"Canary {n}.png": photo(n) for n in range(3)})
    single, several = ask(event_loop, photos("canary.png")), ask(event_loop, packed(data))
    event_loop.stack.upload(single.forms[0], photo())
    event_loop.stack.upload(several.forms[0], data)
    event_loop.run()
    for batch in (single, several):
        assert CANARY in told(event_loop, batch)
    assert {"accepted", "split", "read", "stored", "asked"} <= logs.messages()
    assert [line for line in logs.lines() if CANARY in line.lower()] == []


def test_what_fails_on_the_path_leaves_none_either(event_loop: EventLoop, logs: Logs) -> None:
    request = packed(archive(BROKEN))
    gone, broken = ask(event_loop, photos("canary-gone.png")), ask(event_loop, request)
    for refused in (photos("canary-gone.png", "canary.png"), photos("../canary.png"), "canary"):
        headers = {"Idempotency-Key": f"canary {sorted(request)}"}
        event_loop.stack.request("POST /batches", json.dumps(refused), headers, owner=OWNER)
    event_loop.stack.upload(gone.forms[0], photo())
    event_loop.stack.poll("SplitMapping")
    key = gone.forms[0]["fields"]["key"]
    event_loop.stack.client("s3").delete_object(Bucket=BUCKET, Key=key)
    event_loop.stack.upload(broken.forms[0], archive(BROKEN))
    for queue, bodies in NOT_OURS.items():
        for body in (*bodies, "canary", '{"name": "canary", "version": 9, "batch_id": "canary"}'):
            event_loop.stack.send(queue, body)
    event_loop.run()
    assert {"not read, comes again", "set aside"} <= logs.messages()
    assert [line for line in logs.lines() if CANARY in line.lower()] == []
