"""Mechanism: gives up on a message without losing it.

Whoever gives up sends the message to the dead-letter queue with the reason, marks the ledger, and
only then deletes it: cut off anywhere between, the message comes again and ends up there again.
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
    """Dead-letter `body`; `message` is what it says, None where it could not be understood.

    Answers the receipt's id, None where the message doesn't even say peek_ref it is.
    """
    # --8<-- [start:order]
    dead_letters.send(body, reason)
    receipt = message or peek_ref(body)
    if receipt is None:
        return None
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
