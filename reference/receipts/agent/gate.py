"""Mechanism: whether the agent may take receipts now, how many, and at which pace. Pure.

Four things close it: the client's orders (pause, schedule), the breaker while the database is
away, and the pace. While it is closed nothing is *received*: a message that is received and can't
be written has burnt one of its receives. Only for the pace, which opens by itself, the next ones
are taken in hand a moment before (`receipts.agent.writer.AHEAD_S`).
"""

import datetime as dt
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from receipts.agent.breaker import Breaker
from receipts.agent.limit import Limit
from receipts.agent.pacing import Pacer
from receipts.agent.schedule import Schedule

LONGEST_GAP_S = 5.0
"""Transactions shrink with the rate, so that the next may follow this soon.

Later only where a single row takes longer at that rate, where the rate fell meanwhile, and after a
start or a hand-over: a new pacer waits as for a whole transaction."""

LOOK_AGAIN_S = 5.0
"""The longest wait, whatever closes it: so soon are new orders looked at, and health is shown."""


class Why(StrEnum):
    """What closes the gate."""

    PAUSED = "paused"
    SCHEDULE = "outside its hours"
    AWAY = "the database was away"
    PACE = "the pace"
    STANDING_BY = "another agent writes"
    TOOK_OVER = "took over"


class Orders(Struct, frozen=True, kw_only=True):
    """What the client's operators say; they may change it while the agent runs.

    `ceiling` in rows a second: a hard one. Under it the rate follows the database so that `share`
    of one transaction is in flight on average; 1 is as fast as one connection can.
    """

    ceiling: float
    share: float
    paused: bool
    schedule: Schedule


class Follows(Protocol):
    """A law by which the rate follows the database; see `receipts.agent.limit.Limit`."""

    def rate(self, share: float) -> float:
        """Rows a second at most."""
        ...

    def answered(self, rows: int, seconds: float) -> None:
        """Note a transaction that went well."""
        ...

    def failed(self) -> None:
        """Note one that failed."""
        ...


class Closed(Struct, frozen=True):
    """Why it is closed, and for how many seconds there is no need to ask again."""

    why: Why
    wait_s: float


class Gate:
    """Orders, breaker, pacer and limit in one."""

    def __init__(
        self,
        orders: Orders,
        burst: int,
        breaker: Breaker,
        now: float,
        limit: Follows | None = None,
    ) -> None:
        """`burst` is the most rows of a transaction; `now` in monotonic seconds.

        `limit` is the law by which the rate follows the database; without it, `Limit`.
        """
        self._orders = orders
        self._burst = burst
        self._breaker = breaker
        self._limit = limit or Limit(lowest=min(1.0, orders.ceiling))
        self._pacer = Pacer(orders.ceiling, burst, now)

    @property
    def rate(self) -> float:
        """Rows a second: the ceiling, or less."""
        return self._pacer.rate

    @property
    def probing(self) -> bool:
        """Whether the database was away, and the next transaction shows if it is back."""
        return self._breaker.is_open

    def obey(self, orders: Orders, now: float) -> None:
        """Go on under new orders."""
        self._orders = orders
        self._adapt(now)

    def closed(self, now: float, at: dt.datetime) -> Closed | None:
        """None where a transaction may be offered; `now` is monotonic, `at` the wall clock."""
        if self._orders.paused:
            return Closed(Why.PAUSED, LOOK_AGAIN_S)
        if wait_s := self._orders.schedule.delay(at):
            return Closed(Why.SCHEDULE, min(wait_s, LOOK_AGAIN_S))
        if wait_s := self._breaker.delay(now):
            return Closed(Why.AWAY, wait_s)
        if wait_s := self._pacer.delay(now):
            return Closed(Why.PACE, wait_s)
        return None

    def most(self) -> int:
        """Rows to offer at most. After an outage one goes first, to see."""
        return 1 if self.probing else max(1, min(self._burst, int(self.rate * LONGEST_GAP_S)))

    def took_over(self, now: float) -> None:
        """Another agent may have offered a whole transaction a moment ago."""
        self._pacer = Pacer(self.rate, self._burst, now)

    def offer(self, rows: int, now: float) -> None:
        """Charge the pacer; immediately before the rows go out. Raises ValueError if too early."""
        self._pacer.charge(rows, now)

    def answered(self, rows: int, seconds: float, now: float) -> None:
        """The database answered: it wrote `rows`, 0 where it refused the data."""
        self._breaker.succeeded()
        if rows:  # a refused transaction was cut short: its time says nothing
            self._limit.answered(rows, seconds)
            self._adapt(now)

    def failed(self, now: float) -> None:
        """The database was away or overloaded."""
        self._breaker.failed(now)
        self._limit.failed()
        self._adapt(now)

    def _adapt(self, now: float) -> None:
        followed = self._limit.rate(self._orders.share)
        self._pacer.change(min(self._orders.ceiling, followed), now)
