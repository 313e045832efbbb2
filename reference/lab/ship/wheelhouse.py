"""Builds what a client without a network installs: the agent's wheel, and all that it stands on.

Wheels for the client's Python and platform in the pinned versions, and a list with the digest of
each: pip installs those files and no other.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from packaging.utils import parse_wheel_filename

from lab.ship.agent_wheel import TARGET, build_agent
from lab.ship.lambda_package import PLATFORMS, PackageError
from lab.support.paths import ROOT

PYTHON = "3.11"
MACHINE = "x86_64"
"""Linux with glibc 2.28 or newer: RHEL 8, Debian 10, Ubuntu 20.04."""


def build_wheelhouse(target: Path = TARGET, python: str = PYTHON, machine: str = MACHINE) -> Path:
    """Fill `target` anew; returns its requirements.txt. Needs the index. Raises PackageError.

    `machine` as `uname -m` says it, `python` as 3.11.
    """
    shutil.rmtree(target, ignore_errors=True)
    agent = build_agent(target)
    tags = [part for name in PLATFORMS for part in ("--platform", f"{name}_{machine}")]
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--dest", str(target), "--only-binary", ":all:", "--implementation", "cp"),
        *("--python-version", python, *tags),
        *("--constraint", str(ROOT / "requirements.txt"), f"{agent}[mariadb]"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PackageError(f"pip found no wheels for Python {python}, {machine}:\n{done.stderr}")
    return write_requirements(target)


def write_requirements(target: Path) -> Path:
    """List the wheels of this folder with their digests, in its requirements.txt."""
    lines = []
    for wheel in sorted(target.glob("*.whl")):
        name, version, *_ = parse_wheel_filename(wheel.name)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    path = target / "requirements.txt"
    path.write_text("".join(lines))
    return path
