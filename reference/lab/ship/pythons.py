"""Finds Python in the version that Lambda runs, to compile the package for it, and to run it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

LAMBDA_PYTHON = "3.13"
"""The version that the template asks for."""

_ASK = "import sys; print(sys.version_info[:2], sys.base_prefix, sep='|')"


class Python(Struct, frozen=True, kw_only=True):
    """An interpreter: `prefix` is its folder, `version` as "3.13"."""

    executable: Path
    prefix: Path
    version: str

    @property
    def is_lambdas(self) -> bool:
        """Whether it is the version that the template asks for."""
        return self.version == LAMBDA_PYTHON


def find_python(version: str) -> Python | None:
    """The first of this version, "3.13" say, on PATH, of pyenv, or of uv; None without one."""
    asked = map(_asked, _candidates(version))
    return next((found for found in asked if found and found.version == version), None)


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    if on_path := shutil.which(name):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{version}*/bin/{name}"))
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        done = subprocess.run(  # noqa: S603  the lab's own uv
            [uv, "python", "find", "--no-python-downloads", version],
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
