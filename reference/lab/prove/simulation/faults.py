"""Which calls fail, and how: drawn from the seed, until faults end and everything must drain."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from lab.prove.simulation.scheduler import Killed, Scheduler
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
    """One fault: `at_s` in virtual seconds, and the call that it hit."""

    at_s: float
    call: str
    fault: Fault


FAST_S = (0.001, 0.03)
SLOW_S = (1.0, 8.0)


class Faults:
    """Injects faults into calls, and records them."""

    def __init__(self, scheduler: Scheduler, fault_probability: float, ends_at_s: float) -> None:
        """A call fails with `fault_probability`, until `ends_at_s` virtual seconds."""
        self.injected: list[InjectedFault] = []
        self._ends_at_s = ends_at_s
        self._scheduler = scheduler
        self._fault_probability = fault_probability

    @property
    def active(self) -> bool:
        """Whether faults may still be injected."""
        return self._scheduler.now < self._ends_at_s

    def call(self, name: str, effect: Callable[[], T]) -> T:
        """Do `effect` as the call of a port: it takes time, and a fault may hit it."""
        actor = self._scheduler.current
        fault = Fault.KILLED_BEFORE if actor.kill_next else self._draw(name)
        actor.kill_next = False
        self._scheduler.pause(self.seconds(SLOW_S if fault is Fault.SLOW else FAST_S))
        if fault is Fault.REFUSED:
            raise _error(name)
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        answer = effect()
        if fault is Fault.KILLED_AFTER:
            raise Killed
        self._scheduler.pause(self.seconds(FAST_S))
        if fault is Fault.UNKNOWN:
            raise _error(name)
        return answer

    def seconds(self, between: tuple[float, float]) -> float:
        """A random time in seconds."""
        return self._scheduler.random.uniform(*between)

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
