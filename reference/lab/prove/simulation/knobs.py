"""How the world may behave beyond a call that fails: a knob for each behaviour, with its chance."""

from collections.abc import Mapping
from enum import StrEnum


class Knob(StrEnum):
    """One behaviour of SQS, S3, DynamoDB, PostgreSQL, or of the people around them."""

    AGAIN_AFTER_DELETE = "a deleted message is delivered again"
    STALE_HANDLE = "a receipt handle of an earlier delivery deletes nothing"
    SOME_OF_TEN = "a batch of messages is taken in part"
    NOT_IN_FLIGHT = "a message that is not in flight can't be given back"
    RESULTS_EXPIRED = "the write queue's retention ends while the agents are paused"
    RECEIPTS_EXPIRED = "the receipt queue's retention ends before the readers work again"
    LETTERS_EXPIRED = "the dead-letter queues' retention ends"
    LITTERED = "an archive holds files that are no receipts"
    EVENT_LOST = "S3's event never comes"
    THROTTLED = "the ledger is throttled for minutes"
    CLOUD_AHEAD = "the readers write messages of a version that the agent doesn't know"
    READ_ONLY = "the database is read-only"
    RESTARTED = "the database restarts"
    CONNECTIONS_TAKEN = "the database has no connection left"
    WRITES_REFUSED = "the database is there and refuses every write, at times for hours"
    ALL_ROWS_REFUSED = "the client changes the table, and every row is refused"
    ONE_ROW_REFUSED = "the client's trigger refuses one row, with an SQLSTATE of its own"
    NO_ROW_POSSIBLE = "no row can be made of a result"
    NOT_DURABLE = "the role's commits are no longer durable"
    POOLED = "a pooler stands between agent and database"
    SUSPENDED = "an agent is suspended in the middle of a call, for longer than its session lives"
    HUNG = "an agent never returns from a call"
    RESTORED = "the database is restored from a backup"
    FAILED_OVER = "the database fails over to a stand-by that lacks the last commits"
    KEY_REUSED = "an Idempotency-Key is used again after the ledger has forgotten it"


CHANCES: Mapping[Knob, float] = {
    # A call.
    Knob.AGAIN_AFTER_DELETE: 0.01,
    Knob.STALE_HANDLE: 0.5,
    Knob.SOME_OF_TEN: 0.05,
    Knob.NOT_IN_FLIGHT: 1.0,  # SQS always refuses that
    Knob.EVENT_LOST: 0.003,
    # An archive.
    Knob.LITTERED: 0.5,
    # A receipt.
    Knob.ONE_ROW_REFUSED: 0.02,
    Knob.NO_ROW_POSSIBLE: 0.02,
    # A fault of the database, of which a run has about ten: weights.
    Knob.RESTARTED: 1.0,
    Knob.READ_ONLY: 1.0,
    Knob.CONNECTIONS_TAKEN: 1.0,
    Knob.WRITES_REFUSED: 1.0,
    Knob.ALL_ROWS_REFUSED: 1.0,
    Knob.NOT_DURABLE: 0.5,
    Knob.POOLED: 0.5,
    Knob.SUSPENDED: 1.0,
    # A run.
    Knob.THROTTLED: 0.1,
    Knob.CLOUD_AHEAD: 0.05,
    Knob.HUNG: 0.05,
    Knob.RESTORED: 0.05,
    Knob.FAILED_OVER: 0.05,
    Knob.RESULTS_EXPIRED: 0.03,
    Knob.RECEIPTS_EXPIRED: 0.03,
}
"""As in the soak: how likely each is. One that is missing breaks a promise, and is shown alone."""
