"""A dead-letter queue with the queue that its letters came from, on SQS."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct, json

from receipts.aws.sqs import MAX_BATCH, SqsDeadLetterReader, letter_of, tens
from receipts.errors import UnknownMessageError
from receipts.messages import JSON_ERRORS, peek_ref
from receipts.uploads import Upload, parse_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Letter(Struct, frozen=True, kw_only=True):
    """One letter: when its message was first sent, how often it was received, why it is here.

    `batch_id` and `index` say what it is about, as far as it names that; `index` is None for an
    archive's event. `corrects` says that it is a correction of that receipt.
    """

    body: str
    reason: str
    sent_at: dt.datetime
    receives: int
    handle: str
    batch_id: str | None
    index: int | None
    name: str
    corrects: bool = False

    @property
    def about(self) -> str:
        """The receipt's id, the archive's batch, or a question mark."""
        if self.batch_id is None:
            return "?"
        return self.batch_id if self.index is None else f"{self.batch_id}-{self.index:05d}"


class LetterQueue:
    """The letters of one dead-letter queue."""

    def __init__(
        self, name: str, dlq_url: str, queue_url: str, client: "SQSClient", wait_s: int = 1
    ) -> None:
        """`queue_url` is where letters go back to; `wait_s` as in `SqsDeadLetterReader`."""
        self.name = name
        self._dlq_url = dlq_url
        self._queue_url = queue_url
        self._client = client
        self._reader = SqsDeadLetterReader(dlq_url, client, wait_s)

    @contextmanager
    def held(self) -> Iterator[Sequence[Letter]]:
        """All letters, the oldest first; hidden within, and those that are left given back."""
        with self._reader.held() as messages:
            yield sorted(map(_letter, messages), key=lambda letter: letter.sent_at)

    def send_back(self, letters: Sequence[Letter]) -> int:
        """Send them to their queue as they were, then delete them here; answer how many.

        Cut off in between, a letter is at both: what it stands for is done once all the same.
        """
        sent = 0
        for some in tens(letters):
            answer = self._client.send_message_batch(
                QueueUrl=self._queue_url, Entries=[_entry(n, one) for n, one in enumerate(some)]
            )
            taken = [some[int(one["Id"])] for one in answer.get("Successful", [])]
            sent += self.delete(taken)
        return sent

    def delete(self, letters: Sequence[Letter]) -> int:
        """Delete them; answer how many are gone. The others come back to the queue."""
        gone = 0
        for some in tens(letters):
            answer = self._client.delete_message_batch(
                QueueUrl=self._dlq_url,
                Entries=[{"Id": str(n), "ReceiptHandle": one.handle} for n, one in enumerate(some)],
            )
            gone += len(answer.get("Successful", []))
        return gone


class Depth(Struct, frozen=True, kw_only=True):
    """How many messages wait on a queue, and how many somebody has in hand; approximately."""

    waiting: int
    in_hand: int


def depth(client: "SQSClient", url: str) -> Depth:
    """Ask SQS."""
    answer = client.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return Depth(
        waiting=int(answer["ApproximateNumberOfMessages"]),
        in_hand=int(answer["ApproximateNumberOfMessagesNotVisible"]),
    )


Sleep = Callable[[float], None]
"""Waits so many seconds."""


def paced(letters: Sequence[Letter], per_second: float, sleep: Sleep) -> Iterator[Sequence[Letter]]:
    """The letters by tens, no faster than `per_second` on average."""
    for number, some in enumerate(tens(letters)):
        if number:
            sleep(MAX_BATCH / per_second)
        yield some


def _letter(message: Any) -> Letter:  # noqa: ANN401  the SDK's own
    body, attributes = message["Body"], message["Attributes"]
    batch_id, index, name = _subject(body)
    receipt = peek_ref(body)
    return Letter(
        body=body,
        reason=letter_of(message).reason,
        sent_at=dt.datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, dt.UTC),
        receives=int(attributes["ApproximateReceiveCount"]),
        handle=message["ReceiptHandle"],
        batch_id=batch_id,
        index=index,
        name=name,
        corrects=bool(receipt and receipt.number),
    )


def _subject(body: str) -> tuple[str | None, int | None, str]:
    if receipt := peek_ref(body):
        return receipt.batch_id, receipt.index, receipt.name
    uploads: Sequence[Upload] = ()
    with suppress(UnknownMessageError):
        uploads = parse_event(body)
    if not uploads:
        return None, None, "?"
    return uploads[0].batch_id, uploads[0].index, uploads[0].name


class _Grouped(Struct):
    customer_reference: str
    source: Mapping[str, object]  # a message for a reader has one; a result goes ungrouped


def _entry(number: int, letter: Letter) -> Any:  # noqa: ANN401  the SDK's own
    entry: dict[str, object] = {"Id": str(number), "MessageBody": letter.body}
    with suppress(*JSON_ERRORS):  # the reader's queue is fair: a group a customer
        entry["MessageGroupId"] = json.decode(letter.body, type=_Grouped).customer_reference
    return entry
