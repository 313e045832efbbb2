"""Looks at a dead-letter queue in SQS and leaves everything where it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from receipts.ports import DeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_LOOK_S = 60
"""How long a message that was looked at stays hidden from a redrive, in seconds."""

_IN_VAIN = 2
"""Calls in a row that must bring nothing new: SQS may answer one with nothing, or with old news."""


class SqsDeadLetterReader:
    """Goes through one dead-letter queue."""

    def __init__(self, url: str, client: "SQSClient", wait_s: int = 1) -> None:
        """`url` of the dead-letter queue; without a wait only some of SQS's servers are asked."""
        self._url = url
        self._client = client
        self._wait_s = wait_s

    def look(self) -> Iterator[DeadLetter]:
        """Each message once; it ends where call after call brings none that is new."""
        seen: set[str] = set()
        in_vain = 0
        while in_vain < _IN_VAIN:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=_LOOK_S,
                WaitTimeSeconds=self._wait_s,
                MessageAttributeNames=["reason"],
            )
            new = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
            in_vain = 0 if new else in_vain + 1
            seen |= {message["MessageId"] for message in new}
            yield from map(_letter, new)


def _letter(message: Any) -> DeadLetter:  # noqa: ANN401  the SDK's own
    reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue")
    return DeadLetter(
        body=message["Body"],
        reason=reason or "moved by the redrive policy: received too often",
    )
