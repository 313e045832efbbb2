"""The client's expenses app beside the demo: its calls, and how long the last ones took."""

import contextlib
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from math import ceil

from msgspec import DecodeError, Struct, json

from lab.run.expenses.app import Block, CallTiming
from lab.run.expenses.calls import fill_tables
from lab.run.local.system import LocalSystem
from lab.support.guard import guard
from lab.support.paths import REFERENCE

CALLS_PER_S = 10.0
CONNECTIONS = 4
EXPENSES = 30_000
"""A tenth of what the measurements use: it is filled in a second."""

LOOKED_BACK_CALLS = 300
"""Half a minute of calls."""


class AppNow(Struct, frozen=True, kw_only=True):
    """Of the last calls: how many, how many of them failed, and the 95th percentile of the rest."""

    calls: int
    failed: int
    p95_ms: float | None


class CallLog:
    """The last calls, and no more."""

    def __init__(self) -> None:
        """No call was made yet."""
        self._calls: deque[CallTiming] = deque(maxlen=LOOKED_BACK_CALLS)
        self._lock = threading.Lock()

    def add(self, timings: Sequence[CallTiming]) -> None:
        """Note what was answered."""
        with self._lock:
            self._calls.extend(timings)

    def now(self) -> AppNow:
        """How they were."""
        with self._lock:
            calls = list(self._calls)
        answered = sorted(call.latency_s for call in calls if not call.failed)
        p95 = answered[ceil(0.95 * len(answered)) - 1] * 1000 if answered else None
        return AppNow(calls=len(calls), failed=len(calls) - len(answered), p95_ms=p95)


@contextlib.contextmanager
def running_app(system: LocalSystem) -> Iterator[CallLog]:
    """Let the app work on its own tables, in a process of its own, until the context ends."""
    with system.connect() as connection:
        fill_tables(connection, EXPENSES)
    log = CallLog()
    with _process(system.database.conninfo("expenses_app")) as process:
        threading.Thread(target=_call, args=(process, log), daemon=True).start()
        yield log


@contextlib.contextmanager
def _process(conninfo: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603  ours
        [sys.executable, "-m", "lab.run.expenses.app", conninfo, str(CONNECTIONS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a pool that says that the database is away: the page does
        env={"PYTHONPATH": str(REFERENCE)},
        start_new_session=True,  # Ctrl-C is for us; we stop it
    )
    with guard(f"kill -KILL {process.pid}"):
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _call(process: subprocess.Popen[bytes], log: CallLog) -> None:
    """A second of calls after another, until the process ends."""
    assert process.stdin is not None  # noqa: S101  both are pipes
    assert process.stdout is not None  # noqa: S101
    seed = 0
    with contextlib.suppress(OSError, DecodeError):
        while process.poll() is None:
            seed += 1
            block = Block(seed=seed, start=time.monotonic(), rate=CALLS_PER_S, seconds=1.0)
            process.stdin.write(json.encode(block) + b"\n")
            process.stdin.flush()
            log.add(json.decode(process.stdout.readline(), type=list[CallTiming]))
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            pipe.close()
