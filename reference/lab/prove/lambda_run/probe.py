"""Runs in a sandbox like the functions', tries what Lambda forbids, and prints what it could do.

Only with the standard library, for it runs on Lambda's Python. One argument: the MB of /tmp.
"""

import json
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

ELSEWHERE = ("192.0.2.1", 443)
"""An address that is nobody's: with a network, it would time out and not be out of reach."""


def can(do: Callable[[], object]) -> bool:
    """Whether it works."""
    try:
        do()
    except OSError:
        return False
    return True


def breaches(scratch_mb: int) -> list[str]:
    """What should not be possible, and is."""
    of = os.statvfs("/tmp")  # noqa: S108  Lambda's scratch
    found = {
        "writes where its code is": can(lambda: Path("/var/task/x").write_text("x")),
        "writes where the runtime is": can(lambda: Path("/var/runtime/x").write_text("x")),
        "writes beside /tmp": can(lambda: Path("/x").write_text("x")),
        "has shared memory": can(multiprocessing.Lock),
        "has a network": can(lambda: socket.create_connection(ELSEWHERE, 2)) or _is_routed(),
        "finds this machine's programs": Path("/usr/bin").exists() or Path("/usr/local").exists(),
        "finds this machine's users": Path("/etc/passwd").exists() or Path("/root").exists(),
        "has a home": "HOME" in os.environ,
        "is root": os.getuid() == 0,
        "can't write to /tmp": not can(lambda: Path("/tmp/x").write_text("x")),  # noqa: S108
        "has another size of /tmp": of.f_blocks * of.f_frsize != scratch_mb * 2**20,
    }
    return [what for what, is_so in found.items() if is_so]


def _is_routed() -> bool:
    """Whether any way leads out of here, whoever answers there."""
    return len(Path("/proc/net/route").read_text().splitlines()) > 1


if __name__ == "__main__":
    sys.stdout.write(json.dumps(breaches(int(sys.argv[1]))))
