"""What the path promises: each deliberate bug names the promise that it breaks."""

from enum import StrEnum


class Promise(StrEnum):
    """Checked in every run; the tests show that each can be broken."""

    PACED_OFFERS = "rows that arrive in a window are its ceiling and a burst at most"
    PACED_COMMITS = "rows committed in a window are its ceiling and a burst at most"
    ONE_ROW = "a receipt has one row"
    DUPLICATE_NAMED = "a duplicate names a receipt that is stored, set aside or rejected"
    ROW_BEFORE_STORED = "what the ledger calls stored has a row"
    STORED_FOR_GOOD = "what is stored stays stored"
    EXPECTED_FIRST = "the number expected is written before the first receipt is sent"
    ALL_ENTRIES = "what is accepted and what is left out are the entries of one archive"
    EXPECTED_ONCE = "the number expected never changes"
    UPLOAD_TAKEN_ON = "an upload is deleted only when all of it was sent or rejected"
    READ_BEFORE_DELETED = "a receipt is deleted only when its result is on the write queue"
    SETTLED_BEFORE_DELETED = "a result is deleted only when it is stored or set aside"
    DRAINED = "when faults end, everything drains"
    ONE_BATCH = "a request is one batch, however often it is made"
    GOOD_STORED = "good receipts are stored, and none is dead-lettered"
    FEW_RECEIVES = "an outage costs a result a handful of receives, however long it lasts"
    BROUGHT_BACK = "what a database lost is there again after audit and replay"
    BALANCED = "the ledger balances: against what was expected, and against the rows"


class ViolatedError(AssertionError):
    """A `promise` is broken; the text says when, how, and what was promised."""

    def __init__(self, promise: Promise, at_s: float, what: str) -> None:
        """`at_s` is in virtual seconds."""
        super().__init__(f"at {at_s:.3f} s: {what}; promised: {promise}")
        self.promise = promise
