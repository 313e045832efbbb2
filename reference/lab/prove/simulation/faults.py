"""Which calls fail, and how: drawn from the seed, until faults end and everything must drain."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.scheduler import Actor, Killed, Scheduler
from receipts.errors import InboxUnavailableError

T = TypeVar("T")


class Fault(StrEnum):
    """What can happen to one call of a port."""

    REFUSED = "refused"
    """It fails without an effect."""
    UNKNOWN = "unknown"
    """It has its effect; the answer is lost."""
    KILLED_BEFORE = "killed before"
    """The process dies before the call has an effect."""
    KILLED_AFTER = "killed after"
    """The process dies after the call's effect, before the answer."""
    SLOW = "slow"
    """It takes seconds."""


class OutOfReachError(Exception):
    """AWS answered 503, or not at all."""


class InjectedFault(Struct, frozen=True):
    """One fault: `at_s` in virtual seconds, and the call or the actor that it hit."""

    at_s: float
    call: str
    fault: Fault | Knob


FAST_S = (0.001, 0.03)
SLOW_S = (1.0, 8.0)
THROTTLED_SHARE = 0.9
"""Of the calls to the ledger, while it is throttled."""

HALF = 0.5
_LEDGER = ("ledger", "seen images", "votes")  # one table, so they are throttled together


class Faults:
    """Injects faults into calls, and records them."""

    def __init__(
        self,
        scheduler: Scheduler,
        fault_probability: float,
        ends_at_s: float,
        chances: Mapping[Knob, float],
    ) -> None:
        """A call fails with `fault_probability`, until `ends_at_s` virtual seconds.

        `chances` says how likely each knob's behaviour is; what is missing never happens.
        """
        self.injected: list[InjectedFault] = []
        self.ledger_is_throttled = False
        self._chances = chances
        self._ends_at_s = ends_at_s
        self._scheduler = scheduler
        self._fault_probability = fault_probability

    @property
    def active(self) -> bool:
        """Whether faults may still be injected."""
        return self._scheduler.now < self._ends_at_s

    def chance(self, knob: Knob) -> float:
        """How likely the knob's behaviour is."""
        return self._chances.get(knob, 0.0)

    def happens(self, knob: Knob, where: str) -> bool:
        """Whether the knob's behaviour shows now; `where` is for the record."""
        chance = self.chance(knob)
        if not chance or not self.active or self._scheduler.current.fault_free:
            return False
        happens = self._scheduler.random.random() < chance
        if happens:
            self.note(knob, where)
        return happens

    def note(self, knob: Knob, where: str) -> None:
        """Record that the knob's behaviour has shown."""
        self.injected.append(InjectedFault(self._scheduler.now, where, knob))

    def call(self, name: str, effect: Callable[[], T]) -> T:
        """Do `effect` as the call of a port: it takes time, and a fault may hit it."""
        actor = self._scheduler.current
        fault = Fault.KILLED_BEFORE if actor.kill_next else self._draw(name)
        actor.kill_next = False
        before_s, after_s = self._suspended(actor)
        self._scheduler.pause(self.seconds(SLOW_S if fault is Fault.SLOW else FAST_S) + before_s)
        if self.ledger_is_throttled and name.startswith(_LEDGER):
            self._throttle(name)
        if fault is Fault.REFUSED:
            raise _error(name)
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        answer = effect()
        if fault is Fault.KILLED_AFTER:
            raise Killed
        self._scheduler.pause(self.seconds(FAST_S) + after_s)
        if fault is Fault.UNKNOWN:
            raise _error(name)
        return answer

    def seconds(self, between: tuple[float, float]) -> float:
        """A random time in seconds."""
        return self._scheduler.random.uniform(*between)

    def _suspended(self, actor: Actor) -> tuple[float, float]:
        """Seconds for which the process stands still before the call has its effect, and after."""
        seconds, actor.suspend_next_s = actor.suspend_next_s, 0.0
        if seconds and self._scheduler.random.random() < HALF:
            return 0.0, seconds
        return seconds, 0.0

    def _throttle(self, name: str) -> None:
        if self._scheduler.random.random() < THROTTLED_SHARE:
            self.note(Knob.THROTTLED, name)
            raise _error(name)

    def _draw(self, name: str) -> Fault | None:
        rng = self._scheduler.random
        if not self.active or self._scheduler.current.fault_free:
            return None
        if rng.random() >= self._fault_probability:
            return None
        fault = rng.choice(list(Fault))
        self.injected.append(InjectedFault(self._scheduler.now, name, fault))
        return fault


def _error(name: str) -> Exception:
    if name.startswith("database"):
        return InboxUnavailableError(name)
    return OutOfReachError(name)
