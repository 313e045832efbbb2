"""Vocabulary: what one cycle of the last stage did, for logs, metrics and tests."""

from msgspec import Struct

from receipts.agent.gate import Closed


class SetAside(Struct, frozen=True, kw_only=True):
    """A message that was given up: to the DLQ, with this reason."""

    receipt_id: str | None
    reason: str


class Cycle(Struct, frozen=True, kw_only=True):
    """What one cycle did; `write_s` in seconds from offering the rows to the answer.

    `closed` says why nothing could be done, and for how long that will be so; `failure` what the
    database answered where it took nothing and the messages went back.
    """

    received: int = 0
    offered: int = 0
    stored: int = 0
    new: int = 0
    write_s: float = 0.0
    set_aside: tuple[SetAside, ...] = ()
    failure: str | None = None
    closed: Closed | None = None
