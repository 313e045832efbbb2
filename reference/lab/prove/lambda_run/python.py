"""Lambda's Python, where this machine has it, and AWS's runtime interface client for it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from lab.ship.lambda_package import LAMBDA_PYTHON
from lab.support.errors import LabError
from lab.support.paths import CACHE

CLIENT = ("awslambdaric==4.2.2", "simplejson==4.3.0", "snapshot-restore-py==1.0.0")
"""AWS's runtime interface client and what it needs; nothing that is deployed or installed."""

_ASK = "import sys; print(sys.version_info[:2], sys.base_prefix, sep='|')"


class RuntimeClientError(LabError):
    """AWS's runtime client could not be installed; the text ends with pip's."""


class Python(Struct, frozen=True, kw_only=True):
    """An interpreter: `prefix` is its folder, `version` as "3.13"."""

    executable: Path
    prefix: Path
    version: str

    @property
    def is_lambdas(self) -> bool:
        """Whether it is the version that the template asks for."""
        return self.version == LAMBDA_PYTHON


def lambda_python() -> Python:
    """Lambda's version, on PATH, of pyenv, or of uv; where there is none, what runs this."""
    for path in _candidates():
        found = _asked(path)
        if found and found.is_lambdas:
            return found
    return Python(
        executable=Path(sys.executable).resolve(),
        prefix=Path(sys.base_prefix),
        version=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def _candidates() -> Iterator[Path]:
    name = f"python{LAMBDA_PYTHON}"
    if on_path := shutil.which(name):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{LAMBDA_PYTHON}*/bin/{name}"))
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        done = subprocess.run(  # noqa: S603  the lab's own uv
            [uv, "python", "find", "--no-python-downloads", LAMBDA_PYTHON],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            yield Path(done.stdout.strip())


def _asked(executable: Path) -> Python | None:
    """What it says of itself; None where it doesn't run, as pyenv's stand-ins may not."""
    done = subprocess.run(  # noqa: S603  found above
        [executable, "-I", "-c", _ASK], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return None
    version, prefix = done.stdout.strip().split("|")
    major, minor = version.strip("()").split(", ")
    number = f"{major}.{minor}"
    return Python(
        executable=Path(prefix, "bin", f"python{number}"), prefix=Path(prefix), version=number
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
