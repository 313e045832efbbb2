"""The threads of an agent's process, as actors: they may be late, and die with the process."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

from lab.prove.simulation.scheduler import Actor, Killed, Scheduler

P = ParamSpec("P")
T = TypeVar("T")

LATE_S = (0.0, 0.0, 0.5, 20.0)
"""How late a thread begins: mostly at once, sometimes when the next transactions are written."""

LOOK_S = 0.01
"""How often an actor that waits for a thread looks whether it is done."""


class SimExecutor(Executor):
    """Threads of the actor that submits. They live and die together, as in one process."""

    def __init__(self, scheduler: Scheduler) -> None:
        """Made by the actor whose process it is."""
        self._scheduler = scheduler
        self._process = scheduler.current
        self._threads: list[Actor] = []
        self._dead = False

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """See `Executor`."""
        future: Future[T] = _SimFuture(self._scheduler)

        def run() -> None:
            try:
                future.set_result(call(*args, **kwargs))
            except Killed as killed:
                if not self._dead:  # a fault killed this thread, and so the process
                    self._process.kill_next = True
                    self.kill()
                future.set_exception(killed)
            except Exception as error:  # noqa: BLE001  as every executor does
                future.set_exception(error)

        late_s = self._scheduler.random.uniform(0.0, self._scheduler.random.choice(LATE_S))
        self._threads.append(self._scheduler.spawn(run, late_s))
        return future

    def kill(self) -> None:
        """The process is dead: no thread has another effect."""
        self._dead = True
        for thread in self._threads:
            thread.kill_next = True


class _SimFuture(Future[T]):
    """A future whose waiting lets the other actors run."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler

    def result(self, timeout: float | None = None) -> T:
        self._wait()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._wait()
        error = super().exception(timeout)
        if isinstance(error, Killed):
            raise error
        return error

    def _wait(self) -> None:
        while not self.done():
            self._scheduler.pause(LOOK_S)
