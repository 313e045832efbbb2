"""The site in a real browser, opened from the file system: quiet, accessible, and it answers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from helpers.in_browser import broken_rules

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
        broken += [f"{path}: {it}" for it in broken_rules(page)]
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


FOUND_FIRST = {
    "backpressure": "explanation/back-pressure.html",
    "GDPR": "explanation/security.html",
    "dead letter": "explanation/failure-paths.html",
    "idempotency": "explanation/delivery.html",
    "zip upload": "workshop/batch-fan-out.html",
    "handout": "instructor/index.html",
    "prices": "reference/quotas-and-prices.html",
    "cost": "reference/quotas-and-prices.html",
    "crash": "explanation/delivery.html",
    "duplicate": "explanation/delivery.html",
    "macOS": "how-to/run-on-your-photos.html",
    "rate": "how-to/set-the-rate.html",
    "rubric": "workshop/check-your-design.html",
    "back-pressure": "explanation/back-pressure.html",
}


def test_the_search_finds_answers_before_decisions_without_a_server(
    open_page: Open, noise: list[str]
) -> None:
    page = open_page("workshop/hints.html")
    words, found = (
        page.get_by_role("textbox", name="Search"),
        page.locator(".md-search-result__link").first,
    )
    for typed, answer in FOUND_FIRST.items():
        words.fill("")
        words.press_sequentially(typed)
        expect(found).to_have_attribute("href", re.compile(re.escape(answer)))
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


def sums(page: Page) -> dict[str, tuple[int, int]]:
    """The rubric's three sums, and what each is out of."""
    spans = page.locator(".rubric output span")
    told = {str(it.get_attribute("data-goal")): it.locator("b").inner_text() for it in spans.all()}
    pairs = {goal: re.fullmatch(r"(\d+) of (\d+)", words) for goal, words in told.items()}
    return {goal: (int(it[1]), int(it[2])) for goal, it in pairs.items() if it}


def test_the_rubric_counts_three_sums_apart_and_keeps_them(open_page: Open) -> None:
    page = open_page("workshop/check-your-design.html")
    begun = sums(page)
    assert set(begun) == {"speed", "promise", "database"}
    assert {got for got, _ in begun.values()} == {0}
    answers = page.locator('.criterion:has([name="rate"]) details')
    expect(answers).to_be_hidden()  # no answer before one has judged
    page.locator('[name="rate"][value="half"]').check()
    expect(answers).to_contain_text("Half for")
    page.locator('[name="drain"][value="apart"]').check()
    page.locator('[name="payload"][value="full"]').check()
    expected = {
        "speed": (2, begun["speed"][1]),
        "promise": (0, begun["promise"][1] - 1),  # what doesn't apply leaves the sum
        "database": (1, begun["database"][1]),
    }
    assert sums(page) == expected
    page.reload()
    assert sums(page) == expected
    page.get_by_role("button", name="Start again").click()
    assert sums(page) == begun


def test_each_wrong_diagram_breaks_in_the_simulator_as_its_page_says(
    open_page: Open, site: Path, noise: list[str]
) -> None:
    page = open_page("instructor/wrong-diagrams.html")
    links = page.get_by_role("link", name="Show it in the simulator").all()
    told = [(it.get_attribute("href"), it.locator("xpath=../..").inner_text()) for it in links]
    assert len(told) >= 4
    for address, said in told:
        page.goto("about:blank")  # else only the fragment changes
        page.goto((site / "instructor").as_uri() + "/" + str(address))
        page.get_by_text("All settings, and all that the model says").click()
        worst = page.locator(".rs-findings li span").first
        expect(worst).not_to_be_empty()
        assert worst.inner_text().strip() in said.replace("\N{NO-BREAK SPACE}", " ")
    assert noise == []
