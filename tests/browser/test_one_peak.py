"""One peak, two designs, in a real browser: the model's numbers, moved only when asked."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.in_browser import broken_rules
from lab.plan.designs import IN_SECONDS_UNTIL, STILL_S, what_ifs
from lab.plan.formatting import number, percent
from lab.plan.plan import plan
from lab.plan.settings import Settings
from lab.publish.pages import peak_run

Open = Callable[..., Page]
Motion = Literal["reduce", "no-preference"]
SIDES = ("naive", "buffered")


@pytest.fixture(scope="module")
def address(site: Path) -> str:
    return (site / "explanation" / "one-peak-two-designs.html").as_uri()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    contexts = []

    def new(words: str = "", *, motion: Motion = "reduce", width: int = 1280) -> Page:
        context = browser.new_context(
            reduced_motion=motion, viewport={"width": width, "height": 720}
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address + words)
        expect(page.locator(".one-peak.op-ready")).to_be_visible()
        return page

    yield new
    for context in contexts:
        context.close()


def shown(page: Page, side: str, count: str) -> str:
    return page.locator(f'[data-design="{side}"] [data-count="{count}"] b').inner_text()


def by_the_model(settings: Settings, seconds: float) -> dict[str, str]:
    """The counts at the end of a second, from the Python model's own curves."""
    series = plan(settings).series
    steps = int(seconds / series.step)
    read, stored, tries = (
        round(sum(rates[:steps]) * series.step)
        for rates in (series.read_rate, series.write_rate, series.refused)
    )
    lost = sum(series.lost[:steps])
    last = range(max(0, steps - max(1, round(1 / series.step))), steps)
    load = max(series.row_rate[step] for step in last) + series.app_load[steps - 1]
    return {
        "stored": number(stored),
        "waiting": number(read - stored - lost),
        "lost": number(lost),
        "tries": number(tries),
        "connections": number(max(series.connections[step] for step in last)),
        "load": percent(load / settings.knee),
    }


@pytest.mark.parametrize(
    ("what_if", "seconds"),
    [(name, 60) for name in what_ifs() if name != "link-down"]
    + [("as-drawn", 15), ("retries", 90), ("scheduled", 66)],
)
def test_its_numbers_are_the_python_models_at_that_second(
    open_page: Open, what_if: str, seconds: int
) -> None:
    page = open_page(f"#what-if={what_if}&second={seconds}")
    asked = what_ifs()[what_if]
    for side, settings in zip(SIDES, (asked.naive, asked.buffered), strict=True):
        wanted = by_the_model(settings, seconds)
        assert {count: shown(page, side, count) for count in wanted} == wanted, side


def test_a_day_without_a_link_is_drawn_as_cut_and_ends_as_the_model_says(open_page: Open) -> None:
    page = open_page(f"#what-if=link-down&second={IN_SECONDS_UNTIL - 60:.0f}")
    expect(page.locator(".op-cross:visible")).to_have_count(2)
    assert (shown(page, "buffered", "lost"), shown(page, "buffered", "waiting")) != ("0", "0")
    assert shown(page, "naive", "connections") == "0"  # nothing reaches the database
    assert shown(page, "naive", "tries") != "0"
    page.get_by_label("Clock").press("End")
    expect(page.locator(".op-cross:visible")).to_have_count(0)
    asked = what_ifs()["link-down"]
    for side, settings in zip(SIDES, (asked.naive, asked.buffered), strict=True):
        answer = plan(settings)
        assert shown(page, side, "stored") == number(answer.stored)
        assert shown(page, side, "lost") == number(settings.receipts - answer.stored)


def test_nobody_who_plays_nothing_sees_a_minute_into_the_burst(open_page: Open) -> None:
    page = open_page()
    assert page.url.endswith(".html")
    naive = what_ifs()["as-drawn"].naive
    assert shown(page, "naive", "lost") == by_the_model(naive, STILL_S)["lost"]
    expect(page.locator('[data-design="naive"] [data-count="lost"]')).to_have_class(
        re.compile("bad")
    )
    quiet = page.locator('[data-design="buffered"] [data-count="lost"]')
    expect(quiet).not_to_have_class(re.compile("bad"))


def test_the_clock_moves_by_keyboard_and_says_what_is_so(open_page: Open) -> None:
    page = open_page("#what-if=as-drawn&second=40")
    clock = page.get_by_label("Clock")
    clock.focus()
    clock.press("ArrowRight")
    expect(page.locator(".op-clock")).to_have_text("10:00:41")
    said = clock.get_attribute("aria-valuetext") or ""
    assert "Without a queue: 222 stored" in said
    clock.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    clock.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    clock.press("Home")
    assert shown(page, "naive", "stored") == "0"


