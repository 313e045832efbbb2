"""Each line of each function names its request, and the batch and receipt that it is about."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from helpers.deployed import FUNCTIONS, Stack
from helpers.fakes import FakeEngine
from helpers.photos import announced, archive, encoded, numbered, photo
from helpers.s3 import notification
from receipts.aws.sqs import SqsDeadLetterReader
from receipts.batch import receipt_id_for
from receipts.handlers import accept, read, reconcile, split, status

POISONOUS = encoded(Image.new("L", (640, 64), 255), "PNG")
LOGGERS = {
    "AcceptFunction": accept.logger,
    "StatusFunction": status.logger,
    "SplitFunction": split.logger,
    "ReadFunction": read.logger,
    "ReconcileFunction": reconcile.logger,
}


class Lines:
    """What a function's logger printed."""

    def __init__(self) -> None:
        self.printed = io.StringIO()

    def taken(self) -> list[dict[str, Any]]:
        """The lines since the last time."""
        lines = [json.loads(line) for line in self.printed.getvalue().splitlines()]
        self.printed.truncate(0)
        self.printed.seek(0)
        return lines


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Lines]:
    made = {function: Lines() for function in LOGGERS}
    for function, logger in LOGGERS.items():
        logger.setLevel("INFO")
        monkeypatch.setattr(logger.registered_handler, "stream", made[function].printed)
    return made


@pytest.fixture
def batch(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An accepted archive of two that can be read and one on which the engine fails."""
    engine = FakeEngine(fails_on=lambda image: max(image.size) > 5 * min(image.size))
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    monkeypatch.setattr(
        reconcile,
        "SqsDeadLetterReader",
        lambda url, sqs: SqsDeadLetterReader(url, sqs, wait_s=0),
    )
    data = archive(numbered(2) | {"9.png": POISONOUS})
    body = json.dumps({"customer_reference": "C-1", "archive": announced(data)})
    accepted = json.loads(stack.request("POST /batches", body, {"Idempotency-Key": "k"})["body"])
    stack.upload(accepted["uploads"][0], data)
    return accepted  # type: ignore[no-any-return]


def test_every_function_has_a_logger_here() -> None:
    assert LOGGERS.keys() == set(FUNCTIONS)


def test_a_line_about_a_request_names_it_as_the_access_log_does(
    stack: Stack, lines: Mapping[str, Lines], batch: dict[str, Any]
) -> None:
    [accepted] = lines["AcceptFunction"].taken()
    stack.request(f"GET {batch['status']}")
    stack.request(f"GET {batch['status']}/receipts")
    asked = lines["StatusFunction"].taken()
    assert [line["message"] for line in asked] == ["asked", "asked"]
    for line in (accepted, *asked):
        assert line["correlation_id"] == "request-1"
        assert line["batch_id"] == batch["batch_id"]
    ids = [line["function_request_id"] for line in (accepted, *asked)]
    assert len(set(ids)) == len(ids)


@pytest.mark.slow
def test_a_line_about_a_message_names_its_batch_and_its_receipt_alone(
    stack: Stack, lines: Mapping[str, Lines], batch: dict[str, Any]
) -> None:
    stack.send("UploadQueue", notification("uploads/not-ours", "e"))
    stack.poll("SplitMapping")
    told = lines["SplitFunction"].taken()
    by_message = {line["message"]: line for line in told}
    assert "batch_id" not in by_message["split"]  # of all messages of the run
    assert "batch_id" not in by_message["set aside"]  # whose is it?
    assert "message_id" in by_message["set aside"]
    stack.send("ReceiptQueue", "not ours")
    while stack.poll("ReadMapping"):
        pass
    told = lines["ReadFunction"].taken()
    read_ = {line["receipt_id"] for line in told if line["message"] == "read"}
    assert read_ == {receipt_id_for(batch["batch_id"], index) for index in (1, 2)}
    again = [line for line in told if line["message"] == "not read, comes again"]
    assert {line["receipt_id"] for line in again} == {receipt_id_for(batch["batch_id"], 3)}
    assert [line["receives"] for line in again] == list(range(1, 10))
    aside = [line for line in told if line["message"] == "set aside"]
    assert sorted(str(line.get("receipt_id")) for line in aside) == sorted(
        ["None", receipt_id_for(batch["batch_id"], 3)]
    )
    for line in told:
        assert line["function_request_id"].startswith("invocation-")
        assert line["message_id"]
        assert (line.get("batch_id") == batch["batch_id"]) == ("receipt_id" in line)


def test_the_ids_of_a_message_are_not_on_the_lines_of_the_next(
    stack: Stack, lines: Mapping[str, Lines], batch: dict[str, Any]
) -> None:
    ours = notification(f"uploads/{batch['batch_id']}/archive.zip", "e")
    bodies = {"1": "not ours", "2": ours, "3": ours.replace("archive.zip", "archive.txt")}
    stack.invoke("SplitFunction", {"Records": [record(*it) for it in bodies.items()]})
    began, *told = lines["SplitFunction"].taken()
    assert "message_id" not in began
    assert [line["message_id"] for line in told if "batch_id" in line] == []
    assert {line["message_id"] for line in told} <= bodies.keys()
    stack.invoke("SplitFunction", {"Records": [record("2", ours), record("4", "archive.zip")]})
    [_, aside] = lines["SplitFunction"].taken()
    assert aside["message_id"] == "4"
    assert "batch_id" not in aside


def record(message_id: str, body: str) -> dict[str, object]:
    """A message as Lambda hands it to a function."""
    return {
        "messageId": message_id,
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:UploadQueue",
        "awsRegion": "eu-central-1",
    }


@pytest.mark.slow
def test_what_a_run_was_about_is_forgotten_in_the_next(
    stack: Stack, lines: Mapping[str, Lines], batch: dict[str, Any]
) -> None:
    stack.poll("SplitMapping")
    lines["SplitFunction"].taken()
    status.logger.append_keys(batch_id="another's")
    split.logger.append_keys(batch_id="another's")
    read.logger.append_keys(receipt_id="another's")
    reconcile.logger.append_keys(batch_id="another's")
    accept.logger.append_keys(batch_id="another's")
    stack.send("UploadQueue", "not ours")
    stack.poll("SplitMapping")
    stack.send("ReceiptQueue", "not ours")
    while stack.poll("ReadMapping"):
        pass
    stack.request(f"GET {batch['status']}")
    body = json.dumps({"customer_reference": "C-1", "files": [a_file()]})
    stack.request("POST /batches", body, {"Idempotency-Key": "other"})
    stack.invoke("ReconcileFunction", {})
    for function in LOGGERS:
        told = lines[function].taken()
        assert told, function
        assert "another's" not in str(told), function


def a_file() -> dict[str, object]:
    return {"name": "1.png", "size": len(photo()), "content_type": "image/png"}


def test_reconcile_names_batch_and_receipt_of_each_finding(
    stack: Stack, lines: Mapping[str, Lines], batch: dict[str, Any]
) -> None:
    stack.send("UploadDlq", "not ours")
    stack.invoke("ReconcileFunction", {})
    found, ended = lines["ReconcileFunction"].taken()
    assert found["message"] == "left for a person to look at"
    assert found["function_request_id"] == ended["function_request_id"]
    assert (ended["message"], ended["cut_off"]) == ("settled", False)
    assert batch
