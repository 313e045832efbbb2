"""The simulator in a real browser, from the file system: predict first, then see, then share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture(scope="module")
def address(site: Path) -> str:
    return (site / "explanation" / "simulator.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def change_numbers(page: Page) -> None:
    page.get_by_text("Change the numbers").click()


def reveal(page: Page) -> None:
    page.locator(".rs-question").get_by_role("radio").first.check()
    page.get_by_role("button", name="Show what happens").click()


@pytest.mark.parametrize(
    "story",
    [
        "A quiet Tuesday",
        "The January peak",
        "Writing straight to the database",
        "The link is down for a day",
    ],
)
def test_no_story_shows_its_figures_before_a_prediction(page: Page, story: str) -> None:
    page.get_by_role("button", name=story).click()
    expect(page.locator(".rs-answer")).to_be_hidden()
    reveal(page)
    expect(page.locator(".rs-answer")).to_be_visible()
    assert page.locator(".rs-figures figure").count() >= 6
    expect(page.get_by_role("status").filter(has_text="The model says")).to_be_focused()


def test_nothing_is_shown_to_who_predicts_nothing(page: Page) -> None:
    page.get_by_role("button", name="Show what happens").click()
    expect(page.locator(".rs-answer")).to_be_hidden()


def test_a_moved_control_drops_the_old_story_and_its_answer(page: Page) -> None:
    reveal(page)
    expect(page.locator(".rs-said")).to_contain_text("The model says")
    change_numbers(page)
    page.get_by_label("Receipts", exact=True).fill("50000")
    page.get_by_label("Receipts", exact=True).press("Enter")
    expect(page.locator(".rs-said")).to_be_hidden()
    expect(page.locator(".rs-story")).to_have_text("Nobody has told you how this one ends.")
    expect(page.locator(".rs-answer")).to_be_visible()
    expect(page.locator('.rs-stories [aria-pressed="true"]')).to_have_count(0)


def test_what_binds_is_the_first_chart_and_stands_right_under_the_answer(page: Page) -> None:
    page.get_by_role("button", name="Writing straight to the database").click()
    reveal(page)
    expect(page.locator(".rs-figures figcaption").first).to_contain_text("Connections")
    answer, chart = (
        page.locator(".rs-said").bounding_box(),
        page.locator("figure").first.bounding_box(),
    )
    assert answer
    assert chart
    assert chart["y"] - (answer["y"] + answer["height"]) < 60


def test_ones_own_database_can_be_asked(page: Page) -> None:
    change_numbers(page)
    knee = page.get_by_label("Rows/s at which the database begins to slow", exact=True)
    knee.fill("90")
    knee.press("Enter")
    page.locator(".rs-question").get_by_role("radio").first.check()
    page.get_by_role("button", name="Show what happens").click()
    expect(page.locator(".rs-findings")).to_contain_text("begins to slow")


def test_the_same_numbers_stand_in_a_table(page: Page) -> None:
    reveal(page)
    page.locator(".rs-table summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rs-table tbody tr")).to_have_count(12)


def test_the_address_brings_the_same_settings_and_asks_again(page: Page, address: str) -> None:
    change_numbers(page)
    page.get_by_label("Receipts", exact=True).fill("1234")
    page.get_by_label("Receipts", exact=True).press("Enter")
    page.wait_for_url("**#*receipts=1234*")
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    change_numbers(page)
    expect(page.get_by_label("Receipts", exact=True)).to_have_value("1234")
    expect(page.locator(".rs-answer")).to_be_hidden()
    expect(page.locator(".rs-command")).to_contain_text("--receipts 1234")
    assert shared.startswith(address)


@pytest.mark.parametrize("bad", ["0", "-3", "1e12"])
def test_a_bad_number_is_named_with_its_range_and_goes_when_it_is_mended(
    page: Page, bad: str
) -> None:
    change_numbers(page)
    box = page.get_by_label("Receipts", exact=True)
    box.fill(bad)
    box.press("Enter")
    alert = page.locator(".rs-error")
    expect(alert).to_contain_text("receipts must be 1 to 1,000,000 receipts")
    box.fill("300")
    box.press("Enter")
    expect(alert).to_be_hidden()


def test_the_moment_moves_by_keyboard_and_is_said_in_words(page: Page) -> None:
    reveal(page)
    moment = page.get_by_label("Moment")
    moment.focus()
    moment.press("Home")
    first = page.locator(".rs-now").inner_text()
    moment.press("ArrowRight")
    expect(page.locator(".rs-now")).not_to_have_text(first)
    assert "to write" in (moment.get_attribute("aria-valuetext") or "")
