"""The client installs the files that were built, and no other."""

import subprocess
import sys
from pathlib import Path

import pytest

from lab.ship.agent_wheel import build_agent
from lab.ship.wheelhouse import write_requirements

pytestmark = pytest.mark.slow


def install(wheelhouse: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """As the how-to says, without what the agent stands on: that comes from the index."""
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(target)]
    command += ["--no-index", "--find-links", str(wheelhouse), "--require-hashes"]
    command += ["--requirement", str(wheelhouse / "requirements.txt")]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def test_what_was_built_is_installed_and_what_was_changed_since_is_refused(tmp_path: Path) -> None:
    wheel = build_agent(tmp_path)
    listed = write_requirements(tmp_path)
    assert listed.read_text().startswith("receipts-agent==0.1.0 --hash=sha256:")
    assert install(tmp_path, tmp_path / "opt").returncode == 0
    assert (tmp_path / "opt" / "receipts" / "agent" / "mariadb.sql").exists()

    wheel.write_bytes(wheel.read_bytes() + b"\n")
    refused = install(tmp_path, tmp_path / "other")
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr
