"""Sets a message aside without losing it.

The message goes to the dead-letter queue with the reason, then the ledger is marked, and only then
does the caller delete it. After a crash anywhere in between, the message comes again and is set
aside again.
"""

from receipts.ledger import Entry, State
from receipts.messages import Message, peek_ref
from receipts.ports import Clock, DeadLetters, Ledger


def set_aside(
    body: str,
    reason: str,
    message: Message | None,
    *,
    dead_letters: DeadLetters,
    ledger: Ledger,
    clock: Clock,
) -> str | None:
    """Send `body` to the dead-letter queue; `message` is its content, None if not understood.

    Answers the receipt's id, or None if the message doesn't name a receipt. In the ledger a receipt
    stays where it is when its correction is set aside.
    """
    # --8<-- [start:order]
    dead_letters.send(body, reason)
    receipt = message or peek_ref(body)
    if receipt is None:
        return None
    if getattr(receipt, "number", None):
        return receipt.receipt_id
    entry = Entry(
        index=receipt.index,
        name=receipt.name,
        state=State.DEAD_LETTERED,
        since=clock(),
        reason=reason,
    )
    ledger.move(receipt.batch_id, entry)
    # --8<-- [end:order]
    return receipt.receipt_id
