"""The style that every sheet keeps, checked on what is drawn."""

import re
import xml.etree.ElementTree as ET

import pytest

from drawing import layout, pages, paint, services, theme
from drawing.drift import evidence
from drawing.geometry import stretches
from drawing.plan import HEAD
from drawing.route import CLEAR, LANE, crossings
from drawing.sheet import KINDS, Sheet

# CSS pixels of a picture's column on the site, in windows 1280 and 1440 pixels wide; on Home wider.
SITE_COLUMN, WIDE_COLUMN, HOME_COLUMN = 674, 834, 1084
A4 = (680, 1009)  # CSS pixels inside margins of 15 mm
SVG = "{http://www.w3.org/2000/svg}"
AA = 4.5  # WCAG 2.2, 1.4.3: text
GRAPHIC = 3.0  # WCAG 2.2, 1.4.11: what one must see to understand
GROUNDS = ("paper", "cloud", "stage", "vpc", "premises")
# Each colour of text or line, and the grounds it may stand on.
TEXTS = {
    "ink": GROUNDS,
    "muted": GROUNDS,
    "request": GROUNDS,
    "data": GROUNDS,
    "failure": GROUNDS,
    "signal": GROUNDS,
    "vpc-ink": ("vpc",),
    "premises-ink": ("premises",),
    "on-badge": ("badge",),
}


@pytest.fixture(scope="session")
def drawings(sheets: dict[str, Sheet]) -> dict[str, layout.Drawing]:
    return {name: layout.lay_out(sheet) for name, sheet in sheets.items()}


@pytest.fixture
def alone(drawings: dict[str, layout.Drawing], sheet: Sheet) -> ET.Element:
    return ET.fromstring(paint.svg(drawings[sheet.name]))  # noqa: S314 - our own


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def size_of(svg: str) -> tuple[int, int]:
    wide, high = re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0]
    return int(wide), int(high)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_text_has_the_contrast_that_wcag_asks_for(mode: dict[str, str]) -> None:
    pairs = [(ink, ground) for ink, grounds in TEXTS.items() for ground in grounds]
    weak = {pair: round(contrast(mode[pair[0]], mode[pair[1]]), 2) for pair in pairs}
    assert {pair: it for pair, it in weak.items() if it < AA} == {}


