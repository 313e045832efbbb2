"""Mechanism: gives up on a message without losing it.

Whoever gives up sends the message to the dead-letter queue with the reason, marks the ledger, and
only then deletes it: cut off anywhere between, the message comes again and ends up there again.
"""

from receipts.ledger import Entry, State
from receipts.messages import Message
from receipts.ports import Clock, DeadLetters, ReceiptLedger


def set_aside(
    body: str,
    reason: str,
    message: Message | None,
    *,
    dead_letters: DeadLetters,
    ledger: ReceiptLedger,
    clock: Clock,
) -> None:
    """Dead-letter `body`; `message` is what it says, None where it could not be understood."""
    dead_letters.send(body, reason)
    if message is not None:
        entry = Entry(
            index=message.index,
            name=message.name,
            state=State.DEAD_LETTERED,
            since=clock(),
            reason=reason,
        )
        ledger.move(message.batch_id, entry)
