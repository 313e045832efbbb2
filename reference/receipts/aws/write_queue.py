"""Keeps the write queue on SQS, for the agent that polls it from the client's premises."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from receipts.ports import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AT_ONCE = 10
"""Messages that SQS gives, takes or deletes in one call."""

_CALLS = 8  # at the same time: below the ten connections that a boto3 client keeps open


class NotDeletedError(Exception):
    """SQS refused to delete or release some messages; they will be delivered again."""


class SqsWriteQueue:
    """The write queue over one boto3 client, which may be used from several threads."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        """`url` as the deployment printed it."""
        self._url = url
        self._client = client
        self._calls = ThreadPoolExecutor(_CALLS, thread_name_prefix="sqs")

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        """Up to `most` messages; waits up to `wait_s` seconds for the first.

        Only the first call waits. Where it comes back full the rest is asked for at the same
        time, so that collecting 50 takes two round trips.
        """
        found = self._receive(min(most, AT_ONCE), wait_s)
        if len(found) < min(most, AT_ONCE):
            return found
        sizes = [min(AT_ONCE, most - start) for start in range(AT_ONCE, most, AT_ONCE)]
        for more in self._calls.map(lambda size: self._receive(size, 0), sizes):
            found += more
        return found

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        """Delete them: they are stored, or set aside. Raises `NotDeletedError`."""
        for answer in self._calls.map(self._delete, _tens(deliveries)):
            _raise_if_refused(answer)

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give them back at once, to be delivered again. Raises `NotDeletedError`."""
        for answer in self._calls.map(self._release, _tens(deliveries)):
            _raise_if_refused(answer)

    def _receive(self, most: int, wait_s: float) -> list[Delivery]:
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=most,
            WaitTimeSeconds=round(wait_s),
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [
            Delivery(
                body=message["Body"],
                handle=message["ReceiptHandle"],
                receives=int(message["Attributes"]["ApproximateReceiveCount"]),
            )
            for message in answer.get("Messages", [])
        ]

    def _delete(self, some: Sequence[Delivery]) -> Any:  # noqa: ANN401  two SDK types, one shape
        return self._client.delete_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(n), "ReceiptHandle": d.handle} for n, d in enumerate(some)],
        )

    def _release(self, some: Sequence[Delivery]) -> Any:  # noqa: ANN401  as above
        return self._client.change_message_visibility_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(n), "ReceiptHandle": d.handle, "VisibilityTimeout": 0}
                for n, d in enumerate(some)
            ],
        )


def _tens(deliveries: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
    for start in range(0, len(deliveries), AT_ONCE):
        yield deliveries[start : start + AT_ONCE]


def _raise_if_refused(answer: Any) -> None:  # noqa: ANN401  as above
    # A batch call answers 200 even where it took none of the entries.
    if failed := answer.get("Failed"):
        raise NotDeletedError(f"{len(failed)} of a batch: {failed[0].get('Code')}")
