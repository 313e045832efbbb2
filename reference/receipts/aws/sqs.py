"""Sends on SQS: receipts to read, results to store, and what was given up."""

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from receipts.messages import Message, ReceiptMessage, encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_ENTRIES = 10  # SQS takes no more in a call
_THREADS = 8  # under the ten connections that a client keeps


class NotSentError(Exception):
    """SQS did not take every message; some may have been taken."""


class SqsQueue:
    """Keeps `ports.Queue` on SQS."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        """`url` of a standard queue."""
        self._url = url
        self._client = client

    def send(self, messages: Sequence[Message]) -> None:
        """See `ports.Queue`. Hundreds go in several calls at a time."""
        calls = list(_batched(messages))
        if len(calls) == 1:
            self._send(calls[0])
        elif calls:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(self._send, calls))

    def _send(self, messages: Sequence[Message]) -> None:
        answer = self._client.send_message_batch(
            QueueUrl=self._url, Entries=[_entry(i, m) for i, m in enumerate(messages)]
        )
        for failed in answer.get("Failed", []):
            raise NotSentError(f"SQS refused a message: {failed.get('Message', failed['Code'])}")


class SqsDeadLetters:
    """Keeps `ports.DeadLetters` on SQS; the reason is a message attribute."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        """`url` of the dead-letter queue."""
        self._url = url
        self._client = client

    def send(self, body: str, reason: str) -> None:
        """See `ports.DeadLetters`."""
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason[:1000]}},
        )


def _entry(number: int, message: Message) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": str(number),
        "MessageBody": encode(message).decode(),
    }
    if isinstance(message, ReceiptMessage):
        # A fair queue: one customer's thousand photos don't starve another's three.
        entry["MessageGroupId"] = message.customer_reference
    return entry


def _batched(messages: Iterable[Message]) -> Iterable[list[Message]]:
    rest = iter(messages)
    while chunk := list(itertools.islice(rest, _ENTRIES)):
        yield chunk
