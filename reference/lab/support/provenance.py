"""Writes measured data, with the provenance of its figures in each file."""

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
    """Where a figure comes from: enough to judge it, and to measure it again.

    `code` is the digest of the measured `packages`; None where it was not recorded.
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
    """The base of every file of `docs/data`: subclasses add their figures."""

    provenance: Provenance


def provenance(*packages: str) -> Provenance:
    """The provenance of a figure measured here and now; `packages` are those that were measured.

    The commit ends in `+` where the sources have changes on top of it.
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
    """Write `docs/data/<name>.json`, or `out` instead; returns its path.

    `indent=-1` writes one line, for many samples. Raises ValueError for figures without provenance.
    """
    if isinstance(figures, Mapping) and "provenance" not in figures:
        raise ValueError(f"{name}: the figures have no provenance")
    path = out or DATA / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.format(json.encode(figures), indent=indent) + b"\n")
    return path


def _git(*arguments: str) -> str:
    try:
        completed = subprocess.run(  # noqa: S603  fixed arguments
            ["git", *arguments],  # noqa: S607  the developer's own git
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return completed.stdout.strip()
