"""No process outlives the one that started it."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lab.run.local.processes import running_process
from lab.support.paths import REFERENCE

CHILD_OF_ITS_OWN = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(child.pid, flush=True); time.sleep(600)"
)


def _first_line(log: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        line, end, _ = log.read_text().partition("\n")
        if end:
            return line
    raise AssertionError(f"it ended early: {log.read_text()}")


@pytest.mark.slow
def test_a_failure_stops_the_process_and_its_children(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-c", CHILD_OF_ITS_OWN]
    environment = dict(os.environ)
    with (
        contextlib.suppress(ZeroDivisionError),
        running_process(command, env=environment, cwd=tmp_path, log=log, grace_s=0.2) as process,
    ):
        grandchild = int(_first_line(log, process))
        _ = 1 / 0
    assert _is_gone(process.pid)
    assert _is_gone(grandchild)


@pytest.mark.slow
def test_one_that_ignores_sigterm_is_killed(tmp_path):
    log = tmp_path / "log"
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('ready', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", stubborn]
    environment = dict(os.environ)
    with running_process(command, env=environment, cwd=tmp_path, log=log, grace_s=0.2) as process:
        _first_line(log, process)
    assert _is_gone(process.pid)


@pytest.mark.slow
def test_what_was_started_ends_when_the_lab_is_killed(tmp_path):
    lab = (
        "import pathlib, sys, time; from lab.run.local.processes import running_process\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "with running_process(command, env={}, cwd=here, log=here / 'log', grace_s=0.2) as process:"
        " print(process.pid, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(REFERENCE)}
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", lab], env=environment, stdout=subprocess.PIPE
    ) as killed:
        assert killed.stdout is not None
        child = psutil.Process(int(killed.stdout.readline()))
        killed.kill()
    assert psutil.wait_procs([child], timeout=120)[1] == []


def _is_gone(pid: int) -> bool:
    # An orphan that is not reaped yet has ended, too.
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True
