"""One peak, two designs, is embedded with ids of its own and all that its script moves."""

import re
from pathlib import Path

import pytest

from lab.plan.designs import what_ifs
from lab.publish.pages import one_peak
from lab.support.paths import ROOT

DRAWN = ROOT / "docs" / "diagrams"
SCRIPT = ROOT / "docs" / "assets" / "simulator" / "one-peak.js"


def test_a_page_without_the_block_stays_as_it_is() -> None:
    assert one_peak.embed("<p>another page</p>", DRAWN, "../") == "<p>another page</p>"


def test_the_pictures_ids_are_not_those_that_the_page_may_show_too() -> None:
    block = one_peak.embed(f"<main>{one_peak.place()}</main>", DRAWN, "../")
    ids = re.findall(r' id="([^"]+)"', block)
    assert ids
    assert [it for it in ids if not it.startswith("peak-")] == []
    assert len(ids) == len(set(ids))
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', block)
    assert set(used) <= set(ids)


def test_every_arrow_and_part_that_the_script_names_is_drawn() -> None:
    block = one_peak.block(DRAWN, "")
    script = SCRIPT.read_text(encoding="utf-8")
    moves = script[script.index("var MOVES") : script.index("var CUTS")]
    for sheet, arrows in re.findall(r'"([a-z-]+)": \[(\[.*?\])\]', moves, re.DOTALL):
        named = re.findall(r'\["([a-z-]+)", "[a-z_]+"', arrows)
        assert named
        for arrow in named:
            assert f'id="peak-{sheet}-arrow-{arrow}-path"' in block, (sheet, arrow)
    for node in re.findall(r'live\("naive-direct-writes", "([a-z-]+)"', script):
        assert f'id="peak-naive-direct-writes-live-{node}"' in block, node
    for what in what_ifs().values():
        for mark in what.marks:
            sheet, node = mark.split(" ")
            assert f'id="peak-{sheet}-{node}"' in block, mark


def test_a_sheet_that_is_not_drawn_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make diagrams"):
        one_peak.block(tmp_path, "")
