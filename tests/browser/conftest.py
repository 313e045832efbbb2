"""A real browser, Debian's Chromium, driven by Playwright; nothing is fetched from anywhere."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from helpers.built_site import build_site
from lab.support.paths import ROOT

sys.path.insert(0, str(ROOT / "diagrams"))

IMAGES = ROOT / "docs" / "diagrams"
SHEETS = sorted(it.stem for it in IMAGES.glob("*.svg"))
OWN = "404.html"  # its addresses begin at the server's root
PATIENCE_MS = 120_000  # a machine with slow neighbours is no failure
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
        make_context = launched.new_context

        def patient(**options: Any) -> BrowserContext:
            context = make_context(**options)
            context.set_default_timeout(PATIENCE_MS)
            return context

        launched.new_context = patient  # type: ignore[method-assign]  # no default of the browser's
        expect.set_options(timeout=PATIENCE_MS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def page_paths(site: Path) -> list[str]:
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [path for path in found if path != OWN]


@pytest.fixture
def noise() -> list[str]:
    """What the browser complains of, and what it asks of other hosts."""
    return []


@pytest.fixture
def open_page(browser: Browser, site: Path, noise: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens an address of the site; `more` are options of Playwright's browser context."""
    contexts = []

    def new(
        path: str, mode: str = "light", width: int = 1440, height: int = 900, **more: Any
    ) -> Page:
        size = {"width": width, "height": height}
        options = {"color_scheme": mode, "viewport": size, "reduced_motion": "reduce", **more}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()

        def complains(said: ConsoleMessage) -> None:
            if said.type == "error":
                noise.append(f"{page.url}: {said.text}")

        def asks(request: Request) -> None:
            if not request.url.startswith(("file:", "data:")):
                noise.append(request.url)

        page.on("console", complains)
        page.on("pageerror", lambda error: noise.append(f"{page.url}: {error}"))
        page.on("request", asks)
        file, hash_, fragment = path.partition("#")
        page.goto((site / file).as_uri() + hash_ + fragment)
        return page

    yield new
    for context in contexts:
        context.close()
