"""Runs actors one at a time, in virtual time; a seed decides who goes first.

An actor is plain code in a greenlet. It gives way whenever it calls a port, so that everything
that can happen between two calls on AWS can happen here.
"""

import heapq
import random
from collections.abc import Callable

from greenlet import getcurrent, greenlet


class Killed(BaseException):
    """The actor's process was killed at this very call. Not an error: no `except` sees it."""


class Actor(greenlet):
    """A greenlet with what Lambda gives a function: a time limit.

    `fault_free` from chance, or `kill_next` to be killed at its next call.
    """

    deadline_s = float("inf")
    fault_free = False
    kill_next = False


class Scheduler:
    """Virtual seconds from 0."""

    def __init__(self, seed: int) -> None:
        """All chance comes from `seed`."""
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
        """Give way, and go on that much later."""
        actor = self.current
        self._wake(actor, seconds)
        self._main.switch()
        if self.now > actor.deadline_s:
            raise Killed

    @property
    def current(self) -> Actor:
        """The actor that is acting."""
        actor = getcurrent()
        assert isinstance(actor, Actor)  # noqa: S101  nobody else may call
        return actor

    def run(self, until: Callable[[], bool], horizon_s: float) -> bool:
        """Let the actors act until `until` holds; False where the virtual time runs out first."""
        while self._waiting and self.now < horizon_s:
            self.now, _, _, actor = heapq.heappop(self._waiting)
            self.steps += 1
            actor.switch()
            if until():
                return True
        return until()

    def stop(self) -> None:
        """Let go of all actors."""
        while self._waiting:
            actor = heapq.heappop(self._waiting)[3]
            actor.throw()  # GreenletExit: nobody catches that

    def _wake(self, actor: Actor, delay_s: float) -> None:
        self._number += 1
        entry = (self.now + delay_s, self.random.random(), self._number, actor)
        heapq.heappush(self._waiting, entry)
