"""The scale study on disk is what the model says, and its figure says the same."""

import xml.etree.ElementTree as ET

import msgspec
import pytest

from lab.plan import figure, scale
from lab.plan.plan import plan
from lab.plan.template import deployed
from lab.support.paths import DATA, TEMPLATE


@pytest.fixture(scope="module")
def study() -> scale.Scale:
    return msgspec.json.decode((DATA / "scale.json").read_bytes(), type=scale.Scale)


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
    assert study.million_cpu_s < 10


def test_a_limit_binds_where_its_line_crosses_one(study: scale.Scale) -> None:
    for limit, size in study.binds_from.items():
        below = [point for point in study.points if size is None or point.receipts < size]
        assert all(point.shares[limit] < 1 for point in below)


def test_the_figure_is_well_formed_and_tells_in_words_what_it_shows(study: scale.Scale) -> None:
    root = ET.fromstring(figure.chart(study).svg())  # noqa: S314 - our own text
    names = {"svg": "http://www.w3.org/2000/svg"}
    said = root.findtext("svg:desc", namespaces=names) or ""
    for told in study.limits.values():
        assert told.name in said
    assert len(root.findall("svg:polyline", names)) == len(study.limits)
