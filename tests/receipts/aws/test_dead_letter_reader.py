"""Looking at a dead-letter queue takes nothing away."""

from collections.abc import Sequence
from typing import Any

import pytest

from helpers.deployed import Stack
from receipts.aws.sqs import SqsDeadLetterReader, SqsDeadLetters


def looked_at(stack: Stack) -> list[tuple[str, str]]:
    reader = SqsDeadLetterReader(stack.urls["ReceiptDlq"], stack.client("sqs"), wait_s=0)
    return [(letter.body, letter.reason) for letter in reader.peek()]


def test_each_message_is_seen_once_and_stays(stack: Stack) -> None:
    dead = SqsDeadLetters(stack.urls["ReceiptDlq"], stack.client("sqs"))
    for n in range(25):
        dead.send(f"body {n}", "why")
    assert sorted(looked_at(stack)) == sorted((f"body {n}", "why") for n in range(25))
    assert stack.depth("ReceiptDlq") == 25


class Moody:
    """Answers these messages, a call each, as SQS may."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    def receive_message(self, **_: object) -> dict[str, Any]:
        bodies = self.answers.pop(0)
        return {"Messages": [{"MessageId": body, "Body": body} for body in bodies]}


@pytest.mark.parametrize("nothing_new", [[], ["a"]], ids=["empty", "seen before"])
def test_one_call_that_brings_nothing_new_is_not_the_end(nothing_new: Sequence[str]) -> None:
    sqs: Any = Moody(["a"], nothing_new, ["b"], nothing_new, nothing_new)
    assert [letter.body for letter in SqsDeadLetterReader("url", sqs).peek()] == ["a", "b"]
    assert not sqs.answers


def test_what_a_redrive_policy_moved_has_no_reason_beside_it(stack: Stack) -> None:
    stack.send("ReceiptDlq", "moved")
    assert looked_at(stack) == [("moved", "moved by the redrive policy: received too often")]
