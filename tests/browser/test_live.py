"""The demo's page in a real browser: on a recorded run, and once on a small real demo."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import json
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from helpers.in_browser import broken_rules, opened
from helpers.pressed import Pressed
from lab.run.live.hub import Hub
from lab.run.live.levers import BUTTONS
from lab.run.live.receipts import Box, Details, Photo
from lab.run.live.record import RUN, load
from lab.run.live.server import serving

SCRIPT = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
PIXEL = "data:image/webp;base64,UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
RECORDED = load(RUN)


def details(number: int) -> Details:
    """Whatever a photo may say, it says it as a script."""
    return Details(
        number=number,
        name=SCRIPT,
        row={"merchant": SCRIPT, "total": "12.50", "confidence": {"merchant": 0.4}},
        look_at=("merchant",),
        photo=Photo(url=PIXEL, width=1, height=1, boxes=(Box(0, 0, 1, 1, SCRIPT, "merchant"),)),
    )


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def controls() -> Pressed:
    return Pressed()


@pytest.fixture
def noise() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, hub: Hub, controls: Pressed, noise: list[str]) -> Iterator[Page]:
    """The live page, fed by the recorded run; without motion."""
    with serving(hub, controls, details) as address:
        page = opened(browser, address, noise, reduced_motion="reduce")
        yield page
        page.context.close()
    assert noise == []


def equation(page: Page) -> tuple[int, int]:
    """The left and the sum of the right, as they stand on the page at one moment."""
    whole, *terms = page.evaluate(
        "places => ['.rl-all', ...places.map(it => `.rl-term.rl-${it}`)]"
        ".map(it => document.querySelector(`${it} b`).innerText)",
        ["stored", "read", "reading", "waiting", "rejected", "dead"],
    )
    return int(whole), sum(map(int, terms))


def test_the_equation_adds_up_in_each_frame_and_the_verdict_comes_last(page: Page, hub: Hub):
    before = [frame for frame in RECORDED.frames if frame.verdict is None]
    for frame in before[:: len(before) // 12]:
        hub.publish(frame)
        expect(page.locator(".rl-all b")).to_have_text(str(frame.expected or "?"))
        expect(page.locator(".rl-stored b")).to_have_text(str(frame.stored))
        if frame.expected:
            whole, summed = equation(page)
            assert whole == summed
    verdict = page.get_by_role("status")
    expect(verdict).not_to_contain_text("It balances")
    hub.publish(RECORDED.frames[-1])
    expect(verdict).to_contain_text("It balances")


def test_a_page_that_opens_late_shows_each_receipt_s_state(page: Page, hub: Hub):
    for frame in RECORDED.frames:
        hub.publish(frame)
    page.reload()
    last = RECORDED.frames[-1]
    expect(page.locator(".rl-receipts button.s")).to_have_count(last.stored)
    expect(page.locator(".rl-receipts button.x")).to_have_count(last.rejected)


def test_what_a_receipt_says_is_text(page: Page, hub: Hub):
    hub.publish(replace(RECORDED.frames[-1], said=(SCRIPT,)))
    page.get_by_role("button", name="receipt 1: ").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(f"Receipt 1: {SCRIPT}")
    expect(dialog.get_by_role("row", name="merchant")).to_contain_text(SCRIPT)
    expect(dialog).to_contain_text("A person should look at: merchant.")
    expect(dialog.locator("rect.rl-field title")).to_have_text(f"merchant: {SCRIPT}")
    expect(page.get_by_role("log")).to_contain_text(SCRIPT)
    assert page.locator("img[src=x], dialog script, .rl-log script").count() == 0
    assert page.title() == "Receipts, live"


def test_each_button_and_the_slider_reach_the_demo(page: Page, hub: Hub, controls: Pressed):
    hub.publish(RECORDED.frames[0])
    for name in BUTTONS:
        page.locator(f'[data-press="{name}"]').click()
    slider = page.get_by_role("slider", name="The client allows")
    slider.focus()
    slider.press("End")
    expect(page.locator(".rl-allowed")).to_have_text("100")
    page.wait_for_function("() => !document.querySelector('[aria-disabled]')")
    assert controls.done == [*BUTTONS, 100.0]


def test_a_switch_says_what_mends_it_and_the_sheet_shows_what_is_away(page: Page, hub: Hub):
    frame = replace(RECORDED.frames[2], faults=("database",), rows=None, batches=1)
    hub.publish(frame)
    expect(page.get_by_role("button", name="Start the database")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Broken at the moment: database")
    expect(page.locator("#whole-system-node-postgresql")).to_have_class(re.compile("rl-off"))
    hub.publish(replace(frame, faults=(), rows=1))
    expect(page.get_by_role("button", name="Stop the database")).to_be_visible()


def test_receipts_are_walked_by_arrow_keys_and_opened_and_closed_by_keyboard(page: Page, hub: Hub):
    hub.publish(RECORDED.frames[-1])
    first = page.get_by_role("button", name=re.compile("^receipt 1: "))
    first.focus()
    page.keyboard.press("ArrowRight")
    second = page.get_by_role("button", name=re.compile("^receipt 2: "))
    expect(second).to_be_focused()
    assert page.locator('.rl-receipts [tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(second).to_be_focused()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility_and_fits_a_phone(
    browser: Browser, hub: Hub, controls: Pressed, noise: list[str], mode: str
):
    for frame in RECORDED.frames:
        hub.publish(frame)
    with serving(hub, controls, details) as address:
        for width in (1440, 390):
            size = {"width": width, "height": 844}
            page = opened(browser, address, noise, color_scheme=mode, viewport=size)
            expect(page.get_by_role("status")).to_contain_text("It balances")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert broken_rules(page) == []
            page.context.close()
    assert noise == []


def test_an_hour_of_frames_grows_nothing_and_with_motion_no_more_than_a_few_receipts_move(
    browser: Browser, hub: Hub, controls: Pressed, noise: list[str]
):
    with serving(hub, controls, details) as address:
        page = opened(browser, address, noise)
        hub.publish(RECORDED.frames[-1])
        expect(page.get_by_role("status")).to_contain_text("It balances")
        feed = """([frame, count, from]) => {
            for (let i = from; i < from + count; i += 1)
                ReceiptsLive.view.frame({ ...frame, at: i, stored: i % 60, said: [`line ${i}`] });
            document.querySelectorAll(".rl-dot").forEach((it) => it.remove());
            return ReceiptsLive.view.sizes();
        }"""
        frame = json.decode(json.encode(RECORDED.frames[-1]))
        before = page.evaluate(feed, [frame, 300, 0])
        page.evaluate("() => new Promise(requestAnimationFrame)")
        after = page.evaluate(feed, [frame, 3600, 300])
        assert after == before
        page.context.close()
    assert noise == []


@pytest.fixture(scope="module")
def recorded_page(site: Path) -> str:
    return (site / "explanation" / "recorded-run.html").as_uri()


def test_the_recorded_run_plays_from_a_file_without_anything_running(
    browser: Browser, recorded_page: str, noise: list[str]
):
    page = opened(browser, recorded_page, noise)
    fullest = max(frame.read for frame in RECORDED.frames)
    expect(page.locator(".rl-term.rl-read b")).to_have_text(str(fullest))  # it begins there
    moment = page.get_by_role("slider", name="Moment")
    moment.focus()
    moment.press("End")
    expect(page.get_by_role("status")).to_contain_text("It balances")
    expect(page.get_by_role("region", name="Break it")).to_be_hidden()
    moment.press("Home")
    page.get_by_role("combobox", name="Speed").select_option("10")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".rl-all b")).to_have_text(str(RECORDED.frames[0].expected or "60"))
    page.get_by_role("button", name="Pause").click()
    moment.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    moment.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    nothing = page.locator(".rl-receipts button:not(.kept)").first
    expect(nothing).to_be_disabled()
    nothing.click(force=True)
    expect(page.locator(".rl-details")).to_be_hidden()
    page.get_by_role("button", name=re.compile("^receipt 1: ")).click()
    expect(page.get_by_role("dialog", name="Receipt 1")).to_contain_text(
        "Its row in the client's database"
    )
    assert noise == []
    page.context.close()


def test_what_stands_still_plays_from_its_beginning_by_space_without_scrolling(
    browser: Browser, recorded_page: str, noise: list[str]
):
    page = opened(browser, recorded_page, noise)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    moment = page.get_by_role("slider", name="Moment")
    assert int(moment.input_value()) < len(RECORDED.frames) / 2
    before = int(moment.input_value())
    page.keyboard.press("ArrowRight")
    expect(moment).to_have_value(str(before + 1))
    assert page.evaluate("scrollY") == 0
    assert noise == []
    page.context.close()


def test_repeats_are_told_apart_from_receipts_that_wait(page: Page, hub: Hub):
    frame = RECORDED.frames[2]
    queues = frame.queues | {"write-queue": 9}
    hub.publish(replace(frame, read=4, faults=(), queues=queues))
    expect(page.get_by_role("status")).to_contain_text("5 messages on the write queue are repeats")
    hub.publish(replace(frame, read=9, faults=(), queues=queues))
    expect(page.get_by_role("status")).not_to_contain_text("repeats")


def test_a_real_demo_survives_each_button_and_comes_right_again(browser: Browser, noise: list[str]):
    """Pressed in the browser while twelve receipts are read; Ctrl-C then ends all of it."""
    command = [sys.executable, "-m", "lab", "demo"]
    wanted = {"COUNT": "12", "KEEP": "1", "PYTHONPATH": "reference", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603  our own interpreter and arguments
        command,
        env=os.environ | wanted,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        try:
            assert demo.stdout is not None
            lines = iter(demo.stdout.readline, "")
            address = next(it.split()[-1] for it in lines if it.startswith("watch it"))
            page = opened(browser, address, noise, reduced_motion="reduce")
            page.wait_for_selector(".rl-receipts button.r, .rl-receipts button.s")
            for name in ("pause", "kill", "twice", "poison", "database"):
                page.locator(f'[data-press="{name}"]').click()  # paused: nothing is written before
            page.get_by_role("button", name="Start the database").click()
            page.locator('[data-press="link"]').click()
            page.get_by_role("button", name="Mend the link").click()
            page.get_by_role("button", name="Let the agent go on").click()
            expect(page.get_by_role("status")).to_contain_text(
                "It balances: 13 = 12 stored + 1 rejected + 0 dead-lettered", timeout=400_000
            )
            page.get_by_role("button", name=re.compile("^receipt 1: stored")).click()
            expect(page.get_by_role("dialog").locator(".rl-field").first).to_be_attached(
                timeout=60_000
            )
            corrected = page.get_by_role("region", name="Corrections")
            expect(corrected).to_be_visible()
            if not corrected.get_by_label("Merchant").is_visible():  # it is in no doubt: folded
                corrected.get_by_text("Correct it").click()
            corrected.get_by_label("Merchant").fill(SCRIPT)
            corrected.get_by_label("Your name").fill("Ada")
            corrected.get_by_role("button", name="Send the correction").click()
            row = corrected.get_by_role("row", name="old → new")
            expect(row).to_contain_text(f"→ {SCRIPT}", timeout=60_000)
            assert page.title() == "Receipts, live"
            page.context.close()
        finally:
            demo.send_signal(2)
            rest = demo.stdout.read() if demo.stdout else ""
    assert "ledger balances: accepted 12 = stored 12" in rest
    assert demo.returncode == 130
