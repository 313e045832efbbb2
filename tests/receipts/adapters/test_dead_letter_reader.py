"""Looking at a dead-letter queue takes nothing away."""

from deployed import Stack
from receipts.adapters.dead_letter_reader import SqsDeadLetterReader
from receipts.adapters.sqs import SqsDeadLetters


def looked_at(stack: Stack) -> list[tuple[str, str]]:
    reader = SqsDeadLetterReader(stack.urls["ReceiptDlq"], stack.client("sqs"), wait_s=0)
    return [(letter.body, letter.reason) for letter in reader.look()]


def test_each_message_is_seen_once_and_stays(stack: Stack) -> None:
    dead = SqsDeadLetters(stack.urls["ReceiptDlq"], stack.client("sqs"))
    for n in range(25):
        dead.send(f"body {n}", "why")
    assert sorted(looked_at(stack)) == sorted((f"body {n}", "why") for n in range(25))
    assert stack.depth("ReceiptDlq") == 25


def test_what_a_redrive_policy_moved_has_no_reason_beside_it(stack: Stack) -> None:
    stack.send("ReceiptDlq", "moved")
    assert looked_at(stack) == [("moved", "moved by the redrive policy: received too often")]
