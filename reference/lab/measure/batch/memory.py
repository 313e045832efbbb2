"""The peak memory of each stage's worker, its children included."""

import re
import threading
from typing import Self

import psutil

from lab.run.local.emulator import Emulator

_FUNCTION = re.compile(r"ministack-lambda-receipts-([A-Za-z]+)-")

_SAMPLE_EVERY_S = 0.2


def function_of(process: psutil.Process) -> str | None:
    """The logical id of the function that this worker of the emulator runs; None for others."""
    found = _FUNCTION.search(" ".join(process.cmdline()))
    return found[1] if found else None


class MemoryWatch:
    """Samples the memory of the emulator's workers while the context is open.

    `peaks` are bytes by the function's logical id.
    """

    def __init__(self, emulator: Emulator) -> None:
        """`emulator` is the one whose workers are sampled."""
        self.peaks: dict[str, int] = {}
        self._emulator = psutil.Process(emulator.process.pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        """Start sampling."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SAMPLE_EVERY_S):
            for worker in self._emulator.children():
                try:
                    self._sample(worker)
                except psutil.Error:  # it ended meanwhile
                    continue

    def _sample(self, worker: psutil.Process) -> None:
        name = function_of(worker)
        if name is None:
            return
        used_bytes = sum(p.memory_info().rss for p in [worker, *worker.children(recursive=True)])
        self.peaks[name] = max(used_bytes, self.peaks.get(name, 0))
