"""Last stage: takes results off the write queue into the client's database, no faster than allowed.

One cycle is one transaction at most: ask the gate, receive, offer, commit, mark stored, delete. The
next receipts are already received while only the pace makes the writer wait, and the last two steps
(`settling`) go on beside the next transaction. A crash anywhere does no harm: what was not deleted
is delivered again, and a step that is repeated changes nothing. At-least-once delivery,
exactly-once effect.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from msgspec import Struct
from msgspec.structs import replace

from receipts.agent.gate import MAX_WAIT_S, Closed, ClosedReason, Gate
from receipts.agent.settling import InHand, Settling
from receipts.dead_letters import set_aside
from receipts.errors import (
    BadRowError,
    InboxUnavailableError,
    NewerMessageError,
    StandbyError,
    UnknownMessageError,
)
from receipts.messages import CorrectionMessage, ResultMessage, Row, decode_row
from receipts.ports import Clock, DeadLetters, Delivery, Inbox, Ledger, WriteQueue

MAX_IN_HAND_S = 60.0
"""How long received messages may wait: half of the write queue's visibility timeout. An older one
may be on its way to another agent already."""

PREFETCH_S = 1.0
"""Receive at most this long before the pace allows it, and what it lets out in this time: the
round trip adds nothing to the wait. Earlier would use up receives if the database goes away."""

MAX_AHEAD = 4
"""Transactions to receive at once, at most."""

TRUST_CONNECTION_S = 1.0
"""The database isn't checked for this long after a transaction that succeeded: it has shown, on
the connection that holds the lock, that it takes rows. A check costs a round trip and a query."""

MAX_RECEIVES = 1000
"""The write queue's maxReceiveCount, the most that SQS takes. A receipt that was received so often
and never stored is set aside with a reason, before the redrive policy moves it without one."""

MAX_UNMARKED = 4
"""Transactions that may be committed and not yet marked in the ledger: what is written while one is
marked and deleted, two round trips. While the ledger is away, no more than these."""

ASK_AGAIN_S = 15.0
"""How often the database is asked while the pace alone makes the writer wait: the server ends a
session that is silent for 45 s (`idle_session_timeout`), and with it a suspended agent's lock."""

RECEIVING_PROBE = 20
"""Each probe so numbered receives a message, if the database has taken no row since its start:
the control row is then like the suspect, which may itself be to blame."""

STANDBY_POLL_S = 5.0
"""How often a stand-by agent checks whether it may take over."""


class SetAside(Struct, frozen=True, kw_only=True):
    """A message that was moved to the dead-letter queue, with the reason."""

    receipt_id: str | None
    reason: str


class Cycle(Struct, frozen=True, kw_only=True):
    """What one cycle did; `write_s` is seconds from offering the rows to the answer.

    `closed` says why nothing could be done and for how long; `failure` is the database's answer
    when it took nothing and the messages went back to the queue.
    """

    received: int = 0
    offered: int = 0
    stored: int = 0
    new: int = 0
    write_s: float = 0.0
    set_aside: tuple[SetAside, ...] = ()
    failure: str | None = None
    closed: Closed | None = None


