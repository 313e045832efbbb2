"""The site in a real browser, opened from the file system: quiet, accessible, and it answers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
NARROW, WIDE = 320, 1440  # CSS pixels

Open = Callable[..., Page]


@pytest.mark.parametrize("mode", MODES)
def test_no_page_breaks_a_rule_of_accessibility_or_makes_a_noise(
    open_page: Open, site: Path, page_paths: list[str], noise: list[str], mode: str
) -> None:
    page, broken = open_page("index.html", mode), []
    for path in page_paths:
        page.goto((site / path).as_uri())
        page.eval_on_selector_all("details", "all => all.forEach(it => { it.open = true; })")
        # Without preload: axe would fetch style sheets, which no browser allows from file://.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        broken += [f"{path}: {it['id']}: {it['nodes'][0]['html'][:120]}" for it in found]
    assert broken == []
    assert noise == []


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_page_scrolls_sideways_and_no_picture_collapses(
    open_page: Open, site: Path, page_paths: list[str], width: int
) -> None:
    page, wrong = open_page("index.html", width=width), []
    for path in page_paths:
        page.goto((site / path).as_uri())
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wrong.append(f"{path} needs {needed} px")
        for picture in page.locator(".picture svg.sheet").all():
            box = picture.bounding_box()
            if box is None or min(box["width"], box["height"]) < NARROW / 2:
                wrong.append(f"{path}: a picture of {box}")
    assert wrong == []


def test_the_search_finds_without_a_server(open_page: Open, noise: list[str]) -> None:
    page = open_page("workshop/hints.html")
    page.get_by_role("textbox", name="Search").press_sequentially("back-pressure")
    found = page.locator(".md-search-result__link").first
    expect(found).to_contain_text("Back-pressure")
    found.click()
    expect(page).to_have_url(re.compile(r"/explanation/back-pressure\.html"))
    assert noise == []


def test_a_hint_opens_and_closes_by_keyboard(open_page: Open) -> None:
    page = open_page("workshop/hints.html")
    hint = page.locator("details").first
    hint.locator("summary").focus()
    expect(hint).not_to_have_attribute("open", "")
    page.keyboard.press("Enter")
    expect(hint).to_have_attribute("open", "")
    page.keyboard.press("Space")
    expect(hint).not_to_have_attribute("open", "")


def test_the_switch_goes_from_the_systems_colours_to_light_dark_and_back(open_page: Open) -> None:
    page = open_page("workshop/batch-fan-out.html", "dark")
    body, title = page.locator("body"), page.locator("svg.sheet .node .title").first

    def switch() -> None:
        page.locator("form[data-md-component=palette] label:visible").click()

    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    dark = title.evaluate("it => getComputedStyle(it).fill")
    switch()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    assert title.evaluate("it => getComputedStyle(it).fill") != dark
    switch()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    switch()
    expect(body).to_have_attribute("data-md-color-media", "(prefers-color-scheme)")


def test_the_rubric_adds_up_what_is_ticked(open_page: Open) -> None:
    page = open_page("workshop/check-your-design.html")
    boxes, score = page.locator(".rubric input"), page.locator(".rubric output")
    expect(score).to_have_text(re.compile(r"^0 of \d+ points$"))
    for box in boxes.all():
        box.check()
    most = re.search(r"of (\d+)", score.inner_text())
    assert most
    expect(score).to_have_text(f"{most[1]} of {most[1]} points")


def test_each_wrong_diagram_breaks_in_the_simulator_as_its_page_says(
    open_page: Open, site: Path, noise: list[str]
) -> None:
    page = open_page("instructor/wrong-diagrams.html")
    links = page.get_by_role("link", name="Show it in the simulator").all()
    told = [(it.get_attribute("href"), it.locator("xpath=../..").inner_text()) for it in links]
    assert len(told) >= 6
    for address, said in told:
        page.goto("about:blank")  # else only the fragment changes
        page.goto((site / "instructor").as_uri() + "/" + str(address))
        page.get_by_role("button", name="Show what happens").click()
        worst = page.locator(".rs-findings li span").first
        expect(worst).not_to_be_empty()
        assert worst.inner_text().strip() in said
    assert noise == []
