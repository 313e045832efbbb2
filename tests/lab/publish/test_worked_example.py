"""The worked example: as the structs and the stages are today, and small."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from helpers import openapi as held
from helpers.fakes import FakeEngine
from lab.publish.pages.openapi import OPERATIONS
from lab.publish.pages.worked_example import http_example, message_example, read, why_review
from lab.publish.worked_example.picture import FOLDER
from lab.publish.worked_example.walk import walk
from lab.run.photos.sets import receipt_set
from receipts.agent.rows import COLUMNS, rows_as_json
from receipts.messages import ReceiptMessage, ResultMessage, decode, encode

NOW = dt.datetime(2027, 1, 29, 8, tzinfo=dt.UTC)


def as_json(value: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(value))


def test_its_answers_are_such_as_the_document_of_the_api_describes() -> None:
    walked = read().walk
    for name in ("request", "accepted", "report", "page"):
        body = as_json(getattr(walked, name))
        schema = {"$ref": f"#/components/schemas/{type(getattr(walked, name)).__name__}"}
        assert not held.wrong(body, schema), name


def test_its_messages_are_taken_by_the_next_stage_and_make_its_row() -> None:
    walked = read().walk
    receipt, result = walked.receipt_message, walked.result_message
    assert decode(encode(receipt), ReceiptMessage) == receipt
    assert decode(encode(result), ResultMessage) == result
    [row] = msgspec.json.decode(rows_as_json([result]))
    assert row == walked.row
    assert list(row) == list(COLUMNS)


@pytest.mark.parametrize("route", OPERATIONS)
def test_each_route_is_shown_with_a_request_and_its_answer(route: str) -> None:
    told = http_example(route)
    assert "curl " in told
    assert f'title="{OPERATIONS[route].status.value} ' in told
    assert read().walk.accepted.batch_id in told


def test_a_message_is_shown_as_json() -> None:
    told = message_example("result_message")
    shown = msgspec.json.decode(told.split("\n", 1)[1].rsplit("```", 1)[0])
    assert shown == as_json(read().walk.result_message)


def test_a_receipt_that_needs_review_says_why() -> None:
    assert read().walk.result_message.needs_review == bool(why_review())


def test_its_pictures_are_there_and_small() -> None:
    sizes = {it.name: it.stat().st_size for it in FOLDER.iterdir()}
    assert set(sizes) == {"photo.webp", "straightened.webp"}
    assert sum(sizes.values()) < 80_000


@pytest.mark.slow
def test_the_stages_still_walk_that_way(tmp_path: Path) -> None:
    photo = receipt_set(1, seed=1, cache_dir=tmp_path).images[0]
    walked = walk(photo.read_bytes(), photo.name, FakeEngine(), NOW)
    assert walked.report.settled
    assert walked.report.counts.stored == 1
    assert walked.row["receipt_id"] == walked.receipt_message.receipt_id
