"""Compiles the package's modules for Lambda's Python, so that no cold start does.

Lambda can't write beside the code, so without this each new process compiles all that it imports.
The compiled modules are taken as they are, without a look at their sources, which never change.
"""

import subprocess
from pathlib import Path

from lab.support.errors import LabError

IN_LAMBDA = "/var/task"
"""Where Lambda puts the package: tracebacks name the sources there."""


def compile_modules(package: Path, program: Path | str) -> None:
    """Compile every module with this Python. Raises LabError for one that can't be compiled."""
    how = ("-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(package), "-p", IN_LAMBDA)
    done = subprocess.run(  # noqa: S603 - as above
        [program, "-m", "compileall", *how, str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LabError(f"{program} could not compile the package:\n{done.stdout[-2_000:]}")
