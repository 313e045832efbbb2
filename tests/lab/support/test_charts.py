"""Charts: what is drawn lies where it should, is told in words, and breaks no page."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from lab.support.charts import (
    Axis,
    Bar,
    Chart,
    Column,
    Group,
    Interval,
    Line,
    Panel,
    Row,
    Rows,
    Text,
    on_the_page,
    save,
)
from lab.support.charts.drawing import PALETTE, SHADE
from lab.support.paths import ROOT

AXIS = Axis(low=1, high=100, ticks=((1, "1"), (100, "100")))


def chart(*lines: Line) -> Chart:
    panel = Panel(title="rows & more", axis=AXIS, lines=lines)
    return Chart(name="c", title="A < B", description="what it shows", across=AXIS, panels=(panel,))


def line(name: str, last: float) -> Line:
    return Line(name=name, points=((1, 1), (100, last)), ink="data")


def test_an_axis_of_logarithms_gives_each_power_the_same_room() -> None:
    assert [round(AXIS.fraction(it), 3) for it in (1, 10, 100)] == [0, 0.5, 1]


def test_what_is_beyond_the_axis_is_drawn_at_its_end() -> None:
    assert (AXIS.fraction(0), AXIS.fraction(1000)) == (0, 1)


def test_the_names_at_the_lines_ends_never_touch() -> None:
    drawn = chart(line("one", 50), line("two", 50), line("three", 51)).svg()
    texts = ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - our own
    heights = sorted(float(it.attrib["y"]) for it in texts if it.text in {"one", "two", "three"})
    assert all(below - above >= 16 for above, below in itertools.pairwise(heights))


def test_a_chart_is_told_to_those_who_cannot_see_it() -> None:
    drawn = chart(line("one", 2)).svg()
    assert 'aria-labelledby="c-title c-says"' in drawn
    assert "A &lt; B" in drawn


def test_a_page_s_fragment_has_no_empty_line_and_takes_the_page_s_colours() -> None:
    fragment = on_the_page(chart(line("one", 2)), "<table></table>")
    assert "\n\n" not in fragment
    assert "#" not in fragment.replace("&#", "")


def rows(*marks: Interval | Bar | Text) -> Rows:
    """A row with a mark in each column, every column from 1 to 100."""
    columns = tuple(Column(title=f"c{it}", width=152, axis=AXIS) for it, _ in enumerate(marks))
    groups = (Group("", (Row("one", marks),)),)
    return Rows(name="r", title="t", description="d", labels=100, columns=columns, groups=groups)


def drawn(chart: Rows, tag: str) -> list[dict[str, str]]:
    tree = ET.fromstring(chart.svg())  # noqa: S314 - our own
    return [it.attrib for it in tree.iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_a_bar_is_as_long_as_its_part_of_the_axis() -> None:
    rail, bar = drawn(rows(Bar(10, "10")), "rect")
    assert float(bar["width"]) == float(rail["width"]) / 2


def test_nothing_has_no_bar() -> None:
    _, bar = drawn(rows(Bar(0, "0")), "rect")
    assert float(bar["width"]) == 0


def test_a_stacked_bar_has_its_number_above_it_in_its_own_ink() -> None:
    columns = (Column(width=152, axis=AXIS),)
    groups = (Group("", (Row("one", (Bar(10, "10", "failure"),)),)),)
    chart = Rows(name="r", title="t", description="d", columns=columns, groups=groups)
    rail, bar = drawn(chart, "rect")
    title, number = drawn(chart, "text")[1:3]
    assert float(rail["width"]) == 152
    assert float(title["y"]) == float(number["y"]) < float(bar["y"])
    assert number["fill"] == bar["fill"] == "var(--failure)"


@pytest.mark.parametrize("table", ["", "<table></table>"])
def test_a_chart_shrinks_to_legible_text_and_has_its_table_where_there_is_one(table: str) -> None:
    fragment = on_the_page(rows(Bar(10, "10")), table)
    width = int(re.findall(r'viewBox="0 0 (\d+) ', fragment)[0])
    least = int(re.findall(r"--least:(\d+)px", fragment)[0])
    smallest = min(int(it) for it in re.findall(r'font-size="(\d+)"', fragment))
    assert smallest * least / width >= 11
    assert ("<details" in fragment) == bool(table)


def test_an_interval_lies_around_its_value() -> None:
    mark = Interval(low=1, value=10, high=100, ink="calm")
    *_, line = drawn(rows(mark), "line")
    (dot,) = drawn(rows(mark), "circle")
    assert float(line["x2"]) - float(line["x1"]) == 152
    assert float(dot["cx"]) - float(line["x1"]) == 76


def test_a_bad_number_stands_out() -> None:
    texts = drawn(rows(Text("0"), Text("9", bad=True)), "text")
    *_, good, bad = (it["fill"] for it in texts if it["fill"] != "var(--muted)")
    assert (good, bad) == ("var(--ink)", "var(--failure)")


def test_a_mark_in_a_column_without_an_axis_is_a_mistake() -> None:
    column = Column(title="c", width=1)
    bare = Rows(
        name="r",
        title="t",
        description="d",
        labels=1,
        columns=(column,),
        groups=(Group("", (Row("one", (Bar(1, "1"),)),)),),
    )
    with pytest.raises(AssertionError, match="c has marks, and no axis"):
        bare.svg()


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shaded(paper: str, ink: str) -> str:
    mixed = (
        round(int(paper[at : at + 2], 16) * (1 - SHADE) + int(ink[at : at + 2], 16) * SHADE)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{it:02x}" for it in mixed)


@pytest.mark.parametrize(
    "theme", [{ink: pair[which] for ink, pair in PALETTE.items()} for which in (0, 1)]
)
def test_every_ink_stands_out_from_the_paper_and_from_a_shaded_area(theme: dict[str, str]) -> None:
    paper = theme["paper"]
    for behind in (paper, shaded(paper, theme["failure"]), shaded(paper, theme["calm"])):
        for ink in theme.keys() - {"paper", "line"}:
            bright, dim = sorted((luminance(theme[ink]), luminance(behind)), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (ink, behind)


def test_the_palette_is_the_site_s() -> None:
    sheet = (ROOT / "docs" / "assets" / "site" / "site.css").read_text()
    for ink in PALETTE.keys() - {"paper"}:
        first, second = re.findall(rf"--{ink}: (#\w+);", sheet)
        assert (first, second) == PALETTE[ink], ink


def test_a_fragment_follows_the_page(tmp_path) -> None:
    fragment = save(chart(line("one", 2)), "<table></table>", tmp_path / "new")
    assert fragment.name == "c.figure.html"
    assert "var(--data)" in fragment.read_text()
