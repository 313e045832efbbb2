"""The most memory that each stage's worker held, its children included."""

import re
import threading
from typing import Self

import psutil

from lab.run.local.emulator import Emulator

_FUNCTION = re.compile(r"ministack-lambda-receipts-([A-Za-z]+)-")

_EVERY_S = 0.2


def function_of(process: psutil.Process) -> str | None:
    """The logical id of the function that a worker of the emulator runs; None for others."""
    found = _FUNCTION.search(" ".join(process.cmdline()))
    return found[1] if found else None


class MemoryWatch:
    """Looks at the emulator's workers from time to time, as long as it is entered.

    `peaks` in bytes, by the function's logical id.
    """

    def __init__(self, emulator: Emulator) -> None:
        """`emulator` whose workers are watched."""
        self.peaks: dict[str, int] = {}
        self._emulator = psutil.Process(emulator.process.pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY_S):
            for worker in self._emulator.children():
                try:
                    self._look(worker)
                except psutil.Error:  # it ended while we looked
                    continue

    def _look(self, worker: psutil.Process) -> None:
        name = function_of(worker)
        if name is None:
            return
        held = sum(p.memory_info().rss for p in [worker, *worker.children(recursive=True)])
        self.peaks[name] = max(held, self.peaks.get(name, 0))
