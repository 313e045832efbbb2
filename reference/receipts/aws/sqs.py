"""The queues on SQS: to send on, to poll, and the dead-letter queues with their reasons."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from receipts import ports
from receipts.aws.patience import AT_ONCE
from receipts.errors import NotDeletedError, NotSentError
from receipts.ledger import as_reason
from receipts.messages import Message, ReceiptMessage, Row, Source, encode
from receipts.uploads import encode_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef, SendMessageBatchRequestEntryTypeDef

MAX_BATCH = 10
"""Messages that SQS takes, gives or deletes in one call."""

_LOOK_HIDES_S = 3600
"""How long a dead letter stays hidden if the look at its queue is killed, in seconds. No look takes
so long: SQS lets at most 120,000 messages be hidden, ten a call."""

_EMPTY_CALLS = 2
"""Calls in a row that must bring nothing new: SQS may answer one with nothing, or with old news."""

T = TypeVar("T")


class SqsQueue(ports.UploadQueue, ports.ReceiptQueue, ports.ResultQueue):
    """Implements `ports.UploadQueue`, `ports.ReceiptQueue` and `ports.ResultQueue`."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        """`url` of a standard queue."""
        self._url = url
        self._client = client

    def send_uploads(self, uploads: Sequence[Source]) -> None:
        self._send_all(uploads)

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        """See `ports.ReceiptQueue`. Hundreds go in several calls at a time."""
        self._send_all(messages)

    def send_results(self, results: Sequence[Row]) -> None:
        self._send_all(results)

    def _send_all(self, messages: Sequence[Message | Source]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._send, tens(messages)))

    def _send(self, messages: Sequence[Message | Source]) -> None:
        answer = self._client.send_message_batch(
            QueueUrl=self._url, Entries=[_entry(i, m) for i, m in enumerate(messages)]
        )
        for failed in answer.get("Failed", []):
            raise NotSentError(f"SQS refused a message: {failed.get('Message', failed['Code'])}")


class SqsDeadLetters(ports.DeadLetters):
    """Implements `ports.DeadLetters`; the reason is a message attribute."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        """`url` of the dead-letter queue."""
        self._url = url
        self._client = client

    def send(self, body: str, reason: str) -> None:
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": as_reason(reason)}},
        )


class SqsWriteQueue(ports.WriteQueue):
    """Implements `ports.WriteQueue` over one client, which may be used from several threads."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        """`url` as the deployment printed it."""
        self._url = url
        self._client = client
        self._calls = ThreadPoolExecutor(2 * AT_ONCE, thread_name_prefix="sqs")  # both ways
        self._many = False

    def receive(self, max_messages: int, wait_s: float) -> Sequence[ports.Delivery]:
        """Up to `max_messages` messages; waits up to `wait_s` seconds for the first.

        Ten a call, at the same time where the last answer says that there are many: one round trip.
        Otherwise one call waits, and the others follow if it comes back full.
        """
        sizes = [len(ten) for ten in tens(range(max_messages))]
        found: list[ports.Delivery] = []
        if not self._many:
            found = self._receive(sizes.pop(0), wait_s)
        if self._many or len(found) == MAX_BATCH:
            # Each waits a little: without a wait SQS asks only some of its servers.
            for more in self._calls.map(lambda size: self._receive(size, min(1, wait_s)), sizes):
                found += more
        self._many = len(found) >= MAX_BATCH
        return found

    def delete(self, deliveries: Sequence[ports.Delivery]) -> None:
        """Delete them: they are stored, or set aside. Raises `NotDeletedError`."""
        list(self._calls.map(self._delete, tens(deliveries)))

    def release(self, deliveries: Sequence[ports.Delivery]) -> None:
        """Give them back at once, to be delivered again. Raises `NotDeletedError`."""
        after = [(delivery.handle, 0) for delivery in deliveries]
        list(self._calls.map(partial(show_again, self._client, self._url), tens(after)))

    def _receive(self, max_messages: int, wait_s: float) -> list[ports.Delivery]:
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=max_messages,
            WaitTimeSeconds=round(wait_s),
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [
            ports.Delivery(
                body=message["Body"],
                handle=message["ReceiptHandle"],
                receives=int(message["Attributes"]["ApproximateReceiveCount"]),
            )
            for message in answer.get("Messages", [])
        ]

    def _delete(self, some: Sequence[ports.Delivery]) -> None:
        answer = self._client.delete_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(n), "ReceiptHandle": d.handle} for n, d in enumerate(some)],
        )
        _raise_if_refused(answer)


def show_again(client: "SQSClient", url: str, after: Sequence[tuple[str, int]]) -> None:
    """Let messages, by their handles, be delivered again after so many seconds.

    Raises `NotDeletedError`.
    """
    for some in tens(after):
        answer = client.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": delay_s}
                for number, (handle, delay_s) in enumerate(some)
            ],
        )
        _raise_if_refused(answer)


class SqsDeadLetterReader:
    """Reads one dead-letter queue and leaves its messages where they are."""

    def __init__(self, url: str, client: "SQSClient", wait_s: int = 1) -> None:
        """`url` of the dead-letter queue; without a wait SQS asks only some of its servers."""
        self._url = url
        self._client = client
        self._wait_s = wait_s

    def look(self) -> Sequence[ports.DeadLetter]:
        """All letters; see `held`."""
        with self.held() as messages:
            return [letter_of(message) for message in messages]

    @contextmanager
    def held(self) -> Iterator[Sequence["MessageTypeDef"]]:
        """All messages; they are hidden within and then given back, on Ctrl-C, too.

        What is deleted within stays deleted. Looks until call after call brings nothing new.
        """
        seen: dict[str, MessageTypeDef] = {}
        empty_calls = 0
        try:
            while empty_calls < _EMPTY_CALLS:
                answer = self._client.receive_message(
                    QueueUrl=self._url,
                    MaxNumberOfMessages=MAX_BATCH,
                    VisibilityTimeout=_LOOK_HIDES_S,
                    WaitTimeSeconds=self._wait_s,
                    MessageAttributeNames=["reason"],
                    MessageSystemAttributeNames=["All"],
                )
                found = {message["MessageId"]: message for message in answer.get("Messages", [])}
                empty_calls = 0 if found.keys() - seen.keys() else empty_calls + 1
                seen |= found
            yield list(seen.values())
        finally:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._give_back, tens(list(seen.values()))))

    def _give_back(self, some: Sequence["MessageTypeDef"]) -> None:
        # What was deleted or redriven meanwhile is refused, and that is as well.
        with suppress(NotDeletedError):
            show_again(self._client, self._url, [(m["ReceiptHandle"], 0) for m in some])


def _entry(number: int, message: Message | Source) -> "SendMessageBatchRequestEntryTypeDef":
    body = encode_event(message) if isinstance(message, Source) else encode(message).decode()
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(number), "MessageBody": body}
    if isinstance(message, ReceiptMessage):
        # A fair queue: one customer's thousand photos don't starve another's three.
        entry["MessageGroupId"] = message.customer_reference
    return entry


def letter_of(message: Any) -> ports.DeadLetter:  # noqa: ANN401  the SDK's own
    """The message as a dead letter: its body, and why it is there."""
    reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue")
    moved = "moved by the redrive policy: received too often"
    return ports.DeadLetter(body=message["Body"], reason=reason or moved)


def tens(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in order, as many at a time as one call takes."""
    for start in range(0, len(items), MAX_BATCH):
        yield items[start : start + MAX_BATCH]


def _raise_if_refused(answer: Any) -> None:  # noqa: ANN401  two SDK types, one shape
    # A batch call answers 200 even where it took none of the entries.
    if failed := answer.get("Failed"):
        raise NotDeletedError(f"{len(failed)} of a batch: {failed[0].get('Code')}")
