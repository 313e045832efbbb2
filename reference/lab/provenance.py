"""Where a measured figure comes from: machine, date and commit stand beside it in its data file."""

import datetime as dt
import os
import platform
import subprocess
from pathlib import Path

from msgspec import Struct, json

DATA = Path(__file__).parents[2] / "docs" / "data"
"""Measured figures; pages read them, and only the commands that measure them write them."""


class Provenance(Struct, frozen=True, kw_only=True):
    """Enough to judge a figure, and to measure it again."""

    machine: str
    cores: int
    python: str
    date: dt.date
    commit: str


def provenance() -> Provenance:
    """Of this machine, now. The commit ends in `+` where the sources were changed since."""
    return Provenance(
        machine=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        date=dt.datetime.now(dt.UTC).date(),
        commit=_git("rev-parse", "--short", "HEAD")
        + ("+" if _git("status", "--porcelain", "reference") else ""),
    )


def save(name: str, figures: Struct) -> Path:
    """Write `docs/data/<name>.json`; answer its path."""
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"{name}.json"
    path.write_bytes(json.format(json.encode(figures), indent=2) + b"\n")
    return path


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  fixed arguments
            ["git", *arguments],  # noqa: S607  the developer's own git
            cwd=DATA.parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
