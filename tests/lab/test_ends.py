"""However a command of the lab is ended, no process and no folder of it is left."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lab.support.paths import REFERENCE

pytestmark = pytest.mark.slow

ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
PATIENCE_S = 120
SMALL = ["-m", "lab", "pooler", "--seconds", "60"]
"""A command that starts PostgreSQL and goes on for minutes."""


@pytest.fixture(autouse=True)
def signals_as_usual() -> Iterator[None]:
    """What is ignored here, as below `nohup` or behind `&`, a command would ignore too."""
    ignored = [one for one in ENDING if signal.getsignal(one) is signal.SIG_IGN]
    for one in ignored:
        signal.signal(one, signal.SIG_DFL)
    yield
    for one in ignored:
        signal.signal(one, signal.SIG_IGN)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the command puts its folders; PostgreSQL's unprivileged user may enter it."""
    path = Path(tempfile.mkdtemp(prefix="receipts-ends-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def started(folder: Path) -> tuple[subprocess.Popen[bytes], list[psutil.Process]]:
    """The command, and what it has started as soon as its database is up."""
    environment = {**os.environ, "PYTHONPATH": str(REFERENCE), "TMPDIR": str(folder)}
    command = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, *SMALL],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while command.poll() is None:
        children = psutil.Process(command.pid).children(recursive=True)
        if any("walwriter" in " ".join(cmdline(one)) for one in children):
            return command, children
    raise AssertionError(f"it ended early, with {command.returncode}")


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.mark.parametrize(
    "signals",
    [(signal.SIGHUP, signal.SIGHUP), (signal.SIGTERM,), (signal.SIGINT,)],
    ids=["a terminal that closes, which may say so twice", "SIGTERM", "Ctrl-C"],
)
def test_a_signal_stops_it_in_order(folder: Path, signals: tuple[signal.Signals, ...]) -> None:
    command, children = started(folder)
    for one in signals:
        command.send_signal(one)
    assert command.wait(PATIENCE_S) == 130
    assert psutil.wait_procs(children, PATIENCE_S)[1] == []
    assert list(folder.iterdir()) == []


def test_what_it_started_ends_after_it_was_killed(folder: Path) -> None:
    command, children = started(folder)
    command.kill()
    command.wait()
    assert psutil.wait_procs(children, PATIENCE_S)[1] == []
    assert list(folder.iterdir()) == []
