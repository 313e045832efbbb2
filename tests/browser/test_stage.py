"""The presenter in a real browser: keys, wheel, fingers, addresses, and sizes for a wall."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from helpers.in_browser import broken_rules
from lab.publish.pages import stage as facts

PAGE, SHEET = "workshop/batch-fan-out.html", "batch-fan-out"
PROJECTOR = {"width": 1280, "height": 720}
LEAST_TEXT, LEAST_SENTENCE = 16, 28  # CSS pixels
DIMMED = "0.15"
SCALE = (
    "document.querySelector('.room svg.sheet').getBoundingClientRect().width"
    " / document.querySelector('.room svg.sheet').viewBox.baseVal.width"
)
STATES = {"a step": "", "a hint": "h", "keys, time": "t?", "a panel": "", "a death": "d"}  # keys

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, noise: list[str]) -> Page:
    opened = open_page(f"{PAGE}#present={SHEET}.0", **PROJECTOR)
    assert noise == []
    return opened


@pytest.fixture
def present(open_page: Open) -> Open:
    """Opens a sheet in the presenter, at a step."""

    def at(step: str = "0", **more: Any) -> Page:
        return open_page(f"{PAGE}#present={SHEET}.{step}", **{**PROJECTOR, **more})

    return at


def says(page: Page) -> Locator:
    return page.locator("dialog.stage .says p")


def sentence(page: Page, step: int) -> str:
    return page.locator("ol.sheet-steps > li").nth(step - 1).inner_text()


def scale(page: Page) -> float:
    found: float = page.evaluate(SCALE)
    return found


def corner(page: Page) -> tuple[float, float]:
    box = page.locator("svg.sheet").bounding_box()
    assert box
    return box["x"], box["y"]


def test_a_key_is_a_step_and_a_clicker_a_keyboard(page: Page) -> None:
    last = page.locator("ol.sheet-steps > li").count()
    expect(says(page)).to_contain_text("Batch fan-out.")
    for step, key in enumerate(("ArrowRight", "ArrowDown", "Space", "PageDown"), 1):
        page.keyboard.press(key)
        expect(says(page)).to_have_text(sentence(page, step))
        assert page.url.endswith(f"#present={SHEET}.{step}")
    for step, key in ((3, "PageUp"), (2, "ArrowUp"), (1, "ArrowLeft"), (last, "End")):
        page.keyboard.press(key)
        expect(says(page)).to_have_text(sentence(page, step))
    page.keyboard.press("ArrowRight")  # there is no more
    expect(says(page)).to_have_text(sentence(page, last))
    page.keyboard.press("Home")
    expect(says(page)).to_contain_text("Batch fan-out.")
    page.keyboard.press("ArrowLeft")
    assert page.url.endswith(f"#present={SHEET}.0")


def test_the_steps_arrows_and_parts_are_lit_and_the_rest_dimmed(page: Page) -> None:
    page.keyboard.press("ArrowRight")
    lit = page.locator("svg.sheet :is(.node, .arrow).pointed")
    assert sorted(lit.evaluate_all("all => all.map(it => it.id)")) == [
        "batch-fan-out-arrow-customer-batches-api",
        "batch-fan-out-node-batches-api",
        "batch-fan-out-node-customer",
    ]
    dimmed = page.locator("svg.sheet :is(.node, .arrow):not(.pointed)")
    opacities = dimmed.evaluate_all("all => all.map(it => getComputedStyle(it).opacity)")
    assert set(opacities) == {DIMMED}
    assert lit.first.evaluate("it => getComputedStyle(it).opacity") == "1"


def test_an_address_brings_back_step_and_death(present: Open) -> None:
    page = present("6&dead=read")
    expect(says(page)).to_contain_text("Read dies.")
    expect(page.locator("#batch-fan-out-node-read")).to_have_class(re.compile(r"\bdead\b"))
    expect(page.locator("path.death")).to_be_visible()
    page.keyboard.press("d")  # the dead part is the one at hand
    expect(says(page)).to_have_text(sentence(page, 6))
    expect(page.locator("path.death")).to_have_count(0)
    page.evaluate(f"location.hash = '#present={SHEET}.2'")
    expect(says(page)).to_have_text(sentence(page, 2))


@pytest.mark.parametrize("hash_", ["#present=other.3", f"#present={SHEET}.x", "#why-so"])
def test_another_address_presents_nothing(open_page: Open, hash_: str, noise: list[str]) -> None:
    page = open_page(f"{PAGE}{hash_}")
    expect(page.get_by_role("button", name="Enlarge and present")).to_be_visible()
    expect(page.locator("dialog.stage")).to_have_count(0)
    assert noise == []


def test_a_step_that_is_not_there_is_the_last(present: Open) -> None:
    page = present("99")
    expect(says(page)).to_have_text(sentence(page, page.locator("ol.sheet-steps > li").count()))


def test_escape_leaves_and_all_is_as_it_was(open_page: Open, noise: list[str]) -> None:
    page = open_page(PAGE)
    button = page.get_by_role("button", name="Enlarge and present")
    button.scroll_into_view_if_needed()
    before = page.locator("svg.sheet").bounding_box()
    button.click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.stage")).to_have_count(0)
    expect(button).to_be_focused()
    assert "#" not in page.url
    assert page.locator(".pan > svg.sheet").bounding_box() == before
    assert page.locator("svg.sheet .pointed").count() == 0
    button.click()  # and again
    expect(page.locator("dialog.stage")).to_be_visible()
    page.get_by_role("button", name="Close").last.click()
    expect(page.locator("dialog.stage")).to_have_count(0)
    assert noise == []


def test_escape_first_closes_what_is_open(page: Page) -> None:
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    expect(page.locator(".stage .card")).to_be_hidden()
    part = page.locator("#batch-fan-out-node-split")
    part.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Split", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(part).to_be_focused()
    expect(page.locator("dialog.stage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.stage")).to_have_count(0)


MEASURE = """() => {
  const room = document.querySelector(".stage .room").getBoundingClientRect();
  const svg = document.querySelector(".room svg.sheet");
  const lit = [...svg.querySelectorAll(":is(.node, .arrow, .labels > g).pointed")];
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const texts = lit.flatMap((it) => [...it.querySelectorAll("text")])
    .filter((it) => it.textContent.trim() && it.getClientRects().length);
  const sizes = texts.map((it) => parseFloat(getComputedStyle(it).fontSize) * scale);
  const outside = lit.filter((it) => {
    const box = it.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1 ||
      box.top < room.top - 1 || box.bottom > room.bottom + 1;
  });
  const says = document.querySelector(".stage .says p");
  const bar = document.querySelector(".whole > .bar").getBoundingClientRect();
  return { sizes, outside: outside.map((it) => it.id), lit: lit.length,
    sentence: parseFloat(getComputedStyle(says).fontSize), bottom: bar.bottom };
}"""


def test_each_step_of_each_sheet_is_legible_on_a_projector_and_whole(
    open_page: Open, site: Path, page_paths: list[str], name: str
) -> None:
    figure = f'id="{name}-figure"'
    where = next(it for it in page_paths if figure in (site / it).read_text())
    page = open_page(f"{where}#present={name}.1", **PROJECTOR)
    steps = page.locator("ol.sheet-steps > li").count()
    wrong = []
    for step in range(1, steps + 1):
        found = page.evaluate(MEASURE)
        assert found["lit"] >= 2
        small = [it for it in found["sizes"] if it < LEAST_TEXT - 0.01]
        wrong += [f"step {step}: text of {min(small):.1f} px"] if small else []
        wrong += [f"step {step}: cut off: {it}" for it in found["outside"]]
        assert found["sentence"] >= LEAST_SENTENCE
        assert found["bottom"] <= PROJECTOR["height"]
        page.keyboard.press("ArrowRight")
    assert wrong == []


def test_wheel_and_keys_zoom_and_a_drag_moves(page: Page) -> None:
    fit = scale(page)
    x, y = 700, 300
    at = "([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(document.querySelector("
    at += "'svg.sheet').getScreenCTM().inverse()); return [p.x, p.y]; }"
    under = page.evaluate(at, [x, y])
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"{fit} * 1.5 < {SCALE}")
    assert page.evaluate(at, [x, y]) == pytest.approx(under, abs=0.5), "the pointer's place stays"
    zoomed = scale(page)
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(zoomed * 1.25, rel=0.01)
    page.keyboard.press("-")
    assert scale(page) == pytest.approx(zoomed, rel=0.01)
    before = corner(page)
    page.mouse.down()
    page.mouse.move(x + 80, y + 40, steps=4)
    page.mouse.up()
    assert corner(page) == pytest.approx((before[0] + 80, before[1] + 40), abs=1)
    page.keyboard.press("0")
    assert scale(page) == pytest.approx(fit)


def test_what_was_dragged_was_not_clicked(page: Page) -> None:
    box = page.locator("#batch-fan-out-node-split use").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 10, steps=3)
    page.mouse.up()
    expect(page.locator(".sheet-panel")).to_have_count(0)
    page.locator("#batch-fan-out-node-split use").first.click()
    expect(page.locator(".sheet-panel")).to_be_visible()


def test_two_fingers_zoom(present: Open) -> None:
    page = present("0", width=390, height=844, has_touch=True)
    fit = scale(page)
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80)):
        fingers = [{"x": 195 + side * apart, "y": 300, "id": side + 1} for side in (-1, 1)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"Math.abs({SCALE} / {fit} - 2) < 0.1")
    expect(page.locator(".sheet-panel")).to_have_count(0)


def test_a_tap_steps_and_opens(present: Open) -> None:
    page = present("0", width=390, height=844, has_touch=True)
    page.get_by_role("button", name="Next step").tap()
    expect(says(page)).to_have_text(sentence(page, 1))
    page.locator("#batch-fan-out-node-customer use").first.tap()
    panel = page.locator(".sheet-panel")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="This part dies").tap()
    expect(says(page)).to_contain_text("Customer dies.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_part_dies_and_each_receipt_is_somewhere(page: Page) -> None:
    page.keyboard.press("d")  # nothing is at hand
    expect(page.locator("path.death")).to_have_count(0)
    page.locator("#batch-fan-out-node-split").focus()
    page.keyboard.press("d")
    expect(says(page)).to_contain_text("Split dies. The event lies in the upload queue")
    assert page.url.endswith(f"#present={SHEET}.0&dead=split")
    page.keyboard.press("d")
    expect(says(page)).to_contain_text("Batch fan-out.")
    page.locator("#batch-fan-out-node-ledger use").first.click()
    page.get_by_role("button", name="This part dies").click()
    expect(says(page)).to_contain_text("Ledger dies.")
    expect(page.locator(".sheet-panel")).to_have_count(0)
    page.keyboard.press("ArrowRight")  # the next step, and all live again
    expect(page.locator("svg.sheet .dead")).to_have_count(0)


def test_hints_come_one_by_one_and_go_on_on_the_next_page(present: Open, site: Path) -> None:
    page, card = present(), ".stage .card"
    hints = [it["title"] for it in facts.hints()]
    for title in hints[:2]:
        page.keyboard.press("h")
        expect(page.locator(f"{card} h2")).to_have_text(title)
    page.goto(
        (site / "workshop/on-premises-buffer.html").as_uri() + "#present=on-premises-buffer.0"
    )
    for title in hints[2:]:
        page.keyboard.press("h")
        expect(page.locator(f"{card} h2")).to_have_text(title)
    page.keyboard.press("h")
    expect(page.locator(card)).to_be_hidden()
    page.keyboard.press("h")
    expect(page.locator(f"{card} h2")).to_have_text(hints[0])


def test_the_time_is_the_plans_and_runs_over(page: Page) -> None:
    plans = facts.minutes("workshop/batch-fan-out.md")
    page.clock.install()
    page.reload()
    shown = page.locator(".stage .time")
    expect(shown).to_be_hidden()
    for plan in plans:
        page.keyboard.press("t")
        expect(shown).to_contain_text(
            f"{plan['minutes']}:00 Solution A, {plan['plan']}-minute plan"
        )
    page.keyboard.press("t")
    expect(shown).to_be_hidden()
    page.keyboard.press("t")
    page.clock.run_for(61_000)
    expect(shown).to_contain_text("8:59")
    page.clock.run_for(9 * 60_000)
    expect(shown).to_contain_text("+0:01")
    expect(shown).to_have_class(re.compile(r"\bover\b"))


def test_an_empty_screen_until_any_key(page: Page) -> None:
    page.keyboard.press("b")
    blank = page.locator(".stage .blank")
    expect(blank).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(blank).to_be_hidden()
    assert page.url.endswith(f"#present={SHEET}.0"), "that key did nothing else"


def test_every_key_that_is_told_does_something(page: Page) -> None:
    page.keyboard.press("?")
    told = page.locator(".stage .card dt").all_inner_texts()
    assert {"d", "h", "t", "b", "f"} <= set(told)
    page.keyboard.press("?")
    expect(page.locator(".stage .card")).to_be_hidden()


def test_a_button_with_the_focus_takes_space_for_itself(page: Page) -> None:
    page.get_by_role("button", name="Keys").focus()
    page.keyboard.press("Space")
    expect(page.locator(".stage .card h2")).to_have_text("Keys")
    assert page.url.endswith(f"#present={SHEET}.0")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(present: Open, mode: str, noise: list[str]) -> None:
    page = present("5", mode=mode)
    split, broken = page.locator("#batch-fan-out-node-split"), []
    for state, keys in STATES.items():
        if state == "a panel":
            split.press("Enter")
        for key in keys:
            page.keyboard.press(key)
        broken += [f"{state}: {it}" for it in broken_rules(page)]
    assert broken == []
    assert noise == []


def test_pans_are_animated_only_for_who_does_not_mind(present: Open) -> None:
    moves = "it => parseFloat(getComputedStyle(it).transitionDuration)"
    for motion, animated in (("reduce", False), ("no-preference", True)):
        page = present("1", reduced_motion=motion)
        page.keyboard.press("ArrowRight")
        assert (page.locator(".room svg.sheet").evaluate(moves) > 0) == animated
