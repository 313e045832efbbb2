"""Lambda's Python, where this machine has it, and AWS's runtime interface client for it."""

import shutil
import subprocess
import sys
from pathlib import Path

from lab.ship.pythons import LAMBDA_PYTHON, Python, find_python
from lab.support.errors import LabError
from lab.support.paths import CACHE

CLIENT = ("awslambdaric==4.2.2", "simplejson==4.3.0", "snapshot-restore-py==1.0.0")
"""AWS's runtime interface client and what it needs; nothing that is deployed or installed."""


class RuntimeClientError(LabError):
    """AWS's runtime client could not be installed; the text ends with pip's."""


def lambda_python() -> Python:
    """Lambda's version, where it is found; where it is not, what runs this."""
    return find_python(LAMBDA_PYTHON) or Python(
        executable=Path(sys.executable).resolve(),
        prefix=Path(sys.base_prefix),
        version=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def runtime_client(python: Python) -> Path:
    """A folder with AWS's client for this Python: installed once, in the pinned version.

    Raises `RuntimeClientError`.
    """
    target = CACHE / "lambda" / f"{CLIENT[0]}-python{python.version}"
    if not target.exists():
        half = target.with_name(f"{target.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        command = [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--target", str(half), "--no-deps", "--only-binary", ":all:"),
            *("--python-version", python.version, "--implementation", "cp", *CLIENT),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise RuntimeClientError(
                "AWS's runtime client, which has wheels for Linux alone, can't be installed:\n"
                f"{done.stderr}"
            )
        half.rename(target)
    return target
