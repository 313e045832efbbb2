"""Sending: all of them or an error, and what was set aside with its reason."""

import re
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.deployed import Stack
from helpers.fakes_agent import result
from receipts.aws.sqs import SqsDeadLetters, SqsQueue
from receipts.errors import NotSentError
from receipts.ledger import MAX_REASON
from receipts.messages import ReceiptMessage, Source, decode
from receipts.uploads import image_key, parse_event

ALLOWED = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""What SQS takes in a message and its attributes, by its API reference."""


def receipt(index: int, customer: str = "C-1") -> ReceiptMessage:
    return ReceiptMessage(
        batch_id="b" * 32,
        index=index,
        receipt_id=f"b-{index}",
        owner="client-1",
        customer_reference=customer,
        name=f"{index}.jpg",
        source=Source(bucket="bucket", key="key"),
    )


@pytest.mark.parametrize("count", [0, 1, 10, 11, 95])
def test_all_are_sent_however_many_calls_it_takes(stack: Stack, count: int) -> None:
    messages = [receipt(n) for n in range(1, count + 1)]
    SqsQueue(stack.urls["ReceiptQueue"], stack.client("sqs")).send_receipts(messages)
    bodies = [message["Body"] for message in stack.waiting("ReceiptQueue")]
    received = [decode(body, ReceiptMessage) for body in bodies]
    assert sorted(received, key=lambda message: message.index) == messages


def test_a_receipt_to_read_carries_its_customer_for_the_fair_queue(stack: Stack) -> None:
    sqs = stack.client("sqs")
    SqsQueue(stack.urls["ReceiptQueue"], sqs).send_receipts([receipt(1, "C-1"), receipt(2, "C-2")])
    received = sqs.receive_message(
        QueueUrl=stack.urls["ReceiptQueue"],
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["MessageGroupId"],
    )["Messages"]
    assert {m["Attributes"]["MessageGroupId"] for m in received} == {"C-1", "C-2"}


def test_a_message_that_is_not_taken_is_an_error(stack: Stack) -> None:
    sqs = stack.client("sqs")
    refused = {
        "Successful": [],
        "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}],
    }
    with (
        patch.object(sqs, "send_message_batch", return_value=refused),
        pytest.raises(NotSentError, match="InternalError"),
    ):
        SqsQueue(stack.urls["WriteQueue"], sqs).send_results([result(1)])


def test_an_upload_is_told_of_as_s3_does(stack: Stack) -> None:
    uploads = [Source(bucket="b", key=image_key("b" * 32, n, "a b+ü.jpg")) for n in (1, 2)]
    SqsQueue(stack.urls["UploadQueue"], stack.client("sqs")).send_uploads(uploads)
    told = [parse_event(message["Body"])[0].source for message in stack.waiting("UploadQueue")]
    assert sorted(told, key=lambda source: source.key) == uploads


@given(st.text())
def test_a_reason_has_nothing_that_sqs_refuses(text: str) -> None:
    sent: dict[str, Any] = {}
    client: Any = SimpleNamespace(send_message=lambda **message: sent.update(message))
    SqsDeadLetters("url", client).send("body", text)
    reason = sent["MessageAttributes"]["reason"]["StringValue"]
    assert 1 <= len(reason) <= MAX_REASON
    assert ALLOWED.fullmatch(reason)


def test_a_dead_letter_is_as_it_was_with_its_reason_beside_it(stack: Stack) -> None:
    SqsDeadLetters(stack.urls["ReceiptDlq"], stack.client("sqs")).send("not ours", "why " * 1000)
    [message] = stack.waiting("ReceiptDlq")
    assert message["Body"] == "not ours"
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("why why")
