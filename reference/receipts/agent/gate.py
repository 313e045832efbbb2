"""Whether the agent may take receipts now, how many, and at which pace. Pure.

The gate is closed by the operator's settings (paused, outside the schedule), by the breaker while
the database is away, and by the pace. While it is closed nothing is *received*: a message that is
received and can't be written has used up one of its receives. One exception: if only the pace is
left to wait for (`writer.PREFETCH_S`), after a transaction that shows that the database takes rows.
Schedule and breaker open by time as well, but then nobody knows that yet.
"""

import datetime as dt
from enum import StrEnum

from msgspec import Struct

from receipts.agent.pacing import Breaker, InFlightLimit, Pacer
from receipts.agent.schedule import Schedule

MAX_GAP_S = 5.0
"""How far apart two transactions shall be at most: at a low rate they get smaller, not rarer.

Longer if one row alone takes longer at that rate, after the rate has fallen, and after a start or
a hand-over: the pacer then waits as if a whole transaction had gone out."""

MAX_WAIT_S = 5.0
"""The longest wait before the agent looks again: new settings apply and health shows after this."""


class ClosedReason(StrEnum):
    """What closes the gate."""

    PAUSED = "paused"
    SCHEDULE = "outside its hours"
    AWAY = "the database was away"
    PACE = "the pace"
    STANDING_BY = "another agent writes"
    TOOK_OVER = "took over"
    OUTDATED = "this agent is older than a message"


class OperatorSettings(Struct, frozen=True, kw_only=True):
    """What the client's operators set, and may change while the agent runs.

    `ceiling` in rows a second is never passed. Under it the rate follows the database so that
    `share` of one transaction is in flight on average; 1 is as fast as one connection can.
    """

    ceiling: float
    share: float
    paused: bool
    schedule: Schedule


class Closed(Struct, frozen=True):
    """Why the gate is closed, and for how many seconds there is no need to ask again."""

    reason: ClosedReason
    wait_s: float
    detail: str = ""


class Gate:
    """Operator's settings, breaker, pacer and rate law in one."""

    def __init__(
        self,
        settings: OperatorSettings,
        burst: int,
        breaker: Breaker,
        now: float,
        law: InFlightLimit | None = None,
    ) -> None:
        """`burst` is the most rows of a transaction; `now` in monotonic seconds.

        `law` decides how the rate follows the database; the default is that of the agent.
        """
        self._settings = settings
        self._burst = burst
        self._breaker = breaker
        self._law = law or InFlightLimit(lowest=min(1.0, settings.ceiling))
        self._pacer = Pacer(settings.ceiling, burst, now)

    @property
    def rate(self) -> float:
        """Rows a second: the ceiling, or less."""
        return self._pacer.rate

    @property
    def settings(self) -> OperatorSettings:
        """What the operators set last."""
        return self._settings

    @property
    def probing(self) -> bool:
        """Whether the database was away, and the next transaction shows if it is back."""
        return self._breaker.is_open

    def apply(self, settings: OperatorSettings, now: float) -> None:
        """Go on with new settings."""
        self._settings = settings
        self._adapt(now)

    def closed(self, now: float, at: dt.datetime) -> Closed | None:
        """None where a transaction may be offered; `now` is monotonic, `at` the wall clock."""
        if self._settings.paused:
            return Closed(ClosedReason.PAUSED, MAX_WAIT_S)
        if wait_s := self._settings.schedule.delay(at):
            return Closed(ClosedReason.SCHEDULE, min(wait_s, MAX_WAIT_S))
        if wait_s := self._breaker.delay(now):
            return Closed(ClosedReason.AWAY, wait_s)
        if wait_s := self._pacer.delay(now):
            return Closed(ClosedReason.PACE, wait_s)
        return None

    def max_rows(self) -> int:
        """The most rows to offer now; one after an outage, as a probe."""
        return 1 if self.probing else max(1, min(self._burst, int(self.rate * MAX_GAP_S)))

    def took_over(self, now: float) -> None:
        """Start as if a whole transaction had just been offered: another agent may have done so."""
        self._pacer = Pacer(self.rate, self._burst, now)

    def offer(self, rows: int, now: float) -> None:
        """Charge the pacer, immediately before the rows go out. Raises ValueError if too early."""
        self._pacer.charge(rows, now)

    def answered(self, rows: int, seconds: float, now: float) -> None:
        """Note that the database answered: it wrote `rows`, or 0 where it refused the data."""
        self._breaker.succeeded()
        self._pacer.answered(now)
        if rows:  # a refused transaction was cut short: its time says nothing
            self._law.answered(rows, seconds)
            self._adapt(now)

    def failed(self, now: float) -> None:
        """Note that the database was away or overloaded."""
        self._breaker.failed(now)
        self._pacer.answered(now)
        self._law.failed()
        self._adapt(now)

    def _adapt(self, now: float) -> None:
        followed = self._law.rate(self._settings.share)
        self._pacer.change(min(self._settings.ceiling, followed), now)