def test_space_and_the_arrows_move_the_clock_wherever_one_is(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Retries").click()
    page.get_by_label("Clock").press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".op-clock")).to_have_text("10:00:01")
    assert page.evaluate("scrollY") == 0
    page.locator("main a:visible").last.focus()  # a link keeps its keys
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".op-clock")).to_have_text("10:00:01")


def test_out_of_view_the_keys_are_the_page_s(open_page: Open) -> None:
    page = open_page()
    page.evaluate("document.querySelector('.one-peak').style.marginTop = '2000px'")
    page.keyboard.press("Space")
    page.wait_for_function("scrollY > 0")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_whoever_runs_once_a_minute_is_drawn_as_one(open_page: Open) -> None:
    page = open_page("#what-if=scheduled&second=60")
    node = page.locator("#peak-lambda-over-vpn-node-store")
    expect(node.locator(".detail")).to_have_text("one a minute")
    expect(node.locator(".behind").first).to_be_hidden()
    page.get_by_role("button", name="A function over VPN").click()
    expect(node.locator(".detail")).to_have_text("2 at once")
    expect(node.locator(".behind").first).to_be_visible()


def test_a_question_changes_the_picture_and_the_address_holds_it(open_page: Open) -> None:
    page = open_page("#what-if=as-drawn&second=60")
    page.get_by_role("button", name="A scheduled poller").click()
    expect(page.locator('[data-sheet="lambda-over-vpn"]')).to_be_visible()
    expect(page.locator('[data-sheet="on-premises-buffer"]')).to_be_hidden()
    expect(page.locator("#peak-lambda-over-vpn-node-store")).to_have_class(re.compile("op-marked"))
    assert page.url.endswith("#what-if=scheduled&second=60")
    page.get_by_role("button", name="Half the ceiling").click()
    ceiling = page.locator("#peak-on-premises-buffer-part-pull-agent-ceiling")
    expect(ceiling).to_have_class(re.compile("op-marked"))
    page.get_by_role("button", name="As drawn").click()
    expect(page.locator(".op-marked")).to_have_count(0)
    expect(page.locator(".op-change")).to_be_hidden()


@pytest.mark.parametrize("bad", ["#what-if=toString&second=3", "#what-if=", "#elsewhere"])
def test_an_address_that_asks_nothing_is_passed_over(open_page: Open, bad: str) -> None:
    page = open_page(bad)
    expect(page.get_by_role("button", name="As drawn")).to_have_attribute("aria-pressed", "true")


def test_a_recorded_run_moves_on_the_same_clock_beside_the_model_of_it(open_page: Open) -> None:
    page = open_page("#what-if=as-drawn&second=15")
    held = peak_run.held_to()
    step = round(15 / peak_run.STEP_S) - 1
    shown = page.locator(".op-run-now tbody tr")
    for row, curves in zip(shown.all(), (held.model, held.run), strict=True):
        told = [int(it) for it in row.locator("td").all_inner_texts()]
        assert told == [curves.read[step], curves.waiting[step], curves.stored[step]]
    expect(page.locator(".op-run")).to_contain_text(peak_run.apart(held))
    page.get_by_label("Clock").press("End")
    expect(page.locator(".op-run-now caption")).to_contain_text("at its end")
    chart = page.locator(".op-run figure > svg")
    box = chart.bounding_box()
    assert box
    chart.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.locator(".op-clock")).to_have_text(re.compile("^10:00:(19|20|21)$"))


def dots(page: Page) -> str:
    return str(
        page.evaluate(
            "[...document.querySelectorAll('.sheet .op-dot')].map(d => d.cx.baseVal.value) + ''"
        )
    )


def test_playing_moves_the_dots_and_with_reduced_motion_the_numbers_alone(open_page: Open) -> None:
    page = open_page("#what-if=as-drawn&second=50", motion="no-preference")
    before = dots(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('.sheet .op-dot')]"
        ".map(d => d.cx.baseVal.value) + '' !== before",
        arg=before,
    )
    calm = open_page("#what-if=as-drawn&second=70")
    places = set(dots(calm).split(","))
    calm.get_by_role("button", name="Play").click()
    expect(calm.locator(".op-clock")).not_to_have_text("10:01:10")
    assert set(dots(calm).split(",")) & places


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("what_if", ["as-drawn", "link-down"])
def test_it_breaks_no_rule_of_accessibility_and_fits(
    open_page: Open, what_if: str, width: int
) -> None:
    page = open_page(f"#what-if={what_if}&second=70", width=width)
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