class Writer:
    """The agent's loop, one `cycle` at a time; the caller does the waiting.

    A subclass may replace a step: `_closed`, `_receive`, `_offer`, `_refused` or `_bisect`.
    """

    def __init__(  # noqa: PLR0913  what it stands on, by name
        self,
        *,
        queue: WriteQueue,
        dead_letters: DeadLetters,
        inbox: Inbox,
        ledger: Ledger,
        gate: Gate,
        poll_s: float,
        clock: Clock,
        now: Callable[[], float],
        background: Executor | None = None,
    ) -> None:
        """`clock` tells the time; `now` is monotonic seconds; `poll_s` <= 20 (SQS's most).

        `background` marks and deletes `MAX_UNMARKED` transactions at a time; without it the cycle
        that committed one does that itself. Ledger and queue are then used by several threads.
        """
        self._queue = queue
        self._dead_letters = dead_letters
        self._inbox = inbox
        self._ledger = ledger
        self._gate = gate
        self._poll_s = poll_s
        self._clock = clock
        self._now = now
        self._hand: list[Sequence[InHand]] = []
        self._settling = Settling(queue, ledger, clock, background)
        self._suspect: Row | None = None  # was offered when the database took nothing
        self._probes = 0
        self._objected: Sequence[InHand] = ()  # refused beside a control row that was taken
        self._last_call = (0, 0)  # to the queue: messages asked for, and received
        self._outdated = False  # a message on the queue is of a version to come
        self._received_at = 0.0
        self._asked_at = now()
        self._wrote_at: float | None = None  # None: the last cycle failed, or the gate closed

    def cycle(self) -> Cycle:
        """Offer one transaction, or say why not.

        Raises what the AWS SDK raises: nothing is lost then. Rows that are committed are marked
        in the ledger before more than `MAX_UNMARKED` are, however long the ledger is away.
        """
        try:
            self._settling.wait(MAX_UNMARKED - 1)
        except BaseException:
            self.release()  # what waits for AWS to come back may grow too old in hand
            raise
        if self._outdated:
            return Cycle(closed=Closed(ClosedReason.OUTDATED, MAX_WAIT_S))
        # --8<-- [start:gate]
        try:
            closed = self._closed()
        except InboxUnavailableError as error:
            return self._failed(error)
        if closed and closed.reason is not ClosedReason.PACE:
            self.release()
        if closed and (self._hand or self._wrote_at is None or closed.wait_s > PREFETCH_S):
            return Cycle(closed=closed)
        # --8<-- [end:gate]
        if self._hand and self._now() - self._received_at > MAX_IN_HAND_S:
            self.release()
        got = Cycle() if self._hand else self._receive()
        if closed or not self._hand:
            return got
        cycle = self._offer(self._hand.pop())
        return replace(cycle, received=got.received, set_aside=got.set_aside + cycle.set_aside)

    def held(self) -> dict[str, int]:
        """Receipts that it holds, and its last call to the queue; another thread may ask."""
        asked, got = self._last_call
        in_hand, unmarked = sum(map(len, tuple(self._hand))), len(self._settling)
        return {"in_hand": in_hand, "unmarked": unmarked, "asked": asked, "got": got}

    def stop(self) -> None:
        """Give back what was received and not offered, mark and delete what is committed."""
        try:
            self.release()
        finally:
            self._settling.wait(0)

    def release(self) -> None:
        """Give back what was received and not offered."""
        self._wrote_at = None
        held = [held.delivery for part in self._hand for held in part]
        self._hand.clear()
        if held:
            self._queue.release(held)

    def _closed(self) -> Closed | None:
        """Ask the gate; where it is open, the database. Raises `InboxUnavailableError`."""
        now = self._now()
        closed = self._gate.closed(now, self._clock())
        if closed and (
            closed.reason is not ClosedReason.PACE or now < self._asked_at + ASK_AGAIN_S
        ):
            return closed
        if self._wrote_at is not None and now <= self._wrote_at + TRUST_CONNECTION_S:
            return closed
        self._asked_at = now
        try:
            if self._inbox.ensure_writer():
                self._gate.took_over(self._now())  # only now: the call may have taken seconds
                return Closed(ClosedReason.TOOK_OVER, 0.0)
        except StandbyError as error:
            return Closed(ClosedReason.STANDING_BY, STANDBY_POLL_S, str(error))
        if self._gate.probing:
            self._probes += 1
            suspect = self._suspect if self._probes % RECEIVING_PROBE else None
            if self._inbox.check_control_row(suspect):
                self._gate.answered(0, 0.0, now)  # a probe that costs no receive
        return closed

    def _receive(self) -> Cycle:
        self._received_at = self._now()
        rows = most = self._gate.max_rows()
        if self._wrote_at is not None:
            most = max(rows, min(MAX_AHEAD * rows, int(self._gate.rate * PREFETCH_S)))
        deliveries = self._queue.receive(most, self._poll_s)
        self._last_call = (most, len(deliveries))
        parts: dict[type[Row], list[InHand]] = {ResultMessage: [], CorrectionMessage: []}
        unknown: list[tuple[Delivery, str]] = []
        for delivery in deliveries:
            try:
                row = decode_row(delivery.body)
                parts[type(row)].append(InHand(delivery, row))
            except UnknownMessageError as error:
                unknown.append((delivery, str(error)))
            except NewerMessageError as error:
                self._outdated = True
                self._queue.release(deliveries)
                return Cycle(failure=str(error))
        for part in reversed(parts.values()):  # a transaction is of one kind; results go first
            self._hand += [part[at : at + rows] for at in range(0, len(part), rows)][::-1]
        set_asides = tuple(self._set_aside(delivery, None, reason) for delivery, reason in unknown)
        return Cycle(received=len(deliveries), set_aside=set_asides)

    def _offer(self, part: Sequence[InHand]) -> Cycle:
        started = self._now()
        # --8<-- [start:offer]
        self._gate.offer(len(part), started)  # charged for the rows in hand, not a moment earlier
        try:
            new = self._inbox.write([held.result for held in part])  # one transaction
        except BadRowError as error:
            return self._refused(part, error)
        except InboxUnavailableError as error:
            return self._failed(error, part)
        write_s = self._now() - started
        self._wrote_at = self._now()
        self._gate.answered(len(part), write_s, self._wrote_at)
        self._settling.add(part)  # only now: mark in the ledger, then delete
        # --8<-- [end:offer]
        return Cycle(offered=len(part), stored=len(part), new=new, write_s=write_s)

    def _refused(self, part: Sequence[InHand], error: BadRowError) -> Cycle:
        """Ask a control row who is guilty: the database if it refuses that one, too; else a row."""
        try:
            self._inbox.check_control_row(part[0].result)
        except InboxUnavailableError as changed:
            why = InboxUnavailableError(f"even a control row is refused: {changed}")
            return self._failed(why, part)
        self._gate.answered(0, 0.0, self._now())
        return self._bisect(part, error)

    def _bisect(self, part: Sequence[InHand], error: BadRowError) -> Cycle:
        """Set only the guilty receipt aside, refused twice alone; halve until it is, go on."""
        if len(part) > 1:
            middle = len(part) // 2
            self._hand += [part[middle:], part[:middle]]
        elif part is not self._objected:
            self._objected = part  # once more: the database may have been mended in between
            self._hand.append(part)
        else:
            set_aside = self._set_aside(part[0].delivery, part[0].result, str(error))
            return Cycle(offered=1, set_aside=(set_aside,))
        return Cycle(offered=len(part))

    def _failed(self, error: InboxUnavailableError, offered: Sequence[InHand] = ()) -> Cycle:
        self._gate.failed(self._now())
        if offered:
            self._suspect = offered[0].result
            self._hand.append(offered)
        held = [one for part in self._hand for one in part]
        exhausted = [one for one in held if one.delivery.receives >= MAX_RECEIVES]
        set_asides: list[SetAside] = []
        for one in exhausted:
            reason = f"received {one.delivery.receives} times and never stored, at last: {error}"
            set_asides.append(self._set_aside(one.delivery, one.result, reason))
        self._hand = [[one for one in held if one not in exhausted]]
        self.release()
        return Cycle(offered=len(offered), failure=str(error), set_aside=tuple(set_asides))

    def _set_aside(self, delivery: Delivery, result: Row | None, reason: str) -> SetAside:
        receipt_id = set_aside(
            delivery.body,
            reason,
            result,
            dead_letters=self._dead_letters,
            ledger=self._ledger,
            clock=self._clock,
        )
        self._queue.delete([delivery])
        return SetAside(receipt_id=receipt_id, reason=reason)