@pytest.mark.parametrize("mode", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_line_that_carries_meaning_stands_out(mode: dict[str, str]) -> None:
    lines = [("premises-line", "premises"), ("premises-line", "paper"), ("vpc-line", "vpc")]
    weak = {it: round(contrast(mode[it[0]], mode[it[1]]), 2) for it in lines}
    assert {pair: it for pair, it in weak.items() if it < GRAPHIC} == {}


def test_both_modes_define_the_same_colours_and_every_rule_finds_its_own() -> None:
    assert theme.LIGHT.keys() == theme.DARK.keys()
    assert "$" not in theme.css(alone=True)
    assert "var(" not in theme.flat_css(dark=True)
    used = set(re.findall(r"var\(--([a-z-]+)\)", theme.css(alone=True)))
    assert used == theme.LIGHT.keys()


def test_lines_are_of_one_to_three_words(sheet: Sheet) -> None:
    lines = [line for arrow in sheet.arrows for line in arrow.label]
    for node in sheet.nodes.values():
        lines += node.title + node.detail + node.warning + node.parts
    assert [line for line in lines if not 1 <= len(line.split()) <= 3] == []


def test_every_arrow_is_numbered_and_every_step_has_an_arrow(sheet: Sheet) -> None:
    numbers = {arrow.number for arrow in sheet.arrows}
    assert numbers == set(range(1, len(sheet.steps) + 1))


def test_steps_are_whole_sentences(sheet: Sheet) -> None:
    assert [it for it in sheet.steps if not (it[0].isupper() and it.endswith("."))] == []


def test_the_key_explains_each_kind_of_line_and_mark_that_is_there(
    sheet: Sheet, alone: ET.Element
) -> None:
    key = next(it for it in alone.iter(f"{SVG}g") if it.get("class") == "key")
    told = [it.text for it in key.iter(f"{SVG}text")]
    wanted = [sheet.key[kind] for kind in KINDS if any(it.kind == kind for it in sheet.arrows)]
    wanted += ["opens the connection"] if any(it.opened_by for it in sheet.arrows) else []
    wanted += ["can't be"] if any(it.impossible for it in sheet.arrows) else []
    assert told == wanted


def test_the_sheet_alone_tells_title_and_steps_and_the_page_its_own(
    drawings: dict[str, layout.Drawing], sheet: Sheet, alone: ET.Element
) -> None:
    inline = paint.svg(drawings[sheet.name], alone=False)
    assert f"{sheet.name}-step-1" in {it.get("id") for it in alone.iter()}
    assert "heading" not in inline.split("</style>")[1]
    assert f'id="{sheet.name}-step-1"' not in inline
    figure = pages.figure(drawings[sheet.name])
    assert figure.count("<li ") == len(sheet.steps)
    assert "\n\n" not in figure


def test_text_stays_legible_in_the_sites_column_or_the_figure_pans(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    figure = pages.figure(drawings[sheet.name])
    wide, _ = size_of(figure)
    smallest = min(map(float, re.findall(r"font-size:([\d.]+)px", theme.css(alone=False))))
    least = int(re.findall(r"min-width:(\d+)px", figure)[0])
    assert smallest == pages.DRAWN_TEXT
    assert smallest * max(SITE_COLUMN, least) / wide >= pages.LEAST_TEXT
    assert "overflow-x:auto" in figure


def test_only_the_largest_pan_in_a_small_window_and_none_in_a_wide_one(
    drawings: dict[str, layout.Drawing],
) -> None:
    least = {name: pages.least_width(size_of(pages.figure(it))[0]) for name, it in drawings.items()}
    large = {name for name, wide in least.items() if wide > SITE_COLUMN}
    assert large <= {"batch-fan-out", "failure-paths", "whole-system"}
    assert {it for it in large if least[it] > WIDE_COLUMN} <= {"whole-system"}
    assert least["whole-system"] <= HOME_COLUMN


def test_the_sheet_prints_on_one_a4_page_with_legible_text(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    wide, high = size_of(paint.svg(drawings[sheet.name]))
    upright, across = (min(w / wide, h / high, 1) for w, h in (A4, A4[::-1]))
    assert pages.DRAWN_TEXT * max(upright, across) >= 8  # CSS pixels: 6 pt, a footnote's size


def test_ids_are_unique_and_carry_the_sheets_name(sheet: Sheet, alone: ET.Element) -> None:
    ids = [found for it in alone.iter() if (found := it.get("id"))]
    assert len(ids) == len(set(ids))
    assert [it for it in ids if it != sheet.name and not it.startswith(f"{sheet.name}-")] == []


def test_every_node_arrow_and_label_can_be_found_by_a_stable_id(
    sheet: Sheet, alone: ET.Element
) -> None:
    ids = {it.get("id") for it in alone.iter()}
    for name in sheet.nodes:
        assert {f"{sheet.name}-node-{name}", f"{sheet.name}-live-{name}"} <= ids
    for arrow in sheet.arrows:
        base = f"{arrow.source}-{arrow.target}"
        assert {f"{sheet.name}-arrow-{base}", f"{sheet.name}-arrow-{base}-path"} <= ids
        assert f"{sheet.name}-label-{base}" in ids


def test_everyone_can_read_it_by_ear_and_by_keyboard(sheet: Sheet, alone: ET.Element) -> None:
    assert alone.get("role") == "graphics-document document"
    by_id = {it.get("id"): it for it in alone.iter()}
    assert by_id[alone.get("aria-labelledby")].text == sheet.title
    described = by_id[alone.get("aria-describedby")].text or ""
    assert all(step in described for step in sheet.steps)
    symbols = [it for it in alone.iter() if it.get("role") == "graphics-symbol"]
    assert len(symbols) == len(sheet.nodes) + len(sheet.arrows)
    assert all(it.get("tabindex") == "0" and it.get("aria-label") for it in symbols)


def test_each_arrow_carries_its_evidence_as_a_tooltip(sheet: Sheet) -> None:
    told = evidence(sheet, sheet.template)
    for arrow, lines in zip(sheet.arrows, told, strict=True):
        assert lines, f"{arrow.where}: nothing stands behind this arrow"
        assert all(re.match(r"\S+\.yaml:\d+ \w+", it) for it in lines) or arrow.evidence
    svg = ET.fromstring(paint.svg(layout.lay_out(sheet, told)))  # noqa: S314 - our own
    tooltips = [it.text or "" for it in svg.iter(f"{SVG}title")]
    for lines in told:
        assert any(tip.endswith("\n".join(lines)) for tip in tooltips)


def test_nothing_in_the_svg_is_fetched_from_elsewhere(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    svg = paint.svg(drawings[sheet.name])
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert {it[:5] for it in re.findall(r'href="([^"]+)"', svg)} <= {"data:", f"#{sheet.name}"[:5]}
    assert len(svg) < 90_000, "icons are embedded once, as symbols"


def test_each_class_has_its_icon_which_is_embedded_once(sheet: Sheet, alone: ET.Element) -> None:
    kinds = {zone.kind for zone in sheet.zones.values()}
    icons = {node.service.icon for node in sheet.nodes.values()}
    icons |= {sign.icon for kind, sign in services.GROUPS.items() if kind in kinds}
    symbols = [it.get("id", "") for it in alone.iter(f"{SVG}symbol")]
    assert sorted(symbols) == sorted(f"{sheet.name}-icon-{it.lower()}" for it in icons)


def test_the_folder_of_icons_holds_what_sheets_may_use_and_nothing_else() -> None:
    used = {it.icon for it in (*services.SERVICES.values(), *services.GROUPS.values())}
    assert {it.stem for it in services.FOLDER.glob("*.svg")} == used
    told = (services.FOLDER / "README.md").read_text()
    assert "`aws-icons` 3.3.0" in told
    assert "`simple-icons` 16.37.0" in told


@pytest.mark.parametrize("icon", sorted(it.stem for it in services.FOLDER.glob("*.svg")))
def test_an_icon_brings_no_id_style_or_link_that_could_meet_a_pages_own(icon: str) -> None:
    symbol = ET.fromstring(services.symbol(services.Service("", icon), "x"))  # noqa: S314 - our own folder
    assert {it.tag for it in symbol.iter()} <= {"symbol", "g", "path", "circle"}
    inside = [name for it in list(symbol.iter())[1:] for name in it.attrib]
    assert {*inside} <= {"d", "fill", "fill-rule", "clip-rule", "cx", "cy", "r"}


def test_each_part_says_its_service_in_the_picture_and_aloud(
    sheet: Sheet, alone: ET.Element
) -> None:
    by_id = {it.get("id"): it for it in alone.iter()}
    for name, node in sheet.nodes.items():
        drawn = by_id[f"{sheet.name}-node-{name}"]
        service = " ".join(node.service.name.split())
        texts = " ".join(it.text or "" for it in drawn.iter(f"{SVG}text"))
        tooltip = next(drawn.iter(f"{SVG}title")).text or ""
        for words in (texts, drawn.get("aria-label", ""), tooltip):
            assert service in words or services.says(words, service)
        assert drawn.get("data-service", "") == service


def test_a_steps_number_is_shown_once_and_its_others_wait_to_be_pointed_at(
    sheet: Sheet, alone: ET.Element
) -> None:
    labels = next(it for it in alone.iter(f"{SVG}g") if it.get("class") == "labels")
    badges = [it for it in labels.iter(f"{SVG}g") if "badge" in (it.get("class") or "").split()]
    shown = [it[1].text or "" for it in badges if it.get("class") == "badge"]
    assert sorted(map(int, shown)) == list(range(1, len(sheet.steps) + 1))
    assert len(badges) == len(sheet.arrows)


def test_arrows_do_not_cross_and_lie_on_nothing(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    drawing = drawings[sheet.name]
    pairs = [[drawing.arrow_ids[it] for it in pair] for pair in crossings(drawing.ways)]
    assert pairs == []


def test_an_arrows_ends_are_longer_than_its_head(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    for arrow, way in zip(sheet.arrows, drawings[sheet.name].ways, strict=True):
        pieces = stretches(way)
        ends = [pieces[-1], pieces[0]] if arrow.both else [pieces[-1]]
        assert min(it.length for it in ends) > HEAD + 3, arrow.where


def test_no_arrow_runs_along_a_frame_as_if_it_were_a_second_one(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    drawing = drawings[sheet.name]
    for arrow, way in zip(sheet.arrows, drawing.ways, strict=True):
        for piece, box in ((it, it.box) for it in stretches(way)):
            for frame in drawing.places.zones.values():
                level = piece.level
                lines = (frame.top, frame.bottom) if level else (frame.left, frame.right)
                at = piece.start.y if level else piece.start.x
                beside = (
                    min(box.right, frame.right) - max(box.left, frame.left)
                    if level
                    else min(box.bottom, frame.bottom) - max(box.top, frame.top)
                )
                near = min(abs(at - line) for line in lines)
                assert near >= CLEAR - 2 or beside <= 2 * LANE, arrow.where


def test_nothing_enters_the_room_that_is_kept_for_a_nodes_live_number(
    drawings: dict[str, layout.Drawing], sheet: Sheet
) -> None:
    drawing = drawings[sheet.name]
    lines = [piece.box for way in drawing.ways for piece in stretches(way)]
    places = drawing.places
    for name, room in places.rooms.items():
        others = [box for other, box in places.stacks.items() if other != name]
        others += [box for other, box in places.rooms.items() if other != name]
        labels = [box for label in drawing.labels for box in label.boxes]
        everything = [*lines, *labels, *others, *places.texts.values(), *places.heads.values()]
        assert not any(room.meets(it) for it in everything), f"{sheet.name}: {name}"
        assert all(places.whole.left <= x <= places.whole.right for x in (room.left, room.right))
