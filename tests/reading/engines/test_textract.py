"""Textract is asked within its rate limit; its response becomes words, its errors ours."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from PIL import Image

from reading.engine import OcrEngineError, OcrTimeoutError
from reading.engines.textract import TextractEngine, words_in


def block(text: str, left: float, top: float, kind: str = "WORD") -> dict[str, Any]:
    box = {"Left": left, "Top": top, "Width": 0.2, "Height": 0.05}
    return {"BlockType": kind, "Text": text, "Confidence": 98.5, "Geometry": {"BoundingBox": box}}


def summary_field(kind: str, text: str, confidence: float) -> dict[str, Any]:
    return {"Type": {"Text": kind}, "ValueDetection": {"Text": text, "Confidence": confidence}}


RESPONSE: dict[str, Any] = {
    "DocumentMetadata": {"Pages": 1},
    "ExpenseDocuments": [
        {
            "ExpenseIndex": 1,
            "SummaryFields": [
                summary_field("TOTAL", "12.00", 61.0),
                summary_field("TOTAL", "12.50", 97.0),
                summary_field("VENDOR_NAME", "Corner Bakery", 88.0),
            ],
            "Blocks": [
                block("TOTAL 12.50", 0.1, 0.5, "LINE"),
                block("TOTAL", 0.1, 0.5),
                block("12.50", 0.6, 0.5),
            ],
        }
    ],
}
PHOTO = Image.new("L", (400, 200), 255)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "textract",
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - no secret: nothing is called
    )


@pytest.fixture
def stubber(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


def test_the_words_of_a_response_have_boxes_in_pixels() -> None:
    total, amount = words_in(RESPONSE, 400, 200)
    assert (total.text, total.left, total.top, total.width, total.height) == (
        "TOTAL",
        40,
        100,
        80,
        10,
    )
    assert amount.text == "12.50"
    assert amount.confidence == pytest.approx(0.985)


def test_an_image_is_sent_as_bytes_and_answered_with_words(client: Any, stubber: Stubber) -> None:
    stubber.add_response("analyze_expense", RESPONSE, {"Document": {"Bytes": ANY}})
    read = TextractEngine(client=client).read_words(PHOTO, within_s=30)
    assert [word.text for word in read] == ["TOTAL", "12.50"]


def test_calls_keep_their_distance(client: Any, stubber: Stubber) -> None:
    time = Time()
    engine = TextractEngine(client=client, calls_per_second=2, clock=time.clock, sleep=time.sleep)
    for _ in range(3):
        stubber.add_response("analyze_expense", RESPONSE, {"Document": {"Bytes": ANY}})
        engine.read_words(PHOTO, within_s=30)
    assert time.slept == [0.5, 0.5]


def test_a_call_is_not_made_where_too_little_time_is_left_for_its_answer(client: Any) -> None:
    engine = TextractEngine(client=client)  # no stub: a call would fail otherwise
    with pytest.raises(OcrTimeoutError, match="no time is left"):
        engine.read_words(PHOTO, within_s=5)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ProvisionedThroughputExceededException", "over its quota"),
        ("BadDocumentException", "refused the image"),
    ],
)
def test_a_refused_call_says_what_is_wrong(
    client: Any, stubber: Stubber, code: str, reason: str
) -> None:
    stubber.add_client_error("analyze_expense", code)
    with pytest.raises(OcrEngineError, match=reason):
        TextractEngine(client=client).read_words(PHOTO, within_s=30)
