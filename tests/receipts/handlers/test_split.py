"""The splitter's handler: each message of a batch answers for itself."""

import json
from typing import Any

import pytest

from helpers.deployed import RESOURCES, Stack
from helpers.photos import announced, archive, numbered, photo
from helpers.s3 import BUCKET, notification
from receipts.aws.sqs import SqsQueue
from receipts.errors import NotSentError, SettingsError
from receipts.messages import Message


def accepted(stack: Stack, body: dict[str, object]) -> dict[str, Any]:
    answer = stack.request(
        "POST /batches", json.dumps(body), {"Idempotency-Key": json.dumps(body)[-20:]}
    )
    parsed: dict[str, Any] = json.loads(answer["body"])
    return parsed


def sent_archive(stack: Stack, count: int) -> str:
    data = archive(numbered(count))
    batch = accepted(stack, {"customer_reference": "C-1", "archive": announced(data)})
    [form] = batch["uploads"]
    stack.upload(form, data)
    return str(batch["batch_id"])


def test_an_archive_becomes_a_message_a_receipt(stack: Stack) -> None:
    sent_archive(stack, 12)
    assert stack.poll("SplitMapping") == 1
    bodies = [json.loads(message["Body"]) for message in stack.waiting("ReceiptQueue")]
    assert sorted(body["index"] for body in bodies) == list(range(1, 13))
    assert not stack.waiting("UploadQueue")


def test_the_images_of_a_manifest_arrive_one_by_one(stack: Stack) -> None:
    size = len(photo())
    files = [
        {"name": f"{n} +%.png", "size": size, "content_type": "image/png"} for n in range(1, 4)
    ]
    batch = accepted(stack, {"customer_reference": "C-1", "files": files})
    for form in batch["uploads"]:
        stack.upload(form, photo())
    stack.poll("SplitMapping")
    bodies = [json.loads(message["Body"]) for message in stack.waiting("ReceiptQueue")]
    assert {(b["index"], b["name"]) for b in bodies} == {(n, f"{n} +%.png") for n in (1, 2, 3)}


def test_photos_go_before_the_archive_that_came_with_them(stack: Stack) -> None:
    packed = sent_archive(stack, 2)
    file = {"name": "1.png", "size": len(photo()), "content_type": "image/png"}
    single = accepted(stack, {"customer_reference": "C-2", "files": [file]})
    stack.upload(single["uploads"][0], photo())
    assert stack.poll("SplitMapping") == 2  # one invocation
    batches = [json.loads(m["Body"])["batch_id"] for m in stack.waiting("ReceiptQueue")]
    assert batches == [single["batch_id"], packed, packed]


def test_a_message_that_is_not_ours_is_dead_lettered_and_the_rest_goes_on(stack: Stack) -> None:
    stack.send("UploadQueue", "not ours")
    stack.send("UploadQueue", notification("uploads/else/where"))
    sent_archive(stack, 2)
    stack.poll("SplitMapping")
    reasons = {m["MessageAttributes"]["reason"]["StringValue"] for m in stack.waiting("UploadDlq")}
    assert len(reasons) == 2
    assert len(stack.waiting("ReceiptQueue")) == 2
    assert not stack.waiting("UploadQueue")


def test_s3_s_test_event_is_done_with_in_silence(stack: Stack) -> None:
    stack.send("UploadQueue", json.dumps({"Event": "s3:TestEvent", "Bucket": BUCKET}))
    stack.poll("SplitMapping")
    for queue in stack.urls:
        assert not stack.waiting(queue)


def test_what_fails_for_now_is_delivered_again(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: SqsQueue, __: list[Message]) -> None:
        raise NotSentError("SQS refused a message: busy")

    sent_archive(stack, 2)
    with monkeypatch.context() as busy:
        busy.setattr(SqsQueue, "send_receipts", fails)
        assert stack.poll("SplitMapping") == 1
    assert "busy" in caplog.text  # or nobody would ever know why
    assert stack.poll("SplitMapping") == 1
    assert len(stack.waiting("ReceiptQueue")) == 2


def test_a_missing_setting_fails_the_invocation_by_its_name(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_archive(stack, 2)
    variables = RESOURCES["SplitFunction"]["Properties"]["Environment"]["Variables"]
    monkeypatch.delitem(variables, "RECEIPT_QUEUE_URL")
    with pytest.raises(SettingsError, match="RECEIPT_QUEUE_URL"):
        stack.poll("SplitMapping")
