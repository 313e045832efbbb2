"""The messages between the processes of the experiment: a JSON line each way for each block."""

import subprocess
import sys
from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct, json

from lab.measure.peak.design import Route
from receipts.agent.config import SHARE

T = TypeVar("T")


class WriteCommand(Struct, frozen=True, kw_only=True):
    """Write by `route` from monotonic second `start` on, `position` seconds into the curve."""

    route: Route
    start: float
    seconds: float
    position: float
    ceiling: float
    share: float = SHARE


class WriteResult(Struct, frozen=True, kw_only=True):
    """The writer's counts for one block.

    `committed` are results that the writer takes for stored and forgets; the rows themselves are
    counted in the database. `refused` are attempts that the server turned away, `lost` results that
    the writer gave up. `paced_rows` over `paced_s` is the rate between the first and the last
    transaction.
    """

    committed: int = 0
    attempts: int = 0
    refused: int = 0
    lost: int = 0
    paced_rows: int = 0
    paced_s: float = 0.0
    write_s: Sequence[float] = ()


class WorkerProcess:
    """A Python process that answers each command with one result."""

    def __init__(self, module: str, *arguments: str) -> None:
        """`module` is run with `-m`."""
        self._process = subprocess.Popen(  # noqa: S603  ours
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which stops this process
        )

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def send(self, command: Struct) -> None:
        """Send a command; does not wait for its result."""
        assert self._process.stdin is not None  # noqa: S101  it is a pipe
        self._process.stdin.write(json.encode(command) + b"\n")
        self._process.stdin.flush()

    def receive(self, kind: type[T]) -> T:
        """Wait for the result. Raises RuntimeError where the process died."""
        assert self._process.stdout is not None  # noqa: S101  it is a pipe
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process of the experiment died ({self._process.args!r})")
        return json.decode(line, type=kind)

    def stop(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
