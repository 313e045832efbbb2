"""The whole design in one run: 300 receipts, from one request to the client's database.

Real: the Lambda handlers, their environment from `template.yaml`, the adapters, the writer. AWS is
moto, the OCR engine and the database are fakes, time is virtual. The event loop does what AWS does
between the handlers: it delivers, deletes what was read, and delivers again what failed. Of every
ten photos one is delivered twice, the first of all fails once, and four of the 300 go wrong, each
in its own way.
"""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from msgspec import Struct
from PIL import Image

from helpers.deployed import Stack, deployed
from helpers.event_loop import RATE, ROWS, Batch, EventLoop
from helpers.fakes import FakeEngine
from helpers.photos import encoded, numbered
from receipts.batch import receipt_id_for

pytestmark = pytest.mark.slow

RECEIPTS = 300
ROUNDING = 1e-6  # rows: the clock adds up fractions of a second

NOT_AN_IMAGE, CUT_OFF, POISON, BAD_ROW = 100, 150, 200, 250

POISONOUS = Image.new("L", (640, 64), 255)  # the engine crashes on so long an image, every time


def photos() -> dict[str, bytes]:
    images = numbered(RECEIPTS)
    images["0100.png"] = b"no photo at all"
    images["0150.png"] = images["0150.png"][:-30]
    images["0200.png"] = encoded(POISONOUS, "PNG")
    return images


def every_tenth(body: str) -> bool:
    index: int = json.loads(body)["index"]
    return index % 10 == 7


class Journey(Struct):
    """One run; afterwards, all that can be seen of it."""

    stack: Stack
    event_loop: EventLoop
    batch: Batch
    delivered: int


@pytest.fixture(scope="module")
def journey() -> Iterator[Journey]:
    def crashes(image: Image.Image) -> bool:
        return engine.reads == 1 or max(image.size) > 5 * min(image.size)

    engine = FakeEngine(fails_on=crashes)
    with deployed() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr("reading.engines.make_engine", lambda *_: engine)
        event_loop = EventLoop(stack)
        event_loop.inbox.refuses = lambda result: result.index == BAD_ROW
        batch = event_loop.send_archive(photos())
        yield Journey(
            stack, event_loop, batch, delivered=event_loop.run(delete_is_lost=every_tenth)
        )


def test_every_receipt_is_stored_once(journey: Journey) -> None:
    wrong = {NOT_AN_IMAGE, CUT_OFF, POISON, BAD_ROW}
    rows = [row.index for row in journey.event_loop.inbox.rows.values()]
    assert sorted(rows) == [n for n in range(1, RECEIPTS + 1) if n not in wrong]
    assert set(journey.event_loop.inbox.rows) == {
        receipt_id_for(journey.batch.batch_id, index) for index in rows
    }


def test_what_was_delivered_again_made_no_second_row(journey: Journey) -> None:
    assert journey.delivered >= RECEIPTS + RECEIPTS // 10
    offered = sum(rows for _, rows in journey.event_loop.inbox.offered)
    assert offered > len(journey.event_loop.inbox.rows) == RECEIPTS - 4


def test_what_failed_once_is_stored_in_seconds_while_poison_is_tried_for_minutes(
    journey: Journey,
) -> None:
    assert max(journey.event_loop.inbox.stored_at.values()) < 60
    assert journey.stack.now_s > 20 * 60


def test_the_pace_is_kept_in_every_window(journey: Journey) -> None:
    offered = journey.event_loop.inbox.offered
    for i, (start, _) in enumerate(offered):
        rows = 0
        for end, more in offered[i:]:
            rows += more
            assert rows <= RATE * (end - start) + ROWS + ROUNDING


def test_an_image_that_cannot_be_read_is_rejected_and_the_customer_told_why(
    journey: Journey,
) -> None:
    reasons = {reason["index"]: reason for reason in journey.batch.report()["reasons"]}
    assert reasons[NOT_AN_IMAGE]["state"] == reasons[CUT_OFF]["state"] == "rejected"
    assert "not an image" in reasons[NOT_AN_IMAGE]["reason"]
    assert "cut off" in reasons[CUT_OFF]["reason"]


def test_a_poison_message_ends_on_the_dead_letter_queue_with_its_reason(journey: Journey) -> None:
    [(index, reason)] = journey.event_loop.dead_letters("ReceiptDlq")
    assert index == POISON
    assert reason == "OcrEngineError: the engine crashed"


def test_a_bad_row_is_set_aside_and_its_neighbours_are_stored(journey: Journey) -> None:
    [(index, reason)] = journey.event_loop.dead_letters("WriteDlq")
    assert index == BAD_ROW
    assert "bad" in reason


def test_the_ledger_balances_against_independent_counts(journey: Journey) -> None:
    report = journey.batch.report()
    counts = report["counts"]
    assert report["settled"]
    assert report["expected"] == RECEIPTS == sum(counts.values())
    assert counts["stored"] == len(journey.event_loop.inbox.rows)
    dead = journey.stack.waiting("ReceiptDlq") + journey.stack.waiting("WriteDlq")
    assert counts["dead_lettered"] == len(dead) == 2
    assert counts["rejected"] == 2
    for queue in ("UploadQueue", "UploadDlq", "ReceiptQueue", "WriteQueue"):
        assert not journey.stack.waiting(queue)


def test_the_customer_can_list_every_receipt_page_by_page(journey: Journey) -> None:
    seen = journey.batch.receipts(limit=120)
    assert [receipt["index"] for receipt in seen] == list(range(1, RECEIPTS + 1))
    assert Counter(receipt["state"] for receipt in seen)["stored"] == RECEIPTS - 4
