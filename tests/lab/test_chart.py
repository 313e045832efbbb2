"""Charts: what is drawn lies where it should, is told in words, and breaks no page."""

import itertools
import xml.etree.ElementTree as ET

from lab.chart import DARK, INKS, LIGHT, Axis, Chart, Line, Panel, on_the_page, save, svg

AXIS = Axis(low=1, high=100, ticks=((1, "1"), (100, "100")))


def chart(*lines: Line) -> Chart:
    panel = Panel(title="rows & more", axis=AXIS, lines=lines)
    return Chart(name="c", title="A < B", says="what it shows", across=AXIS, panels=(panel,))


def line(name: str, last: float) -> Line:
    return Line(name=name, points=((1, 1), (100, last)), ink="data")


def test_an_axis_of_logarithms_gives_each_power_the_same_room() -> None:
    assert [round(AXIS.part(it), 3) for it in (1, 10, 100)] == [0, 0.5, 1]


def test_what_is_beyond_the_axis_is_drawn_at_its_end() -> None:
    assert (AXIS.part(0), AXIS.part(1000)) == (0, 1)


def test_the_names_at_the_lines_ends_never_touch() -> None:
    drawn = svg(chart(line("one", 50), line("two", 50), line("three", 51)), alone=True)
    texts = ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - our own
    heights = sorted(float(it.get("y")) for it in texts if it.text in {"one", "two", "three"})
    assert all(below - above >= 16 for above, below in itertools.pairwise(heights))


def test_a_chart_is_told_to_those_who_cannot_see_it() -> None:
    drawn = svg(chart(line("one", 2)), alone=False)
    assert 'aria-labelledby="c-title c-says"' in drawn
    assert "A &lt; B" in drawn


def test_a_page_s_fragment_has_no_empty_line_and_takes_the_page_s_colours() -> None:
    fragment = on_the_page(chart(line("one", 2)), "<table></table>")
    assert "\n\n" not in fragment
    assert "#" not in fragment.replace("&#", "")


def test_both_modes_give_every_ink_a_colour() -> None:
    assert len(LIGHT) == len(DARK) == len(INKS)


def test_both_files_are_written(tmp_path) -> None:
    alone, fragment = save(
        chart(line("one", 2)), "<table></table>", figures=tmp_path / "a", fragments=tmp_path / "b"
    )
    assert "prefers-color-scheme:dark" in alone.read_text()
    assert "prefers-color-scheme" not in fragment.read_text()
