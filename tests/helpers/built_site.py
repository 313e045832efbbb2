"""The workshop site, built into a folder as `make docs` builds it."""

import os
import subprocess
import sys
from pathlib import Path

from lab.support.paths import ROOT


def build_site(folder: Path) -> Path:
    """Build strictly; no warning is let pass."""
    built = subprocess.run(  # noqa: S603  our own interpreter and arguments
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "reference", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr, built.stderr
    return folder
