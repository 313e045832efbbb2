"""Runs actors one at a time, in virtual time; a seed decides the order.

An actor is plain code in a greenlet. Each call of a port lets the other actors run, so everything
that can happen between two calls on AWS can happen here.
"""

import heapq
import random
from collections.abc import Callable

from greenlet import getcurrent, greenlet


class Killed(BaseException):
    """The actor's process was killed at this call. Not an `Exception`: no stage may catch it."""


class Actor(greenlet):
    """A process: a greenlet that is killed after `deadline_s`, as Lambda kills a function.

    While it is `fault_free` no fault is injected; `kill_next` kills it at its next call, and
    `suspend_next_s` stops it there for so long.
    """

    deadline_s = float("inf")
    fault_free = False
    kill_next = False
    suspend_next_s = 0.0


class Scheduler:
    """Virtual time, in seconds from 0, and who runs next."""

    def __init__(self, seed: int) -> None:
        """Every random number of the run comes from `seed`."""
        self.random = random.Random(seed)  # noqa: S311  a simulation, not a secret
        self.now = 0.0
        self.steps = 0
        self._waiting: list[tuple[float, float, int, Actor]] = []
        self._main = getcurrent()
        self._number = 0

    def spawn(self, act: Callable[[], None], delay_s: float = 0.0) -> Actor:
        """Start an actor, `delay_s` seconds from now."""
        actor = Actor(act, self._main)
        self._wake(actor, delay_s)
        return actor

    def pause(self, seconds: float) -> None:
        """Let other actors run for so long. Raises `Killed` where the deadline passes meanwhile."""
        actor = self.current
        self._wake(actor, seconds)
        self._main.switch()
        if self.now > actor.deadline_s:
            raise Killed

    @property
    def current(self) -> Actor:
        """The actor that runs now."""
        actor = getcurrent()
        assert isinstance(actor, Actor)  # noqa: S101  only actors may call
        return actor

    def run(self, until: Callable[[], bool], horizon_s: float) -> bool:
        """Run actors until `until` is true; False where `horizon_s` is reached first."""
        while self._waiting and self.now < horizon_s:
            self.now, _, _, actor = heapq.heappop(self._waiting)
            self.steps += 1
            actor.switch()
            if until():
                return True
        return until()

    def stop(self) -> None:
        """End all actors."""
        while self._waiting:
            actor = heapq.heappop(self._waiting)[3]
            actor.throw()  # GreenletExit: no actor catches it

    def _wake(self, actor: Actor, delay_s: float) -> None:
        self._number += 1
        entry = (self.now + delay_s, self.random.random(), self._number, actor)
        heapq.heappush(self._waiting, entry)
