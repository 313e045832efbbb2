"""Starts child processes, and stops them with all their children: none outlives the lab."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from lab.support.guard import guard

GRACE_S = 10.0
"""How long a process and its children may take to stop before they are killed."""


@contextlib.contextmanager
def running_process(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    grace_s: float = GRACE_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` with its output in `log`; stop it and all its children on the way out.

    It runs in a session of its own: Ctrl-C reaches only the lab, which then stops it in order.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  the lab starts its own programs
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with guard(f"kill -TERM -{process.pid}; sleep {grace_s:g}; kill -KILL -{process.pid}"):
            try:
                yield process
            finally:
                stop(process, grace_s)


def stop(process: subprocess.Popen[bytes], grace_s: float) -> None:
    """Stop the process, then its remaining children; kill those that don't stop in time.

    The process comes first, so that it can finish its work and stop its children itself. Those that
    remain are signalled through the process group that they share with it.
    """
    descendants = _descendants(process)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    for stop_signal in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, stop_signal)
        psutil.wait_procs(descendants, timeout=grace_s)
    process.wait()


def _descendants(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
