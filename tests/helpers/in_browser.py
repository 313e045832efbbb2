"""A page in the browser: opened with an ear for its errors, and held to axe's rules."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page


def opened(
    browser: Browser, address: str, noise: list[str], *, within: str = "", **more: Any
) -> Page:
    """A page in a context of its own; `noise` has its errors, and what it asks for elsewhere."""
    page = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | more).new_page()
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("console", lambda it: noise.append(it.text) if it.type == "error" else None)
    page.on("request", lambda it: None if it.url.startswith(within) else noise.append(it.url))
    page.goto(address)
    return page


def broken_rules(page: Page) -> list[str]:
    """Rules of accessibility that the page breaks now, each with its first place.

    Axe comes in by the debugger, past a policy that refuses scripts. From a file it doesn't fetch
    style sheets, which no browser allows.
    """
    options = {"preload": False} if page.url.startswith("file:") else None
    found = Axe().run(page, options=options).response["violations"]
    return [f"{it['id']}: {it['nodes'][0]['html'][:200]}" for it in found]
