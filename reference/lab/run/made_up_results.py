"""Results that no reader read, put where a reader would have put them."""

import datetime as dt
from collections.abc import Iterable, Sequence

from reading.receipt import Receipt
from receipts.batch import receipt_id_for
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage
from receipts.ports import Ledger


def made_up_results(batch_id: str, receipts: Iterable[Receipt], by: str) -> list[ResultMessage]:
    """A result for each receipt, numbered from 1; `by` stands for customer, bucket and engine."""
    return [
        ResultMessage(
            batch_id=batch_id,
            index=index,
            receipt_id=receipt_id_for(batch_id, index),
            customer_reference=by,
            name=f"{index}.jpg",
            image_bucket=by,
            image_key=f"uploads/{batch_id}/{index:05d}/{index}.jpg",
            image_sha256="0" * 64,
            engine=by,
            read_at=dt.datetime.now(dt.UTC),
            receipt=receipt,
            needs_review=True,
        )
        for index, receipt in enumerate(receipts, 1)
    ]


def mark_read(ledger: Ledger, results: Sequence[ResultMessage]) -> None:
    """Say in the ledger that they were read, as the reader does before it sends them."""
    entries = [
        Entry(index=one.index, name=one.name, state=State.READ, since=one.read_at)
        for one in results
    ]
    ledger.move_all([(one.batch_id, entry) for one, entry in zip(results, entries, strict=True)])
