"""Every sheet in a real browser: nothing on anything, legible, and in the right mode."""

import pathlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, PdfMargins

from drawing import fonts, theme
from lab.support.paths import DOCS

IMAGES = DOCS / "diagrams"
MEASURE = (pathlib.Path(__file__).parent / "measure.js").read_text()
SITE_COLUMN, PHONE = 688, 360  # CSS pixels
Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
DEJAVU_BOLD = 1.2  # its width beside the embedded semibold: measured, at most 1.2
PAGE = """<!doctype html><html data-md-color-scheme="{scheme}"><meta charset="utf-8">
<body style="margin:0"><main style="width:{width}px">{figure}</main></body></html>"""

Open = Callable[..., Page]


@pytest.fixture
def pages(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages with an emulated system mode, and closes them."""
    contexts = []

    def new(system: Mode = "light", width: int = 1100) -> Page:
        context = browser.new_context(
            color_scheme=system, viewport={"width": width, "height": 900}, offline=True
        )
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


def open_alone(page: Page, name: str) -> Page:
    page.set_content(f'<body style="margin:0">{(IMAGES / f"{name}.svg").read_text()}</body>')
    page.evaluate("document.fonts.ready")
    return page


def open_in_page(
    page: Page, name: str, *, scheme: str = "default", width: int = SITE_COLUMN
) -> Page:
    figure = (IMAGES / f"{name}.figure.html").read_text()
    page.set_content(PAGE.format(scheme=scheme, width=width, figure=figure))
    page.evaluate("document.fonts.ready")
    return page


def faults(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector("svg.sheet", MEASURE)
    return found


def colour(page: Page, selector: str, what: str = "fill") -> str:
    rgb = page.eval_on_selector(selector, f"it => getComputedStyle(it).{what}")
    return "#" + "".join(f"{int(it):02x}" for it in re.findall(r"\d+", rgb)[:3])


@pytest.mark.parametrize("mode", MODES)
def test_nothing_lies_on_anything_when_the_sheet_is_alone(
    pages: Open, name: str, mode: str
) -> None:
    assert faults(open_alone(pages(mode), name)) == []


@pytest.mark.parametrize("mode", MODES)
def test_nothing_lies_on_anything_and_all_is_legible_in_the_sites_column(
    pages: Open, name: str, mode: str
) -> None:
    scheme = "slate" if mode == "dark" else "default"
    assert faults(open_in_page(pages(), name, scheme=scheme)) == []


def test_it_is_as_legible_on_a_phone_and_pans_there(pages: Open, name: str) -> None:
    page = open_in_page(pages(width=PHONE), name, width=PHONE)
    assert faults(page) == []
    pan = "it => [it.scrollWidth > it.clientWidth, it.clientWidth, document.body.scrollWidth]"
    pans, visible, body = page.eval_on_selector(".pan", pan)
    assert pans
    assert visible <= PHONE
    assert body <= PHONE, "the page itself must not scroll sideways"


def test_words_keep_apart_in_whatever_font_a_reader_has(pages: Open, name: str) -> None:
    """Each text as wide as in the widest common font, on machines without that font too."""
    page = open_alone(pages(), name)
    page.eval_on_selector_all(
        "svg.sheet text",
        """(all, [regular, bold]) => {
            const shown = all.filter(it => it.textContent.trim());
            const wide = shown.map(it => it.getComputedTextLength());
            shown.forEach((it, index) => {
                const wider = +getComputedStyle(it).fontWeight > 400 ? bold : regular;
                it.setAttribute("textLength", wide[index] * wider);
                it.setAttribute("lengthAdjust", "spacingAndGlyphs");
            });
        }""",
        [fonts.WIDER, DEJAVU_BOLD],
    )
    assert faults(page) == []


def test_every_steps_numbers_find_room_when_a_reader_points_at_it(pages: Open, name: str) -> None:
    page = open_alone(pages(), name)
    badges = ".badge-more text"
    shown = "all => all.filter(it => it.getClientRects().length).length"
    assert page.eval_on_selector_all(badges, shown) == 0
    point = "all => all.forEach(it => it.classList.add('pointed'))"
    page.eval_on_selector_all("[data-arrow]", point)
    assert page.eval_on_selector_all(badges, shown) == page.locator(badges).count()
    assert faults(page) == []


def test_live_numbers_stand_in_the_room_that_is_kept_for_them(pages: Open, name: str) -> None:
    page = open_alone(pages(), name)
    rooms = "all => all.filter(it => getComputedStyle(it).display !== 'none').length"
    assert page.eval_on_selector_all(".live-room", rooms) == 0
    page.eval_on_selector_all(".live", "all => all.forEach(it => { it.textContent = '88,888' })")
    assert page.eval_on_selector_all(".live-room", rooms) == page.locator(".live").count()
    assert faults(page) == []


def test_a_request_and_data_differ_without_their_colours(pages: Open) -> None:
    page = open_alone(pages(), "whole-system")
    looks = {
        kind: page.eval_on_selector(
            f".arrows .{kind}",
            """it => {
                const [line, head] = ["path:not(.reach)", ".head"].map(
                    (path) => getComputedStyle(it.querySelector(path)));
                return [parseFloat(line.strokeWidth), head.fill !== "none"];
            }""",
        )
        for kind in ("request", "data")
    }
    (thin, open_head), (thick, filled_head) = looks["request"], looks["data"]
    assert thick >= 1.5 * thin
    assert (open_head, filled_head) == (False, True)


def test_the_embedded_font_is_what_is_shown(pages: Open, name: str) -> None:
    page = open_alone(pages(), name)
    assert page.evaluate("document.fonts.check('600 14px \"Inter Sheet\"')")
    loaded = page.evaluate("[...document.fonts].map(it => it.family + it.weight + it.status)")
    assert sorted(loaded) == ["Inter Sheet400loaded", "Inter Sheet600loaded"]


@pytest.mark.parametrize("mode", MODES)
def test_alone_it_follows_the_system(pages: Open, name: str, mode: str) -> None:
    page = open_alone(pages(mode), name)
    colours = theme.DARK if mode == "dark" else theme.LIGHT
    assert colour(page, ".paper") == colours["paper"]
    assert colour(page, ".node .title") == colours["ink"]


@pytest.mark.parametrize("system", MODES)
@pytest.mark.parametrize(("scheme", "colours"), [("default", theme.LIGHT), ("slate", theme.DARK)])
def test_in_a_page_it_follows_the_pages_switch_and_not_the_system(
    pages: Open, name: str, system: str, scheme: str, colours: dict[str, str]
) -> None:
    page = open_in_page(pages(system), name, scheme=scheme)
    assert colour(page, ".node .title") == colours["ink"]


def test_it_is_printed_light_on_one_a4_page(pages: Open, name: str) -> None:
    page = open_alone(pages("dark"), name)
    page.emulate_media(media="print", color_scheme="dark")
    assert colour(page, ".paper") == theme.LIGHT["paper"]
    page.add_style_tag(content="svg{width:100%;height:auto;max-height:267mm}")
    margin: PdfMargins = {"top": "15mm", "right": "15mm", "bottom": "15mm", "left": "15mm"}
    printed = page.pdf(format="A4", margin=margin)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1


def test_the_keyboard_reaches_every_part_and_shows_where_it_is(pages: Open, name: str) -> None:
    page = open_alone(pages(), name)
    wanted = page.eval_on_selector_all("[role=graphics-symbol]", "all => all.map(it => it.id)")
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert sorted(reached) == sorted(wanted)
    last = "it => getComputedStyle(it.querySelector('.ring') ?? it.querySelector('path')).stroke"
    assert page.eval_on_selector(":focus", last) != "none"


def test_a_reader_by_ear_hears_each_part_once(pages: Open, name: str) -> None:
    page = open_alone(pages(), name)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = [it["name"]["value"] for it in tree if not it["ignored"] and it.get("name")]
    labels = page.eval_on_selector_all(
        "[role=graphics-symbol]", "all => all.map(it => it.getAttribute('aria-label'))"
    )
    assert {label: heard.count(label) for label in labels} == dict.fromkeys(labels, 1)


PLANTED = {
    "text on text": "move(words[0], words[1].getBBox().x, words[1].getBBox().y + 12)",
    "text on icon": "move(words[0], icon.x.baseVal.value + 20, icon.y.baseVal.value + 30)",
    "line on text": "move(words[0], start.x, start.y + 4)",
    "outside": "move(words[0], -500, 0)",
    "too small": "words[0].style.fontSize = '8px'",
    "collapsed": "svg.style.width = '0'",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_each_measurement_finds_a_planted_fault(pages: Open, fault: str) -> None:
    page = open_alone(pages(), "batch-fan-out")
    plant: Any = f"""svg => {{
        const words = [...svg.querySelectorAll(".words text")];
        const icon = svg.querySelector(".node use");
        const line = svg.querySelector("#batch-fan-out-arrow-accept-ledger-path");
        const start = line.getPointAtLength(30);
        const move = (it, x, y) => {{ it.setAttribute("x", x); it.setAttribute("y", y); }};
        {PLANTED[fault]};
    }}"""
    page.eval_on_selector("svg.sheet", plant)
    assert any(it.startswith(f"{fault}:") for it in faults(page))
