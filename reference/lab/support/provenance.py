"""Measured data: the one way to write it, each file with where its figures come from."""

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, json

from lab.support.code_digest import code_digest
from lab.support.paths import DATA, ROOT


class Provenance(Struct, frozen=True, kw_only=True):
    """Enough to judge a figure, and to measure it again.

    `code` is the digest of `packages`, those whose code was measured; None where it was not noted.
    """

    machine: str
    cores: int
    python: str
    date: dt.date
    commit: str
    packages: tuple[str, ...] = ()
    code: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether the measured packages hold the same code today."""
        try:
            return self.code == code_digest(*self.packages)
        except FileNotFoundError:
            return False


class DataFile(Struct, frozen=True, kw_only=True):
    """What a file of `docs/data` holds: each has its figures beside this."""

    provenance: Provenance


def provenance(*packages: str) -> Provenance:
    """Of this machine, now; `packages` are those whose code was measured, e.g. "lab.measure.peak".

    The commit ends in `+` where the sources were changed since.
    """
    return Provenance(
        machine=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        date=dt.datetime.now(dt.UTC).date(),
        commit=_git("rev-parse", "--short", "HEAD")
        + ("+" if _git("status", "--porcelain", "reference") else ""),
        packages=packages,
        code=code_digest(*packages),
    )


def save(
    name: str, figures: DataFile | Mapping[str, object], out: Path | None = None, *, indent: int = 2
) -> Path:
    """Write `docs/data/<name>.json`, or `out` instead; answer its path.

    Many samples fit one line: `indent=-1`. Raises ValueError for figures without their provenance.
    """
    if isinstance(figures, Mapping) and "provenance" not in figures:
        raise ValueError(f"{name}: the figures don't say where they come from")
    path = out or DATA / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.format(json.encode(figures), indent=indent) + b"\n")
    return path


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  fixed arguments
            ["git", *arguments],  # noqa: S607  the developer's own git
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
