"""Last stage: takes results off the write queue into the client's database, no faster than told.

One cycle is one transaction at most: may I? receive, offer, commit, mark stored, delete. Cut off
anywhere it does no harm: what was not deleted is delivered again, and every step that was already
done changes nothing the second time. At-least-once delivery, exactly-once effect.
"""

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from receipts.breaker import Breaker
from receipts.ledger import Entry, State
from receipts.messages import ResultMessage, UnknownMessageError, decode
from receipts.pacing import Pacer
from receipts.ports import (
    BadRowError,
    Clock,
    DeadLetters,
    Delivery,
    Inbox,
    InboxUnavailableError,
    ReceiptLedger,
    WriteQueue,
)


class SetAside(Struct, frozen=True, kw_only=True):
    """A message that was given up: to the DLQ, with this reason."""

    receipt_id: str | None
    reason: str


class Cycle(Struct, frozen=True, kw_only=True):
    """What one cycle did; `write_s` in seconds from offering the rows to the answer.

    `wait_s` is how long nothing can be done, because of `closed`; `failure` says what the database
    answered where it took nothing and the messages went back.
    """

    received: int = 0
    offered: int = 0
    stored: int = 0
    new: int = 0
    write_s: float = 0.0
    set_aside: tuple[SetAside, ...] = ()
    failure: str | None = None
    closed: str | None = None
    wait_s: float = 0.0


class _Held(Struct, frozen=True):
    """A delivery in hand, understood."""

    delivery: Delivery
    result: ResultMessage


class Writer:
    """The agent's loop, one `cycle` at a time; the caller does the waiting."""

    def __init__(  # noqa: PLR0913  what it is wired with; all by name
        self,
        *,
        queue: WriteQueue,
        dead_letters: DeadLetters,
        inbox: Inbox,
        ledger: ReceiptLedger,
        pacer: Pacer,
        breaker: Breaker,
        rows_per_transaction: int,
        poll_s: float,
        clock: Clock,
        now: Callable[[], float],
    ) -> None:
        """`clock` dates ledger entries; `now` is monotonic seconds; `poll_s` <= 20 (SQS's most)."""
        self._queue = queue
        self._dead_letters = dead_letters
        self._inbox = inbox
        self._ledger = ledger
        self._pacer = pacer
        self._breaker = breaker
        self._rows = rows_per_transaction
        self._poll_s = poll_s
        self._clock = clock
        self._now = now
        self._hand: list[Sequence[_Held]] = []

    def cycle(self) -> Cycle:
        """Offer one transaction, or say why not.

        What is raised here is AWS being out of reach: nothing is lost, the messages come again.
        """
        # --8<-- [start:gate]
        # Closed means that nothing is *received*: a message that is received and can't be written
        # has burnt one of its receives.
        now = self._now()
        if wait_s := self._breaker.delay(now):
            return Cycle(closed="the database was away", wait_s=wait_s)
        if wait_s := self._pacer.delay(now):
            return Cycle(closed="the pace", wait_s=wait_s)
        if self._breaker.is_open:
            try:
                self._inbox.ping()
            except InboxUnavailableError as error:
                return self._unavailable(error)
        # --8<-- [end:gate]
        received, set_aside = (0, ()) if self._hand else self._receive()
        if not self._hand:
            return Cycle(received=received, set_aside=set_aside)
        offered = self._offer(self._hand.pop())
        return msgspec.structs.replace(
            offered, received=received, set_aside=set_aside + offered.set_aside
        )

    def release(self) -> None:
        """Give back what is in hand and was not offered: for a clean stop."""
        held = [held.delivery for part in self._hand for held in part]
        self._hand.clear()
        if held:
            self._queue.release(held)

    def _receive(self) -> tuple[int, tuple[SetAside, ...]]:
        # After an outage one receipt goes first: the breaker closes when a row was taken.
        most = 1 if self._breaker.is_open else self._rows
        deliveries = self._queue.receive(most, self._poll_s)
        part: list[_Held] = []
        set_aside: list[SetAside] = []
        for delivery in deliveries:
            try:
                part.append(_Held(delivery, decode(delivery.body, ResultMessage)))
            except UnknownMessageError as error:
                set_aside.append(self._set_aside(delivery, str(error)))
        if part:
            self._hand.append(part)
        return len(deliveries), tuple(set_aside)

    def _offer(self, part: Sequence[_Held]) -> Cycle:
        started = self._now()
        # --8<-- [start:offer]
        self._pacer.charge(len(part), started)  # for the rows in hand, not a moment earlier
        try:
            new = self._inbox.write([held.result for held in part])  # one transaction
        except BadRowError as error:
            return self._bisect(part, error)
        except InboxUnavailableError as error:
            self._hand.append(part)
            return self._unavailable(error, offered=len(part))
        write_s = self._now() - started
        self._breaker.succeeded()
        since = self._clock()
        self._ledger.move_all([(h.result.batch_id, _stored(h.result, since)) for h in part])
        self._queue.delete([held.delivery for held in part])  # last: now it is safe to forget
        # --8<-- [end:offer]
        return Cycle(offered=len(part), stored=len(part), new=new, write_s=write_s)

    def _bisect(self, part: Sequence[_Held], error: BadRowError) -> Cycle:
        """Only the guilty receipt is set aside; its neighbours are offered again without it."""
        self._breaker.succeeded()  # a database that refuses a row is there
        if len(part) == 1:
            [held] = part
            return Cycle(offered=1, set_aside=(self._set_aside(held.delivery, str(error)),))
        middle = len(part) // 2
        self._hand += [part[middle:], part[:middle]]
        return Cycle(offered=len(part))

    def _unavailable(self, error: InboxUnavailableError, offered: int = 0) -> Cycle:
        self._breaker.failed(self._now())
        self.release()
        return Cycle(offered=offered, failure=str(error))

    def _set_aside(self, delivery: Delivery, reason: str) -> SetAside:
        """To the DLQ with its reason, then into the ledger, then off the queue."""
        whose = _whose(delivery.body)
        self._dead_letters.send(delivery.body, reason)
        if whose:
            entry = Entry(
                index=whose.index,
                name=whose.name,
                state=State.DEAD_LETTERED,
                since=self._clock(),
                reason=reason,
            )
            self._ledger.move(whose.batch_id, entry)
        self._queue.delete([delivery])
        return SetAside(receipt_id=whose.receipt_id if whose else None, reason=reason)


class _Whose(Struct, frozen=True):
    """As much of a message as the ledger needs; of another version it may be all we understand."""

    batch_id: str
    index: int
    receipt_id: str
    name: str = "?"


def _whose(body: str) -> _Whose | None:
    try:
        return msgspec.json.decode(body, type=_Whose)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def _stored(result: ResultMessage, since: dt.datetime) -> Entry:
    return Entry(
        index=result.index,
        name=result.name,
        state=State.STORED,
        since=since,
        needs_review=result.needs_review,
    )
