"""The design bench in a real browser, from the file system: choose, see, share, compare, print."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from helpers.in_browser import broken_rules
from lab.review.catalogue import catalogue
from lab.review.judge import judge
from lab.review.site_data import EXAMPLES, page_data

KNOWN = catalogue()
WORDS = {"depends": "it depends", "n/a": "does not apply"}


@pytest.fixture(scope="module")
def address(site: Path) -> str:
    return (site / "workshop" / "design-bench.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda it: errors.append(str(it)))
    page.goto(address)
    yield page
    assert errors == []
    context.close()


def words(page: Page, nth: int = 0) -> list[str]:
    """The verdicts of the first design, or of the other."""
    rows = page.locator(".db-table tbody tr")
    return [rows.nth(row).locator(".db-word").nth(nth).inner_text() for row in range(rows.count())]


def test_an_empty_sheet_is_not_judged_and_draws_what_is_open(page: Page) -> None:
    assert words(page) == ["not judged"] * len(KNOWN.properties)
    expect(page.locator(".sheet .db-open")).to_have_count(6)
    expect(page.get_by_role("status")).to_contain_text("A good instructor would ask next")


@pytest.mark.parametrize("label", EXAMPLES)
def test_an_example_gets_pythons_verdicts_and_marks_what_breaks(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    design = next(it["design"] for it in page_data()["examples"] if it["label"] == label)
    verdicts = judge(design)
    assert words(page) == [WORDS.get(it.word, it.word) for it in verdicts]
    marks = page.locator(".sheet .db-mark.breaks").count()
    assert bool(marks) == any(it.word == "breaks" for it in verdicts)


def test_a_choice_by_keyboard_draws_judges_and_keeps_the_focus(page: Page) -> None:
    writer = page.get_by_label("What writes the row?")
    writer.focus()
    writer.select_option("agent")
    expect(page.locator(".sheet .node").filter(has_text="Pull agent")).to_have_count(1)
    expect(writer).to_be_focused()
    page.get_by_label("What holds the number of rows a second?").select_option("bucket")
    assert words(page)[8] == "it depends"
    page.get_by_label("In which order: row, state, message?").select_option("delete_first")
    assert words(page)[13] == "breaks"
    cell = page.locator('.db-table td[data-word="breaks"]').first
    cell.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(cell.locator("code")).to_contain_text("receipts-lab replay")


def test_a_question_that_does_not_apply_is_not_asked(page: Page) -> None:
    days = page.get_by_label("How many days are they kept there?")
    expect(days).to_have_count(0)
    page.get_by_label("Where is a result until the database has it?").select_option("sqs")
    expect(days).to_have_count(1)


def test_a_drawing_of_the_repository_can_be_taken(page: Page) -> None:
    drawing = page_data()["drawings"][0]
    page.get_by_label("or a drawing:").select_option(label=drawing["label"])
    verdicts = judge(drawing["design"])
    assert words(page) == [WORDS.get(it.word, it.word) for it in verdicts]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_marked_part_leads_to_the_line_that_breaks_there(page: Page, by: str) -> None:
    page.get_by_role("button", name="as first drawn").click()
    api = page.locator(".sheet .node[data-line]").filter(has_text="API").first
    if by == "mouse":
        api.click()
    else:
        api.focus()
        page.keyboard.press("Enter")
    expect(page.locator("#db-row-payload")).to_be_focused()


def test_the_address_brings_both_designs_back(page: Page) -> None:
    page.get_by_role("button", name="as first drawn").click()
    page.get_by_role("button", name="Put another beside it").click()
    page.get_by_role("button", name="our solution").click()
    first, other = words(page), words(page, 1)
    assert first != other
    assert set(other) == {"holds"}
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    assert (words(page), words(page, 1)) == (first, other)
    page.get_by_role("button", name="Change the other").click()
    page.get_by_role("button", name="Only one again").click()
    assert words(page) == first


@pytest.mark.parametrize(
    "hash_", ["#nonsense", "#writer=pigeon&rate=-1&x=%20", "#rate=1e99&=&2.=3"]
)
def test_an_address_that_says_nothing_known_is_an_empty_sheet(
    browser: Browser, address: str, hash_: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address + hash_)
        assert set(words(page)) == {"not judged"}
        if "=" in hash_:
            expect(page.get_by_role("status")).to_contain_text("so it is not said: " + hash_[1:5])


def test_a_days_outage_is_reckoned_with_the_numbers_that_were_chosen(page: Page) -> None:
    page.get_by_role("button", name="function on the queue, as drawn").click()
    away = page.locator("#db-row-away")
    expect(away).to_contain_text("breaks, unless nearly every try times out")
    for label, number in (("maxReceiveCount", "1000"), ("Visibility timeout of that queue", "30")):
        page.get_by_label(label).fill(number)
        page.get_by_label(label).press("Tab")
    expect(away).to_contain_text("so none is given up")


def boxes(page: Page, selector: str) -> list[FloatRect]:
    found = [it.bounding_box() for it in page.locator(f".db-sheets {selector}").all()]
    return [it for it in found if it]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_mark_touches_a_frames_name(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="function on the queue, as drawn").click()
    names, marks = boxes(page, ".zone text"), boxes(page, ".db-mark circle")
    assert len(names) == 2
    assert len(marks) > 3
    for one in names:
        for other in marks:
            beside = one["x"] + one["width"] < other["x"] or other["x"] + other["width"] < one["x"]
            above = one["y"] + one["height"] < other["y"] or other["y"] + other["height"] < one["y"]
            assert beside or above


def test_it_prints_as_a_score_sheet(page: Page) -> None:
    page.get_by_role("button", name="scheduled poller").click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".db-form")).to_be_hidden()
    expect(page.locator(".db-choices")).to_be_visible()
    expect(page.locator(".db-choices")).to_contain_text("which receives N messages itself")
    expect(page.locator(".db-kinds").first).to_be_visible()
    expect(page.locator(".db-points").first).to_have_text("…… of 2")
    assert len(page.pdf()) > 10_000


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_role("button", name="function on the queue, as drawn").click()
        page.get_by_role("button", name="Put another beside it").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert broken_rules(page) == []
