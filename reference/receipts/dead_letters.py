"""Mechanism: gives up on a message without losing it.

Whoever gives up sends the message to the dead-letter queue with the reason, marks the ledger, and
only then deletes it: cut off anywhere between, the message comes again and ends up there again.
"""

from msgspec import DecodeError, Struct, json

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
) -> str | None:
    """Dead-letter `body`; `message` is what it says, None where it could not be understood.

    Answers the receipt's id, None where the message doesn't even say whose it is.
    """
    # --8<-- [start:order]
    dead_letters.send(body, reason)
    whose = message or _whose(body)
    if whose is None:
        return None
    entry = Entry(
        index=whose.index,
        name=whose.name,
        state=State.DEAD_LETTERED,
        since=clock(),
        reason=reason,
    )
    ledger.move(whose.batch_id, entry)
    # --8<-- [end:order]
    return whose.receipt_id


class _Whose(Struct, frozen=True):
    """As much as the ledger needs: of a message of another version it may be all we understand."""

    batch_id: str
    index: int
    receipt_id: str
    name: str = "?"


def _whose(body: str) -> _Whose | None:
    try:
        return json.decode(body, type=_Whose)
    except (DecodeError, UnicodeEncodeError):
        return None
