"""The clock in place of the OCR: a known time for each receipt, in the model's order."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from helpers.fakes_reading import read_decoded
from lab.measure.planner_check import clocked_reader
from reading import engines
from receipts.handlers import read

BATCH = "0" * 32


def event(index: int) -> dict[str, Any]:
    body = msgspec.json.encode({"batch_id": BATCH, "index": index}).decode()
    return {"Records": [{"body": body, "attributes": {"SentTimestamp": "1500"}}]}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """The seconds that the engine was told to take, by invocation."""
    seconds: list[float] = []

    def handler(_event: object, _context: object) -> dict[str, Any]:
        engine = engines.make_engine("tesseract")
        assert isinstance(engine, clocked_reader.Clock)
        seconds.append(engine.seconds)
        return {"batchItemFailures": []}

    monkeypatch.setattr(read, "handler", handler)
    monkeypatch.setattr(engines, "make_engine", engines.make_engine)  # put back afterwards
    monkeypatch.setenv("VALIDATION_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("VALIDATION_READ_SECONDS", "0.3,0.1,0.2")
    return seconds


def test_the_times_are_taken_in_the_order_in_which_invocations_begin(taken: list[float]) -> None:
    for index in (7, 2, 9, 4):
        clocked_reader.handler(event(index), None)  # type: ignore[arg-type]  # it looks at nothing in it
    assert taken == [0.3, 0.1, 0.2, 0.3]


def test_each_invocation_leaves_a_line_of_when_it_was_sent_begun_and_ended(
    taken: list[float], tmp_path: Path
) -> None:
    answer = clocked_reader.handler(event(7), None)  # type: ignore[arg-type]  # as above
    assert answer == {"batchItemFailures": []}
    batch, index, sent, began, ended = (tmp_path / "trace").read_text().split()
    assert (batch, index, sent) == (BATCH, "7", "1.500")
    assert float(began) <= float(ended)
    assert len(taken) == 1


def test_what_the_clock_reads_is_a_receipt_that_needs_no_second_look() -> None:
    clock = clocked_reader.Clock()
    receipt = read_decoded(Image.new("L", (300, 300), 255), clock).receipt
    assert str(receipt.total) == "12.50"
    assert receipt.currency == "EUR"
