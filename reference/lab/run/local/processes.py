"""Starts and stops child processes so that none outlives whoever started it."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

GRACE_S = 10.0
"""How long a process and its children may take to stop before they are killed."""


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    grace_s: float = GRACE_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` with its output in `log`; stop it and all its children on the way out.

    It gets a session of its own, so that Ctrl-C reaches only us and the order of stopping is ours.
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
        try:
            yield process
        finally:
            stop(process, grace_s)


def stop(process: subprocess.Popen[bytes], grace_s: float) -> None:
    """Ask the process to stop, then what is left of its children; kill what doesn't.

    The process goes first, so that it can finish what it has in hand. Its children would wait for
    word from it: those that are left are told by the group that they were started in.
    """
    family = _family(process)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    for last_word in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, last_word)
        psutil.wait_procs(family, timeout=grace_s)
    process.wait()


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
