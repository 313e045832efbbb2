"""The stages before it, written wrong."""

import itertools
from collections.abc import Sequence
from typing import Any

from receipts import read_receipt as right
from receipts import split_upload
from receipts.archive import list_images
from receipts.batch import Batch
from receipts.ledger import State
from receipts.messages import ArchiveEntry, ReceiptMessage
from receipts.ports import Clock, Ledger, Objects, ReceiptQueue
from receipts.uploads import Upload

_numbers = itertools.count()


def expects_after_the_first_send(
    batch: Batch, upload: Upload, ledger: Ledger, objects: Objects, queue: ReceiptQueue, _: Clock
) -> None:
    """Sends, then counts what it sent."""
    source = upload.source
    images = list_images(objects.size(source), lambda a, b: objects.read(source, a, b))
    split_upload._send(batch, upload, images, ledger, queue)  # noqa: SLF001  written like it
    ledger.expect(batch.batch_id, len(images), source.etag)


def notes_before_sending(
    batch: Batch,
    upload: Upload,
    images: Sequence[tuple[str, ArchiveEntry]],
    ledger: Ledger,
    queue: ReceiptQueue,
) -> None:
    """Notes how far it got before it got there."""
    messages = [
        split_upload._message(batch, upload, index, name, entry)  # noqa: SLF001  written like it
        for index, (name, entry) in enumerate(images, start=1)
    ]
    ledger.mark_sent(batch.batch_id, len(messages))
    queue.send_receipts(messages[batch.sent :])


def names_by_chance(batch_id: str, index: int) -> str:
    """A new id each time, instead of the receipt's place in its batch."""
    return f"{batch_id}-{index:05d}-{next(_numbers)}"


def believes_it_was_sent(message: ReceiptMessage, **ports: Any) -> State:  # noqa: ANN401
    """Takes "read" in the ledger for "on the write queue"."""
    state: State | None = ports["ledger"].state(message.batch_id, message.index)
    return state if state is State.READ else right.read_receipt(message, **ports)


def marks_before_the_copy(message: ReceiptMessage, **ports: Any) -> State:  # noqa: ANN401  its ports
    """Tells the ledger that it is read, then keeps the canonical copy."""

    class Late:
        """Keeps the copy at the end."""

        def __init__(self) -> None:
            self.result: Any = None

        def put_result(self, result: Any) -> None:  # noqa: ANN401  as the port
            self.result = result

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the rest of the port
            return getattr(ports["objects"], name)

    late = Late()
    state = right.read_receipt(message, **{**ports, "objects": late})
    if late.result is not None:
        ports["objects"].put_result(late.result)
    return state


def forgets_the_dlq(
    body: str,
    reason: str,
    message: Any,  # noqa: ANN401  as the function it replaces
    **ports: Any,  # noqa: ANN401
) -> str | None:
    """Gives up on a message without putting it anywhere."""
    del body, reason, ports
    return None if message is None else str(message.receipt_id)


def another_batch_for_a_retry(owner: str, customer_reference: str, key: str) -> str:
    """Ignores the Idempotency-Key."""
    del owner, customer_reference, key
    return f"{next(_numbers):032x}"
