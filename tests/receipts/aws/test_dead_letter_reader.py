"""Looking at a dead-letter queue takes nothing away."""

from collections.abc import Sequence
from typing import Any

import pytest

from helpers.deployed import Stack
from receipts.aws.sqs import SqsDeadLetterReader, SqsDeadLetters


def looked_at(stack: Stack) -> list[tuple[str, str]]:
    reader = SqsDeadLetterReader(stack.urls["ReceiptDlq"], stack.client("sqs"), wait_s=0)
    return [(letter.body, letter.reason) for letter in reader.look()]


def test_each_message_is_seen_once_and_stays(stack: Stack) -> None:
    dead = SqsDeadLetters(stack.urls["ReceiptDlq"], stack.client("sqs"))
    for n in range(25):
        dead.send(f"body {n}", "why")
    assert sorted(looked_at(stack)) == sorted((f"body {n}", "why") for n in range(25))
    assert stack.depth("ReceiptDlq") == 25


class Moody:
    """Answers these messages, a call each, as SQS may."""

    def __init__(self, *answers: Sequence[str] | type[BaseException]) -> None:
        self.answers = list(answers)
        self.given_back: list[str] = []

    def receive_message(self, **_: object) -> dict[str, Any]:
        bodies = self.answers.pop(0)
        if isinstance(bodies, type):
            raise bodies
        return {
            "Messages": [
                {"MessageId": body, "Body": body, "ReceiptHandle": f"handle of {body}"}
                for body in bodies
            ]
        }

    def change_message_visibility_batch(self, **asked: Any) -> dict[str, Any]:
        assert {entry["VisibilityTimeout"] for entry in asked["Entries"]} == {0}
        self.given_back += [entry["ReceiptHandle"] for entry in asked["Entries"]]
        return {}


@pytest.mark.parametrize("nothing_new", [[], ["a"]], ids=["empty", "seen before"])
def test_one_call_that_brings_nothing_new_is_not_the_end(nothing_new: Sequence[str]) -> None:
    sqs: Any = Moody(["a"], nothing_new, ["b"], nothing_new, nothing_new)
    assert [letter.body for letter in SqsDeadLetterReader("url", sqs).look()] == ["a", "b"]
    assert not sqs.answers


def test_letters_are_given_back_when_all_were_seen(stack: Stack) -> None:
    dead = SqsDeadLetters(stack.urls["ReceiptDlq"], stack.client("sqs"))
    for n in range(25):
        dead.send(f"body {n}", "why")
    looked_at(stack)
    assert len(stack.waiting("ReceiptDlq")) == 25


@pytest.mark.parametrize("ends", [KeyboardInterrupt, ConnectionError])
def test_letters_are_given_back_when_the_look_is_ended(ends: type[BaseException]) -> None:
    sqs: Any = Moody(["a", "b"], ["c"], ends)
    with pytest.raises(ends):
        SqsDeadLetterReader("url", sqs).look()
    assert sorted(sqs.given_back) == ["handle of a", "handle of b", "handle of c"]


def test_what_is_seen_stays_hidden_for_longer_than_the_deepest_look_takes(stack: Stack) -> None:
    hidden_s: list[int] = []
    events = stack.client("sqs").meta.events
    events.register(
        "provide-client-params.sqs.ReceiveMessage",
        lambda params, **_: hidden_s.append(params["VisibilityTimeout"]),
    )
    looked_at(stack)
    calls, slow_call_s = 120_000 / 10, 0.2
    assert min(hidden_s) > calls * slow_call_s


def test_what_a_redrive_policy_moved_has_no_reason_beside_it(stack: Stack) -> None:
    stack.send("ReceiptDlq", "moved")
    assert looked_at(stack) == [("moved", "moved by the redrive policy: received too often")]
