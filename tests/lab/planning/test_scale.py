"""The scale study on disk is what the model says, and its figure says the same."""

import xml.etree.ElementTree as ET

import pytest

from lab.planning import figure, scale
from lab.planning.plan import plan
from lab.planning.template import deployed
from lab.support.paths import TEMPLATE


@pytest.fixture(scope="module")
def study() -> scale.Scale:
    found = scale.load()
    assert found, "run `receipts-lab plan scale`"
    return found


def test_the_study_reaches_from_a_thousand_to_ten_million(study: scale.Scale) -> None:
    assert [point.receipts for point in study.points] == list(scale.SIZES)
    assert (scale.SIZES[0], scale.SIZES[-1]) == (1_000, 10_000_000)


@pytest.mark.parametrize("size", [1_000, 3_000, 10_000, 30_000])
def test_the_study_is_what_the_model_says_now(study: scale.Scale, size: int) -> None:
    [known] = [point for point in study.points if point.receipts == size]
    assert scale.point(plan(scale.week(deployed(TEMPLATE), size))) == known, (
        "the model or the template changed: run `receipts-lab plan scale`"
    )


def test_the_study_was_made_with_the_deployed_numbers(study: scale.Scale) -> None:
    assert study.settings == scale.week(deployed(TEMPLATE), scale.SIZES[0])


def test_a_million_receipts_took_under_ten_seconds_of_one_core(study: scale.Scale) -> None:
    # Read from the file that the command wrote: nothing is timed here.
    assert study.million.cpu_seconds < 10


def test_a_limit_binds_where_its_line_crosses_one(study: scale.Scale) -> None:
    for limit, size in study.binds_from.items():
        below = [point for point in study.points if size is None or point.receipts < size]
        assert all(point.shares[limit] < 1 for point in below)


def test_what_was_planned_before_is_not_planned_again(
    study: scale.Scale, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = scale.digest()
    monkeypatch.setattr(scale, "digest", lambda: current)
    monkeypatch.setattr(scale, "plan", lambda _: pytest.fail("planned again"))
    before = scale.Scale(**{**_fields(study), "digest": current})
    assert scale.study(deployed(TEMPLATE), before).points == study.points


def _fields(study: scale.Scale) -> dict[str, object]:
    return {name: getattr(study, name) for name in study.__struct_fields__}


def test_the_figures_on_disk_are_drawn_from_the_study(study: scale.Scale) -> None:
    remedy = "run `receipts-lab plan scale`"
    light, dark = figure.FOLDER / "scale-light.svg", figure.FOLDER / "scale-dark.svg"
    assert light.read_text(encoding="utf-8") == figure.draw(study, figure.LIGHT), remedy
    assert dark.read_text(encoding="utf-8") == figure.draw(study, figure.DARK), remedy
    assert figure.PAGE.read_text(encoding="utf-8") == figure.on_the_page(study), remedy


def test_the_figure_is_well_formed_and_tells_in_words_what_it_shows(study: scale.Scale) -> None:
    root = ET.fromstring(figure.draw(study, figure.LIGHT))  # noqa: S314 - our own text
    names = {"svg": "http://www.w3.org/2000/svg"}
    said = root.findtext("svg:desc", namespaces=names) or ""
    for told in study.limits.values():
        assert told.name in said
    assert len(root.findall("svg:polyline", names)) == len(study.limits)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", [figure.LIGHT, figure.DARK])
def test_every_line_and_its_name_stands_out_from_the_paper(look: figure.Look) -> None:
    for colour in (look.ink, *look.lines.values()):
        for paper in (look.paper, look.over):
            bright, dim = sorted((_luminance(colour), _luminance(paper)), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (colour, paper)
