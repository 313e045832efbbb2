"""Files as other people's programs write them; Debian packages what pip doesn't bring."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGES = {
    "7zz": "7zip",
    "avifenc": "libavif-bin",
    "bsdtar": "libarchive-tools",
    "chromium": "chromium",
    "exiftool": "libimage-exiftool-perl",
    "heif-enc": "libheif-examples",
    "identify": "imagemagick",
    "img2pdf": "img2pdf",
    "img2webp": "webp",
    "jar": "default-jdk-headless",
    "zip": "zip",
}
"""Each program, and the package of Debian that holds it."""

Tool = Callable[..., bytes]
"""Runs a program in the folder of the test; takes its arguments, answers what it printed."""


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    missing = sorted(package for name, package in PACKAGES.items() if not shutil.which(name))
    assert not missing, f"apt-get install {' '.join(missing)}"

    def run(*arguments: str, within: str = ".") -> bytes:
        done = subprocess.run(  # noqa: S603  the tests' own programs
            arguments, cwd=tmp_path / within, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run
