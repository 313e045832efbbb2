"""The client's agent as its supervisor runs it: started again after it died, told a new rate."""

import contextlib
import re
import signal
import threading
import time
import tomllib
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx
import tomli_w

from lab.run.local.system import LocalSystem
from lab.support.free_port import free_port
from receipts.agent.config import ROWS_PER_TRANSACTION

if TYPE_CHECKING:
    import subprocess

RESTART_S = 5.0
"""The supervisor's pause before it starts a dead agent again; the unit of the how-to waits 15 s."""

MAX_RESTARTS = 20
"""An agent that dies by itself over and over is a defect: the demo ends and shows its log."""

FIRST_ROW_S = 10.0
"""How long the first row may take after a start."""

_STATE = re.compile(r'^receipts_agent_state\{receipts_agent_state="([^"]+)"\} 1\.0$', re.MULTILINE)


class SupervisedAgent:
    """Use it as a context: on the way out the agent is stopped cleanly."""

    def __init__(
        self,
        system: LocalSystem,
        ceiling: float,
        *,
        aws_url: str,
        database: str,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ceiling` in rows a second; `aws_url` and `database` are how it reaches both."""
        self._system = system
        self._reach = {"aws_url": aws_url, "database": database}
        self._now = now
        self._stack = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._died_at: float | None = None
        self.ceiling = ceiling
        self.paused = False
        self.starts = 0

    def __enter__(self) -> Self:
        """Start it."""
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._stack.close()

    @property
    def log(self) -> Path:
        """The output of the agent that was started last."""
        return self._folder / "agent.log"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def given_up(self) -> bool:
        """Whether it died so often that starting it again is no use."""
        return not self.running and self.starts > MAX_RESTARTS

    def supervise(self) -> bool:
        """Start it again if it died a while ago; answers whether it was started now."""
        with self._lock:
            if self.running or self.given_up:
                return False
            if self._died_at is None:
                self._died_at = self._now()
            if self._now() - self._died_at < RESTART_S:
                return False
            self._stack.close()
            self._start()
            return True

    def kill(self) -> None:
        """As a machine that loses power: no transaction is finished, no message given back."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGKILL)
                self._process.wait()
                self._died_at = self._now()

    def set(self, *, ceiling: float | None = None, paused: bool | None = None) -> None:
        """Write it into the agent's file, which a running agent obeys within seconds."""
        with self._lock:
            self.ceiling = self.ceiling if ceiling is None else ceiling
            self.paused = self.paused if paused is None else paused
            self._write()

    def state(self) -> str:
        """What it says that it is doing, or that it is dead."""
        if not self.running:
            return "dead"
        with contextlib.suppress(httpx.HTTPError):
            said = httpx.get(f"http://127.0.0.1:{self._port}/metrics", timeout=1.0).text
            if found := _STATE.search(said):
                return found[1]
        return "starting"

    def _start(self) -> None:
        self.starts += 1
        self._died_at = None
        # A new agent waits as if a whole transaction had just gone out: at a low ceiling a minute.
        rows = min(ROWS_PER_TRANSACTION, ceil(self.ceiling * FIRST_ROW_S))
        self._port = free_port()
        self._folder = self._system.folder / f"agent-{self.starts}"
        self._folder.mkdir()
        self._process = self._stack.enter_context(
            self._system.agent(
                self.ceiling,
                folder=self._folder,
                metrics_port=self._port,
                rows_per_transaction=rows,
                paused=self.paused,
                **self._reach,
            )
        )

    def _write(self) -> None:
        config = self._folder / "agent.toml"
        settings = tomllib.loads(config.read_text(encoding="utf-8"))
        settings |= {"rows_per_second": self.ceiling, "paused": self.paused}
        written = config.with_suffix(".new")
        written.write_text(tomli_w.dumps(settings), encoding="utf-8")
        written.replace(config)
