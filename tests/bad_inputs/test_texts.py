"""Text that is wrong: anyone can print anything on paper, and an engine can misread the rest."""

import json
from decimal import Decimal

import msgspec
import pytest

from helpers.bad_input_table import RecordAnswer
from helpers.event_loop import EventLoop
from helpers.fakes import RECEIPT_LINES, FakeEngine
from helpers.photos import photo

WORDS = [
    ("HTML", "<script>alert(1)</script>Bob", "<script>alert(1)</script>Bob"),
    ("control characters", "A\x07B\x1b[2J", "A\ufffdB\ufffd[2J"),
    ("a NUL byte", "A\x00B", "A\ufffdB"),
    ("right-to-left marks", "A\u202eB\u2066C", "A\ufffdB\ufffdC"),
    ("what is no character (U+FFFE)", "A\ufffeB", "A\ufffdB"),
    ("SQL", "'; DROP TABLE receipt;--Bob", "'; DROP TABLE receipt;--Bob"),
    ("a formula for a spreadsheet", "=HYPERLINK(1)", "=HYPERLINK(1)"),
]


@pytest.mark.parametrize(("what", "printed", "kept"), WORDS, ids=[what for what, *_ in WORDS])
def test_text_is_kept_as_text_and_nothing_in_it_is_obeyed(
    event_loop: EventLoop,
    engine: FakeEngine,
    record_answer: RecordAnswer,
    what: str,
    printed: str,
    kept: str,
) -> None:
    engine.lines = (f"BAKERY {printed}", *RECEIPT_LINES[1:])
    batch = event_loop.send_archive({"a.png": photo()})
    event_loop.run()
    [row] = event_loop.inbox.rows.values()
    texts = json.dumps([row.receipt.merchant, row.receipt.address], ensure_ascii=False)
    assert json.dumps(kept, ensure_ascii=False)[1:-1] in texts
    assert batch.report()["counts"]["stored"] == 1
    record_answer("text", what, f"stored as text: {kept}")


def test_an_answer_can_be_taken_for_no_web_page(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    batch = event_loop.send_archive({"<script>.png": photo()})
    event_loop.run()
    answer = event_loop.stack.request(f"GET {batch.status}/receipts")
    headers = answer.get("headers", {}) | answer.get("multiValueHeaders", {})
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    record_answer("text", "HTML in an image's name", "stored as it is; answered as JSON, nosniff")


@pytest.mark.parametrize(
    ("what", "amount"),
    [("a total of forty digits", "9" * 38 + ".99"), ("a total of a billion", "1,000,000,000.00")],
)
def test_an_amount_that_no_column_holds_is_not_taken_for_one(
    event_loop: EventLoop, engine: FakeEngine, record_answer: RecordAnswer, what: str, amount: str
) -> None:
    engine.lines = (*RECEIPT_LINES[:-1], f"TOTAL EUR {amount}")
    batch = event_loop.send_archive({"a.png": photo()})
    event_loop.run()
    [row] = event_loop.inbox.rows.values()
    assert amount.replace(",", "") not in msgspec.json.encode(row.receipt).decode()
    assert row.receipt.total in {None, Decimal("3.20")}  # the bread's, the only other amount
    assert row.needs_review
    assert batch.report()["counts"]["stored"] == 1
    record_answer("text", what, "stored without it; needs review")


def test_a_message_that_is_not_ours_holds_up_no_other(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    batch = event_loop.send_archive({"a.png": photo()})
    for queue in ("ReceiptQueue", "WriteQueue"):
        for body in ("not ours", '{"version": 99}', "[" * 50_000):
            event_loop.stack.send(queue, body)
    event_loop.run()
    assert batch.report()["counts"]["stored"] == 1
    assert event_loop.stack.depth("ReceiptDlq") == event_loop.stack.depth("WriteDlq") == 3
    record_answer("text", "a message of another version, or none", "its DLQ, with a reason")
