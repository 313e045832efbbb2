"""The map in CONTRIBUTING.md is what the imports say, and shows their order."""

import pytest

from lab.publish.import_map import BEGIN, END, PAGE, drawn, with_map


def test_the_committed_map_is_what_the_imports_say_now() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_map(page, drawn()) == page, "run make map"


def test_an_arrow_that_a_longer_way_implies_is_left_out() -> None:
    told = drawn()
    assert "receipts_stages --> receipts_ports" in told
    assert "receipts_ports --> receipts_vocabulary" in told
    assert "receipts_stages --> receipts_vocabulary" not in told


def test_nothing_of_the_pattern_leads_to_the_lab() -> None:
    arrows = [line.split() for line in drawn().splitlines() if "-->" in line]
    assert not [a for a, _, b in arrows if not a.startswith("lab") and b.startswith("lab")]


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the map"):
        with_map(f"{END}{BEGIN}", "")
