"""Two agents, each started again when it has ended, as a service manager does."""

import contextlib
import signal
import threading
import tomllib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import tomli_w

from lab.prove.drills.environment import Agent, DrillEnvironment, DrillError

if TYPE_CHECKING:
    from pathlib import Path

CEILING_ROWS_PER_S = 30.0
"""At the start of each round: so low that results wait for the pace while faults come and go."""

POLL_S = 0.05
RESTART_PAUSE_S = 0.3
"""Between an end and the next start; systemd's unit waits five seconds."""


class SupervisedAgent:
    """An agent that is always started again; faults signal it, and change its file."""

    def __init__(self, env: DrillEnvironment, name: str) -> None:
        """Not started yet: see `supervised_agents`."""
        self.name = name
        self.logs: list[Path] = []
        self._env = env
        self._settings: dict[str, object] = {"rows_per_second": CEILING_ROWS_PER_S}
        self._start_settings: dict[str, object] = {}
        self._file: Path | None = None
        self._lock = threading.Lock()
        self._agent: Agent | None = None
        self._stopping = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._supervise, name=name)

    @property
    def is_up(self) -> bool:
        """Whether its process runs and has said that it started."""
        agent = self._agent
        return agent is not None and agent.process.poll() is None and agent.logged('"started"')

    def start(self) -> None:
        """Start it, and whatever ends it, again."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it for good, cleanly. Raises what ended the supervision, if anything did."""
        self._stopping.set()
        self.signal(signal.SIGCONT)
        self._thread.join()
        if self._error:
            raise DrillError(f"{self.name} could not be supervised") from self._error

    def signal(self, number: signal.Signals) -> None:
        """Send its process a signal; nothing happens where there is none just now."""
        agent = self._agent
        if agent is not None:
            with contextlib.suppress(ProcessLookupError):
                agent.process.send_signal(number)

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Within this context its process is stopped, as a virtual machine in a snapshot is."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def configure(self, **settings: object) -> None:
        """Set these keys of its file, now and at each later start."""
        with self._lock:
            self._settings |= settings
            self._replace_file(self._file_text())

    def damage_file(self, text: str | None) -> None:
        """Put this text where its file was, or remove the file; `configure` mends it."""
        with self._lock:
            self._replace_file(text)

    def _supervise(self) -> None:
        try:
            while not self._stopping.is_set():
                self._run_once()
                self._stopping.wait(RESTART_PAUSE_S)
        except Exception as error:  # noqa: BLE001  raised by `stop`, in the thread that ends the run
            self._error = error

    def _run_once(self) -> None:
        ceiling = self._settings["rows_per_second"]
        with self._env.agent(rows_per_second=float(str(ceiling)), share=1.0) as agent:
            self.logs.append(agent.log)
            with self._lock:
                self._agent = agent
                self._file = agent.log.with_name("agent.toml")
                self._start_settings = tomllib.loads(self._file.read_text())
                self._replace_file(self._file_text())  # what was changed while it was started
            while agent.process.poll() is None and not self._stopping.wait(POLL_S):
                pass
            self.signal(signal.SIGCONT)  # a process that is suspended can't be stopped

    def _file_text(self) -> str:
        return tomli_w.dumps({**self._start_settings, **self._settings})

    def _replace_file(self, text: str | None) -> None:
        if self._file is None:
            return
        if text is None:
            self._file.unlink(missing_ok=True)
            return
        new = self._file.with_suffix(".new")
        new.write_text(text)
        new.replace(self._file)


@contextlib.contextmanager
def supervised_agents(env: DrillEnvironment) -> Iterator[Sequence[SupervisedAgent]]:
    """Two of them; stopped on the way out."""
    agents = [SupervisedAgent(env, "first agent"), SupervisedAgent(env, "second agent")]
    with contextlib.ExitStack() as stack:
        for agent in agents:
            agent.start()
            stack.callback(agent.stop)
        yield agents
