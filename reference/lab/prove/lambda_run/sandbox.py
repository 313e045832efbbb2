"""A sandbox like Lambda's by bubblewrap: read-only, without network, shared memory, or programs."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from lab.prove.lambda_run import inside
from lab.ship.pythons import Python

SCRATCH_MB = 512
"""What Lambda gives where the template says nothing."""
RUNTIME_PORT = 9001
"""Of the runtime API in Lambda's own sandbox."""
LIBRARY_PATH = (
    "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
)
"""As in Lambda's own sandbox."""

_DEVICES = ("full", "null", "random", "urandom", "zero")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_RUN = "/run/lambda"

LEFT_OUT_WITHOUT = (
    "the sandbox, for there is no `bwrap` (package bubblewrap) that runs here: the functions could "
    "write beside /tmp, had shared memory, the network and this machine's programs, and no "
    "limit of /tmp"
)


class Limits(Struct, frozen=True, kw_only=True):
    """What the template gives a function, in MB."""

    memory_mb: int
    scratch_mb: int = SCRATCH_MB


def find_bubblewrap() -> str | None:
    """Its path, if it is there and may make a sandbox: a container may forbid it."""
    path = shutil.which("bwrap")
    if path is None:
        return None
    tried = [path, "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "true"]
    done = subprocess.run(tried, capture_output=True, check=False)  # noqa: S603
    return None if done.returncode else path


class Sandbox(Struct, frozen=True, kw_only=True):
    """Where one process of a function runs; `folder` is shared with it, for sockets and figures.

    Without bubblewrap it runs in the open, where its ports must be real ones.
    """

    bubblewrap: str | None
    python: Python
    client: Path
    package: Path
    folder: Path
    limits: Limits

    def function(
        self, handler: str, sockets: Mapping[int, str], environment: Mapping[str, str]
    ) -> list[str]:
        """The command that starts a function under AWS's runtime client.

        `sockets` are socket files in `folder`, by the port at which the function finds them.
        """
        boxed = self.bubblewrap is not None
        run = _RUN if boxed else str(self.folder)
        forward = {str(port): f"{run}/{name}" for port, name in sockets.items()}
        task = {
            "forward": forward if boxed else {},
            "memory_mb": self.limits.memory_mb,
            "report": f"{run}/report.json",
            "scratch": "/tmp" if boxed else None,  # noqa: S108  Lambda's
            "command": [self._interpreter, "-m", "awslambdaric", handler],
        }
        first = "/var/rapid/inside.py" if boxed else inside.__file__
        program = [self._interpreter, "-I", "-S", first, json.dumps(task)]
        return [*self._box(environment), *program]

    def breaches(self) -> list[str]:
        """What is possible in it, and shouldn't be; nothing is tried without bubblewrap."""
        if self.bubblewrap is None:
            return []
        program = [self._interpreter, "-I", "/var/rapid/probe.py", str(self.limits.scratch_mb)]
        done = subprocess.run(  # noqa: S603  our own program
            [*self._box({"LD_LIBRARY_PATH": LIBRARY_PATH}), *program],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return [f"can't be looked at from within: {done.stderr[-500:]}"]
        found: list[str] = json.loads(done.stdout)
        return found

    @property
    def _interpreter(self) -> str:
        where = "/var/lang/bin" if self.bubblewrap else self.python.executable.parent
        return f"{where}/{self.python.executable.name}"

    def _box(self, environment: Mapping[str, str]) -> Sequence[str]:
        if self.bubblewrap is None:
            return []
        libraries = [it for it in _LIBRARIES if Path(it).exists()]
        rapid = Path(inside.__file__).parent
        return [
            *(self.bubblewrap, "--die-with-parent", "--unshare-all", "--unshare-user"),
            *("--uid", "993", "--gid", "990", "--clearenv"),
            *(it for name, value in environment.items() for it in ("--setenv", name, value)),
            *(it for path in libraries for it in ("--ro-bind", path, path)),
            *("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
            *("--proc", "/proc"),
            *(it for name in _DEVICES for it in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")),
            *("--size", str(self.limits.scratch_mb * 2**20), "--tmpfs", "/tmp"),  # noqa: S108
            *("--ro-bind", str(self.python.prefix), "/var/lang"),
            *("--ro-bind", str(self.client), "/var/runtime"),
            *("--ro-bind", str(self.package), "/var/task"),
            *("--ro-bind", str(rapid / "inside.py"), "/var/rapid/inside.py"),
            *("--ro-bind", str(rapid / "probe.py"), "/var/rapid/probe.py"),
            *("--bind", str(self.folder), _RUN),
            *("--chdir", "/var/task", "--remount-ro", "/", "--"),
        ]
