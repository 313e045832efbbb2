"""The stages before the writer, each with a mistake."""

import datetime as dt
import itertools
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from lab.prove.simulation.store import SimLedger
from reading.files.archive import ArchiveEntry, list_images
from reading.files.left_out import LeftOut
from receipts import read_receipt as right
from receipts import split_upload
from receipts.batch import Batch
from receipts.ledger import State
from receipts.messages import ReceiptMessage, ResultMessage
from receipts.ports import Clock, Ledger, Objects, ReceiptQueue
from receipts.uploads import Upload

_numbers = itertools.count()


class PortWrapper:
    """A port of which a subclass changes one method."""

    def __init__(self, port: Any) -> None:  # noqa: ANN401  any port
        self.port = port

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the other methods
        return getattr(self.port, name)


def expects_after_the_first_send(
    batch: Batch, upload: Upload, ledger: Ledger, objects: Objects, queue: ReceiptQueue, _: Clock
) -> None:
    """Sends the messages, then writes how many are expected."""
    source = upload.source
    images, left_out = list_images(objects.size(source), lambda a, b: objects.read(source, a, b))
    split_upload._send(batch, upload, images, ledger, queue)  # noqa: SLF001  part of the stage
    ledger.expect(batch.batch_id, len(images), left_out)


_expect = SimLedger.expect


def notes_in_two_writes(self: SimLedger, batch_id: str, expected: int, left_out: LeftOut) -> Batch:
    """Notes the number expected, and by a second write what is left out."""
    is_first = self.batch_by_id[batch_id].expected is None
    batch = _expect(self, batch_id, expected, LeftOut())
    if is_first:
        change = partial(self._change, batch_id, left_out=left_out)
        self._faults.call("ledger left out", change)
    return batch


def notes_before_sending(
    batch: Batch,
    upload: Upload,
    images: Sequence[tuple[str, ArchiveEntry]],
    ledger: Ledger,
    queue: ReceiptQueue,
    _known: Collection[int],
) -> None:
    """Records in the ledger that all is sent, then sends."""
    messages = [
        split_upload._message(batch, upload, index, name, entry)  # noqa: SLF001  part of the stage
        for index, (name, entry) in enumerate(images, start=1)
    ]
    ledger.mark_sent(batch.batch_id, len(messages))
    queue.send_receipts(messages[batch.sent :])


def names_by_chance(batch_id: str, index: int) -> str:
    """A new receipt id at each call, not one derived from the place in the batch."""
    return f"{batch_id}-{index:05d}-{next(_numbers)}"


def believes_it_was_sent(message: ReceiptMessage, **ports: Any) -> State:  # noqa: ANN401
    """Takes "read" in the ledger as proof that the result is on the write queue."""
    state: State | None = ports["ledger"].state(message.batch_id, message.index)
    return state if state is State.READ else right.read_receipt(message, **ports)


def marks_before_the_copy(message: ReceiptMessage, **ports: Any) -> State:  # noqa: ANN401  its ports
    """Marks a receipt as read in the ledger, then writes the canonical copy."""
    objects = _LateObjects(ports["objects"])
    state = right.read_receipt(message, **{**ports, "objects": objects})
    if objects.result is not None:
        objects.port.put_result(objects.result)
    return state


class _LateObjects(PortWrapper):
    result: ResultMessage | None = None

    def put_result(self, result: ResultMessage) -> ResultMessage:
        self.result = result
        return result


def forgets_the_dlq(
    body: str,
    reason: str,
    message: Any,  # noqa: ANN401  as the function it replaces
    **ports: Any,  # noqa: ANN401
) -> str | None:
    """Drops a message instead of sending it to the dead-letter queue."""
    del body, reason, ports
    return None if message is None else str(message.receipt_id)


def another_batch_for_a_retry(key_id: str, accepted_at: dt.datetime) -> str:
    """A new batch id at each call: ignores the Idempotency-Key."""
    del key_id, accepted_at
    return f"{next(_numbers):032x}"
