"""Starts and stops child processes so that none outlives whoever started it."""

import contextlib
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

GRACE_S = 10.0
"""How long a process and its children may take to stop before they are killed."""


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
    """Ask the process to stop, wait for it and its children, kill what is left."""
    family = _family(process)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    # Its children are not told: workers finish what they have in hand.
    _, alive = psutil.wait_procs(family, timeout=grace_s)
    for survivor in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            survivor.kill()
    psutil.wait_procs(alive, timeout=grace_s)
    process.wait()


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        parent = psutil.Process(process.pid)
        return [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return []
