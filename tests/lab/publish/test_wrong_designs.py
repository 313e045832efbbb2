"""The wrong designs as pictures: each is numbered, drawn from its file, and wrong where it says."""

import re

import pytest

from lab.publish.pages import drawn_design, wrong_designs
from lab.publish.pages.html_tree import parse_html
from lab.review.site_data import drawing_module
from lab.support.paths import DOCS


def test_each_heading_of_the_page_has_its_picture():
    page = (DOCS / wrong_designs.PAGE).read_text()
    titles = re.findall(r"^### (.+?)(?: \{.*\})?$", page, re.MULTILINE)
    found = wrong_designs.wrong_designs()
    assert [it.title for it in found] == titles
    assert len({it.drawing for it in found}) == len(titles)


def test_each_is_wrong_at_the_line_for_which_it_is_there():
    for it in wrong_designs.wrong_designs():
        assert re.match(r"\*\*(breaks:|depends on)\*\* \w", wrong_designs.verdict(it)), it.title


def test_a_line_that_holds_is_no_answer():
    holds = wrong_designs.WrongDesign(1, "x", "a_counter", "payload", "?")
    with pytest.raises(ValueError, match="nothing is wrong there"):
        wrong_designs.verdict(holds)


@pytest.mark.parametrize("name", [it.drawing for it in wrong_designs.wrong_designs()])
def test_a_picture_has_all_parts_and_words_within_its_edges(name):
    (svg,) = parse_html(drawn_design.svg(name)).all("svg")
    left, top, wide, high = map(float, svg.attributes["viewbox"].split())
    assert (left, wide) == (0, drawn_design.WIDE)
    said = " ".join(it.text for it in svg.all("text"))
    for node in drawn_design.drawing(name).nodes.values():
        assert all(word in said for word in node.label.replace(",", " ").split())
    assert len(svg.all("use")) >= len(drawn_design.drawing(name).nodes)
    for it in svg.all("text"):
        long = drawing_module("fonts").width(it.text, float(it.attributes["font-size"]), 600)
        x, y = float(it.attributes["x"]), float(it.attributes["y"])
        begin = x - long / 2 if it.attributes.get("text-anchor") == "middle" else x
        assert begin >= 0, it.text
        assert begin + long <= wide, it.text
        assert top < y < top + high


@pytest.mark.parametrize("name", [it.drawing for it in wrong_designs.wrong_designs()])
def test_parts_of_a_picture_stand_apart(name):
    places = drawn_design.placed(drawn_design.drawing(name)).values()
    for one in places:
        for other in places:
            if one is not other and one.y == other.y:
                assert abs(one.x - other.x) >= drawn_design.LEAST_STEP


def test_the_words_for_a_picture_name_each_arrow():
    told = drawn_design.told("delete_then_write")
    assert "Write queue, 10 days → Pull agent, 50 rows/s: 1 receive 2 delete" in told
