"""What a function reports as failed comes again in seconds; what died, after its visibility."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from helpers.deployed import RESOURCES, Stack
from helpers.fakes import FakeEngine
from helpers.photos import announced, archive, numbered, photo
from helpers.template_parts import mappings
from receipts.aws.sqs import SqsQueue
from receipts.errors import NotSentError
from receipts.handlers import wiring
from receipts.handlers.retries import LONGEST_DELAY_S, delay_s
from receipts.messages import ReceiptMessage

READER_TRIES = int(
    RESOURCES["ReadFunction"]["Properties"]["Environment"]["Variables"]["MAX_RECEIVES"]
)
VISIBILITY_S: int = RESOURCES["ReceiptQueue"]["Properties"]["VisibilityTimeout"]
UPLOAD_TRIES: int = RESOURCES["UploadQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]


class Engine(FakeEngine):
    """Fails while it is ill; `dies` with its process, as Lambda ends one at its timeout."""

    ill_for = 0
    dies = False

    def read_words(self, image: Any, within_s: float) -> Any:
        if self.dies:
            raise SystemExit
        words = super().read_words(image, within_s)
        if self.reads <= self.ill_for:
            raise RuntimeError("the engine is ill")
        return words


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    return engine


def uploaded(stack: Stack, count: int = 1) -> str:
    """A batch whose archive waits to be split; its status address."""
    data = archive(numbered(count))
    body = json.dumps({"customer_reference": "C-1", "archive": announced(data)})
    answer = stack.request("POST /batches", body, {"Idempotency-Key": "k"})
    accepted = json.loads(answer["body"])
    stack.upload(accepted["uploads"][0], data)
    return str(accepted["status"])


def split(stack: Stack) -> str:
    """A batch of one receipt that waits to be read; its status address."""
    status = uploaded(stack)
    stack.poll("SplitMapping")
    return status


def counts(stack: Stack, status: str) -> dict[str, int]:
    told: dict[str, int] = json.loads(stack.request(f"GET {status}")["body"])["counts"]
    return told


def test_the_delay_doubles_and_then_stays() -> None:
    delays = [delay_s(receives) for receives in range(1, 12)]
    assert delays == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300]
    assert delay_s(1000) == 300


def test_the_longest_delay_is_shorter_than_a_death_takes_to_be_noticed() -> None:
    template = {"Resources": RESOURCES}
    for _, _, queue, _ in mappings(template):
        visibility_s = RESOURCES[queue]["Properties"]["VisibilityTimeout"]
        assert visibility_s > LONGEST_DELAY_S, queue


def test_a_receipt_that_fails_twice_is_read_a_quarter_of_a_minute_later(
    stack: Stack, engine: Engine
) -> None:
    engine.ill_for = 2
    status = split(stack)
    for _ in range(3):
        stack.poll("ReadMapping")
    assert stack.now_s == pytest.approx(5 + 10)
    assert counts(stack, status)["read"] == 1
    assert not stack.waiting("ReceiptQueue")


def test_a_receipt_that_always_fails_is_tried_for_twenty_minutes(
    stack: Stack, engine: Engine
) -> None:
    engine.ill_for = READER_TRIES
    status = split(stack)
    while stack.poll("ReadMapping"):
        pass
    assert engine.reads == READER_TRIES
    assert stack.now_s == pytest.approx(20 * 60, abs=60)
    assert counts(stack, status)["dead_lettered"] == 1


def test_the_receipt_of_a_reader_that_died_comes_after_its_visibility_timeout(
    stack: Stack, engine: Engine
) -> None:
    status = split(stack)
    engine.dies = True
    with pytest.raises(SystemExit):
        stack.poll("ReadMapping")
    engine.dies = False
    stack.poll("ReadMapping")
    assert stack.now_s == pytest.approx(VISIBILITY_S)
    assert counts(stack, status)["read"] == 1


def refuses(_: SqsQueue, messages: Sequence[ReceiptMessage]) -> None:
    raise NotSentError(f"SQS refused {len(messages)} messages")


def test_an_upload_is_tried_for_three_quarters_of_an_hour_and_more(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(stack)
    monkeypatch.setattr(SqsQueue, "send_receipts", refuses)
    for _ in range(UPLOAD_TRIES):
        assert stack.poll("SplitMapping") == 1
    assert stack.now_s == pytest.approx(50 * 60, abs=60)
    assert stack.poll("SplitMapping") == 0
    [_] = stack.waiting("UploadDlq")


def test_of_several_uploads_only_the_one_that_failed_comes_again(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        {"name": f"{n}.png", "size": len(photo(n)), "content_type": "image/png"} for n in (1, 2, 3)
    ]
    body = json.dumps({"customer_reference": "C-1", "files": files})
    answer = stack.request("POST /batches", body, {"Idempotency-Key": "k"})
    for number, form in enumerate(json.loads(answer["body"])["uploads"], start=1):
        stack.upload(form, photo(number))
    sends = SqsQueue.send_receipts

    def refuses_the_second(queue: SqsQueue, messages: Sequence[ReceiptMessage]) -> None:
        if messages[0].index == 2:
            refuses(queue, messages)
        sends(queue, messages)

    with monkeypatch.context() as busy:
        busy.setattr(SqsQueue, "send_receipts", refuses_the_second)
        assert stack.poll("SplitMapping") == 3
    assert stack.poll("SplitMapping") == 1
    assert stack.now_s == pytest.approx(5)
    indices = [json.loads(message["Body"])["index"] for message in stack.waiting("ReceiptQueue")]
    assert sorted(indices) == [1, 2, 3]


@pytest.mark.parametrize("how", ["it raises", "it takes none"])
def test_where_it_can_not_be_shown_sooner_the_failure_is_reported_all_the_same(
    stack: Stack, engine: Engine, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    def answers(**_: object) -> tuple[SimpleNamespace, dict[str, list[dict[str, str]]]]:
        if how == "it raises":
            raise ConnectionError("SQS is away")
        refused = {"Id": "0", "Code": "ReceiptHandleIsInvalid"}
        return SimpleNamespace(status_code=200), {"Failed": [refused]}

    engine.ill_for = 1
    status = split(stack)
    wiring.sqs().meta.events.register(
        "before-call.sqs.ChangeMessageVisibilityBatch",
        answers,  # type: ignore[arg-type]  # an answer is a hook's to give
    )
    stack.poll("ReadMapping")
    assert "the engine is ill" in caplog.text  # what failed first
    assert "when their visibility timeout ends" in caplog.text
    stack.poll("ReadMapping")
    assert stack.now_s == pytest.approx(VISIBILITY_S)
    assert counts(stack, status)["read"] == 1
