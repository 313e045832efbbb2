"""Gives letters up: the customer is told first, and only then is the letter deleted."""

from collections.abc import Sequence
from enum import StrEnum

from commands.letters.queues import Letter
from reading.files.left_out import LeftOut
from receipts.ledger import Entry, State
from receipts.ports import Clock, Ledger


class Verdict(StrEnum):
    """What becomes of a letter that is to be given up."""

    REJECTED = "given up: the customer is told"
    STORED = "deleted: its receipt is stored"
    NOBODYS = "deleted: it names no receipt"
    CORRECTION = "deleted: a correction, which stays in the bucket"
    ON_ITS_WAY = "left: its receipt was read, and its result is on its way"


def give_up(letter: Letter, because: str, *, ledger: Ledger, clock: Clock) -> Verdict:
    """Reject what the letter is about, for this reason, and say whether it may be deleted.

    It may unless the verdict is `ON_ITS_WAY`. Called again it changes nothing.
    """
    if letter.batch_id is None:
        return Verdict.NOBODYS
    if letter.corrects:
        return Verdict.CORRECTION
    if letter.index is None:
        ledger.reject_batch(letter.batch_id, because, LeftOut())
        return Verdict.REJECTED
    entry = Entry(
        index=letter.index,
        name=letter.name,
        state=State.REJECTED,
        since=clock(),
        reason=because,
    )
    if ledger.move(letter.batch_id, entry):
        return Verdict.REJECTED
    state = ledger.state(letter.batch_id, letter.index)
    if state is State.READ:
        return Verdict.ON_ITS_WAY
    return Verdict.REJECTED if state is State.REJECTED else Verdict.STORED


def chosen(
    letters: Sequence[Letter], reason: str | None, batch_ids: Sequence[str]
) -> Sequence[Letter]:
    """Those whose reason contains the text, and that are about one of these batches, if any."""
    return [
        one
        for one in letters
        if (reason or "") in one.reason and (not batch_ids or one.batch_id in batch_ids)
    ]
