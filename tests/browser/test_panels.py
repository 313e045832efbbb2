"""A picture on a page reacts: steps light their parts, and each part says what makes it true."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from helpers.in_browser import broken_rules

PAGE = "workshop/on-premises-buffer.html"
PHONE = {"width": 390, "height": 844}

Open = Callable[..., Page]


def part(page: Page, name: str) -> Locator:
    return page.locator(f"#on-premises-buffer-node-{name}")


def label(page: Page, name: str) -> Locator:
    return page.locator(f".labels > [data-arrow=on-premises-buffer-arrow-{name}] .words text").first


def test_a_step_lights_its_arrows_and_parts_and_an_arrow_its_step(open_page: Open) -> None:
    page = open_page(PAGE)
    page.locator("#on-premises-buffer-says-3").hover()
    lit = page.locator("svg.sheet :is(.node, .arrow).pointed")
    assert sorted(lit.evaluate_all("all => all.map(it => it.id.slice(19))")) == [
        "arrow-pull-agent-postgresql",
        "node-postgresql",
        "node-pull-agent",
    ]
    dim = part(page, "ledger").evaluate("it => getComputedStyle(it).opacity")
    assert float(dim) < 0.5
    page.mouse.move(0, 0)
    expect(lit).to_have_count(0)
    label(page, "pull-agent-ledger").hover()
    expect(page.locator("#on-premises-buffer-says-5")).to_have_class("pointed")


def test_a_step_stays_lit_when_pressed(open_page: Open) -> None:
    page = open_page(PAGE)
    step = page.locator("#on-premises-buffer-says-4 button")
    step.press("Enter")
    page.locator("h1").hover()
    expect(step).to_have_attribute("aria-pressed", "true")
    expect(part(page, "expenses-app")).to_have_class(re.compile("pointed"))
    step.press("Enter")
    expect(step).to_have_attribute("aria-pressed", "false")


def test_a_part_says_its_resource_its_numbers_with_reasons_and_its_lines(
    open_page: Open, site: Path, noise: list[str]
) -> None:
    page = open_page(PAGE)
    part(page, "write-queue").locator("use").first.click()
    panel = page.get_by_role("dialog", name="Write queue")
    expect(panel).to_contain_text("WriteQueue")
    expect(panel).to_contain_text("AWS::SQS::Queue")
    expect(panel).to_contain_text("10 days: the client's database may be away over a holiday week")
    expect(panel).to_contain_text(re.compile(r"reference/template\.yaml:\d+"))
    link = panel.get_by_role("link", name="Template page")
    address = link.get_attribute("href")
    assert address == "../reference/template.html#WriteQueue"
    assert 'id="WriteQueue"' in (site / "reference/template.html").read_text()
    link.click()
    expect(page).to_have_url(re.compile(r"template\.html#WriteQueue$"))
    assert noise == []


def test_a_part_of_line_art_is_met_in_its_middle(open_page: Open) -> None:
    page = open_page(PAGE)
    part(page, "postgresql").locator("use").click()
    expect(page.get_by_role("dialog", name="PostgreSQL")).to_be_visible()


def test_an_arrow_says_what_allows_it_and_what_runs_it(open_page: Open) -> None:
    page = open_page(PAGE)
    label(page, "write-queue-pull-agent").click()
    panel = page.get_by_role("dialog", name="Write queue to Pull agent")
    expect(panel).to_contain_text("sqs:ReceiveMessage")
    expect(panel).to_contain_text(re.compile(r"receipts/agent/start\.py:\d+"))
    lit = page.locator("svg.sheet .arrow.pointed")
    expect(lit).to_have_count(1)
    label(page, "write-queue-pull-agent").click()  # again: it closes
    expect(panel).to_have_count(0)


def test_by_keyboard_alone_in_and_out(open_page: Open) -> None:
    page = open_page(PAGE)
    agent = part(page, "pull-agent")
    agent.focus()
    expect(agent).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Pull agent")
    expect(panel).to_be_focused()
    expect(agent).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("Results wait in the write queue, 10 days")
    expect(agent).to_have_class(re.compile(r"\bdead\b"))
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(agent).to_be_focused()
    expect(page.locator("svg.sheet .dead")).to_have_count(0)
    page.keyboard.press("Space")
    expect(panel).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(agent).to_be_focused()


def test_a_click_elsewhere_closes_and_another_part_takes_over(open_page: Open) -> None:
    page = open_page(PAGE)
    part(page, "read").locator("use").last.click()
    expect(page.locator(".sheet-panel")).to_have_count(1)
    part(page, "write-queue").press("Enter")
    expect(page.locator(".sheet-panel h2")).to_have_text(["Write queue"])
    page.locator("h1").click()
    expect(page.locator(".sheet-panel")).to_have_count(0)


def test_on_a_phone_a_tap_opens_a_sheet_within_the_screen(open_page: Open) -> None:
    page = open_page(PAGE, has_touch=True, **PHONE)
    part(page, "read").locator("use").last.tap()
    box = page.locator(".sheet-panel").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] + box["height"] <= PHONE["height"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".sheet-panel .close").tap()
    page.locator("#on-premises-buffer-says-2 button").tap()
    expect(part(page, "pull-agent")).to_have_class(re.compile("pointed"))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_an_open_panel_breaks_no_rule_of_accessibility(
    open_page: Open, mode: str, noise: list[str]
) -> None:
    page = open_page(PAGE, mode)
    broken = []
    for name in ("pull-agent", "postgresql", "write-queue"):
        part(page, name).press("Enter")
        dies = page.locator(".sheet-panel .dies")
        dies.click()
        broken += [f"{name}: {it}" for it in broken_rules(page)]
    assert broken == []
    assert noise == []


def test_one_line_says_that_it_reacts_but_not_without_script(
    open_page: Open, page_paths: list[str], site: Path
) -> None:
    page = open_page(PAGE)
    expect(page.locator(".sheet-hint")).to_contain_text("Click a part or an arrow")
    plain = open_page(PAGE, java_script_enabled=False)
    expect(plain.locator(".sheet-hint")).to_be_hidden()
    loads = [it for it in page_paths if "site/stage.js" in (site / it).read_text()]
    assert loads == [it for it in page_paths if "sheet-figure" in (site / it).read_text()]
