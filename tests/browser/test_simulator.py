"""The simulator in a real browser, from the file system: one's client, ideas, stories, settings."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from helpers.in_browser import broken_rules
from lab.plan.formatting import duration, number
from lab.plan.plan import plan
from lab.plan.presets import PRESETS
from lab.plan.settings import Settings

Open = Callable[..., Page]
ALL = "All settings, and all that the model says"


@pytest.fixture(scope="module")
def address(site: Path) -> str:
    return (site / "explanation" / "simulator.html").as_uri()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    contexts = []

    def new(words: str = "", width: int = 1280, mode: str = "light") -> Page:
        context = browser.new_context(
            reduced_motion="reduce",
            viewport={"width": width, "height": 800},
            color_scheme=mode,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address + words)
        expect(page.locator(".rs-letter p").first).not_to_be_empty()
        return page

    yield new
    for context in contexts:
        context.close()


def letter(page: Page) -> Locator:
    return page.locator(".rs-lines")


def asked(page: Page, name: str) -> Locator:
    """A number of the client's sentence."""
    return page.locator(".rs-client > .rs-sentence").get_by_label(name, exact=True)


def test_the_letter_holds_the_python_models_numbers(open_page: Open) -> None:
    page = open_page()
    answer = plan(Settings(receipts=30_000, start_hour=10, app_load=950, rate=30, write_batch=20))
    said = letter(page).inner_text()
    assert "Let the agent write at most 30 rows a second" in said
    assert f"The queue is empty {duration(answer.drain)} after the last photo is read" in said
    assert f"At most {number(answer.peak_write_depth)} results wait" in said
    assert "Your customers lose nothing" in said


def test_a_number_in_the_sentence_moves_by_keyboard_and_the_letter_follows(open_page: Open) -> None:
    page = open_page()
    app = asked(page, "Expenses app, rows/s at its peak")
    app.focus()
    app.press("ArrowDown")
    expect(app).to_have_value("940")
    expect(letter(page)).to_contain_text("Let the agent write at most 36 rows a second")
    page.wait_for_url("**#*app_load=940*")
    shared = page.url
    again = open_page(shared[shared.index("#") :])
    expect(asked(again, "Expenses app, rows/s at its peak")).to_have_value("940")
    assert letter(again).inner_text() == letter(page).inner_text()


def test_who_is_on_call_says_how_long_the_line_stays_down(open_page: Open) -> None:
    page = open_page()
    asked(page, "Who is on call").select_option("nobody at the weekend")
    expect(letter(page)).to_contain_text("mended after 2.7 days")
    expect(page.locator("#idea-outage").get_by_role("spinbutton")).to_have_value("64")


def test_the_letter_is_copied_as_plain_text(open_page: Open) -> None:
    page = open_page()
    page.evaluate(
        "document.addEventListener('copy', () => { window.copied = getSelection() + '' })"
    )
    page.get_by_role("button", name="Copy as text").click()
    expect(page.locator(".rs-actions [role=status]")).to_have_text("Copied.")
    text = str(page.evaluate("document.activeElement && window.copied"))
    assert "Let the agent write at most 30 rows a second" in text
    assert "**" not in text
    assert "nothing has run on AWS" in text


def test_a_rate_that_is_not_safe_is_said_and_can_be_taken_back(open_page: Open) -> None:
    page = open_page()
    rate = page.locator("#idea-rate").get_by_role("spinbutton")
    rate.fill("90")
    expect(letter(page)).to_contain_text("You allow 90 rows a second")
    page.get_by_role("button", name="Back to the safe rate").click()
    expect(rate).to_have_value("30")
    expect(letter(page)).to_contain_text("Let the agent write at most 30 rows a second")


@pytest.mark.parametrize(
    ("idea", "more", "says"),
    [
        ("ramp", "3000", "All are read after"),
        ("queue", "200", "results wait"),
        ("rate", "10", "The queue is empty"),
        ("knee", "990", "Rows and app together reach"),
        ("outage", "300", "are lost"),
    ],
)
def test_each_idea_has_one_number_that_changes_its_sentence_and_its_curve(
    open_page: Open, idea: str, more: str, says: str
) -> None:
    block = open_page().locator(f"#idea-{idea}")
    sentence = block.locator("p").nth(1)
    before, curve = sentence.inner_text(), block.locator("figure").inner_html()
    box = block.get_by_role("spinbutton")
    expect(box).to_have_count(1)
    box.fill(more)
    expect(sentence).not_to_have_text(before)
    expect(sentence).to_contain_text(says)
    assert block.locator("figure").inner_html() != curve


