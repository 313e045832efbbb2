"""A real browser, Debian's Chromium, driven by Playwright; nothing is fetched from anywhere."""

import os
import shutil
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from lab.support.paths import ROOT

sys.path.insert(0, str(ROOT / "diagrams"))

IMAGES = ROOT / "docs" / "diagrams"
SHEETS = sorted(it.stem for it in IMAGES.glob("*.svg"))
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", SHEETS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """CHROMIUM names another browser than the one on the PATH."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no chromium on the PATH: apt-get install chromium, or set CHROMIUM"
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # root has no sandbox
        launched = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield launched
        launched.close()
