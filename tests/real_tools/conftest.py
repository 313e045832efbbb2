"""Files as other people's programs write them; Debian packages what pip doesn't bring."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from real_tools.packages import missing

Tool = Callable[..., bytes]
"""Runs a program in the folder of the test; takes its arguments, answers what it printed."""


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    assert not missing(), f"apt-get install {' '.join(missing())}"

    def run(*arguments: str, within: str = ".") -> bytes:
        done = subprocess.run(  # noqa: S603  the tests' own programs
            arguments, cwd=tmp_path / within, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run