def test_what_binds_first_stands_beside_the_letter_with_its_control(open_page: Open) -> None:
    page = open_page("#receipts=300&advised=true")
    expect(page.locator(".rs-first h3")).to_have_text("Nothing breaks; this limits first")
    expect(page.locator(".rs-first > p")).to_contain_text("a mapping starts at 5 invocations")
    page.goto("about:blank")
    page = open_page("#receipts=5000&batch_receipts=5000&writer=direct&maximum_concurrency=1000")
    expect(page.locator(".rs-first h3")).to_have_text("This breaks first")
    expect(page.locator(".rs-first figcaption")).to_contain_text("Connections")
    expect(
        page.locator(".rs-first").get_by_label("Connections the database accepts", exact=True)
    ).to_be_visible()
    expect(page.locator(".rs-besides")).to_contain_text("each reader itself")
    expect(letter(page)).to_contain_text("This breaks first, at 09:00")


@pytest.mark.parametrize("bad", ["0", "-3", ""])
def test_a_bad_number_is_named_with_its_range_and_goes_when_it_is_mended(
    open_page: Open, bad: str
) -> None:
    page = open_page()
    box = asked(page, "Photos a request")
    box.fill(bad)
    alert = page.locator(".rs-error")
    expect(alert).to_contain_text("receipts must be 1 to")
    box.fill("300")
    expect(alert).to_be_hidden()
    expect(letter(page)).to_contain_text("send 300 photos each")


@pytest.mark.parametrize("key", PRESETS)
def test_a_story_keeps_question_prediction_and_truth_together_and_has_an_address(
    open_page: Open, key: str
) -> None:
    story = PRESETS[key]
    page = open_page(f"#story={key}")
    card = page.locator(".rs-card")
    expect(card).to_contain_text(story.question)
    expect(card).to_be_in_viewport()
    expect(card.locator("figure")).to_have_count(0)
    card.get_by_role("button", name="Show what happens").click()
    expect(card.locator("figure")).to_have_count(0)  # nothing is shown to who predicts nothing
    card.get_by_role("radio").first.check()
    card.get_by_role("button", name="Show what happens").click()
    truth = card.get_by_role("status")
    expect(truth).to_contain_text("The model says")
    expect(truth).to_be_focused()
    expect(card).to_contain_text(story.question)
    expect(card.locator("input:checked")).to_have_count(1)
    asked(page, "Customers in January").fill("7")
    expect(letter(page)).to_contain_text("7 customers send")
    expect(card).to_contain_text("The model says")  # of the story, whatever one's client is


def test_a_story_s_button_writes_its_address_and_its_numbers_can_be_taken(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="The January peak").click()
    page.wait_for_url("**#story=january-peak")
    card = page.locator(".rs-card")
    card.get_by_role("radio").first.check()
    card.get_by_role("button", name="Show what happens").click()
    card.get_by_role("button", name="Go on with these numbers").click()
    expect(page.locator("#idea-rate").get_by_role("spinbutton")).to_have_value("2")


def test_all_settings_are_behind_a_disclosure_with_the_numbers_as_a_table(open_page: Open) -> None:
    page = open_page()
    expect(page.locator(".rs-controls")).to_be_hidden()
    page.get_by_text(ALL).click()
    page.locator(".rs-table summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rs-table tbody tr")).to_have_count(12)
    knee = page.locator(".rs-controls").get_by_label(
        "Rows/s at which the database begins to slow", exact=True
    )
    knee.fill("960")
    knee.press("Enter")
    expect(asked(page, "Rows/s at which the database begins to slow")).to_have_value("960")
    expect(page.locator(".rs-command")).to_contain_text("--knee 960")


def test_the_moment_moves_by_keyboard_and_is_said_in_words(open_page: Open) -> None:
    page = open_page()
    page.get_by_text(ALL).click()
    moment = page.get_by_label("Moment")
    moment.focus()
    moment.press("Home")
    first = page.locator(".rs-now").inner_text()
    moment.press("ArrowRight")
    expect(page.locator(".rs-now")).not_to_have_text(first)
    assert "to write" in (moment.get_attribute("aria-valuetext") or "")


def test_a_place_on_the_page_is_still_where_its_address_leads(open_page: Open) -> None:
    page = open_page("#receives-in-vain")
    expect(page.get_by_role("heading", name=re.compile("^Receives in vain"))).to_be_in_viewport()


@pytest.mark.parametrize(("width", "mode"), [(360, "light"), (1280, "light"), (1280, "dark")])
def test_it_breaks_no_rule_of_accessibility_and_fits(
    open_page: Open, width: int, mode: str
) -> None:
    page = open_page(width=width, mode=mode)
    page.get_by_text(ALL).click()
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
