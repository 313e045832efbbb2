"""The recorded run beside the model: what each is, and how far apart they are, is computed."""

import re

import msgspec
import pytest

from lab.publish.pages import peak_run
from lab.publish.pages.peak_run import Curves, HeldTo
from lab.support.paths import DATA


@pytest.fixture(scope="module")
def held() -> HeldTo:
    return peak_run.held_to()


def test_the_run_is_the_one_in_which_most_waited_and_all_of_it_is_stored(held: HeldTo) -> None:
    known = msgspec.json.decode((DATA / "planner.json").read_bytes())
    most = max(one["peak_depth_measured"] for one in known["settings"].values())
    assert known["settings"][held.setting.name]["peak_depth_measured"] == most
    assert max(held.run.waiting) == pytest.approx(most, abs=1)  # that was sampled, this is counted
    for curves in (held.run, held.model):
        assert curves.stored[-1] == curves.read[-1] == held.setting.receipts
        assert min(curves.waiting) >= 0
        assert list(curves.stored) == sorted(curves.stored)


def test_the_models_curves_are_its_prediction_that_was_on_disk_before_the_run(held: HeldTo) -> None:
    known = msgspec.json.decode((DATA / "planner.json").read_bytes())["settings"]
    predicted = known[held.setting.name]
    assert held.last_row_model == pytest.approx(predicted["completion_predicted"], abs=0.01)
    assert max(held.model.waiting) == pytest.approx(predicted["peak_depth_predicted"], abs=4)


def test_the_distance_is_counted_from_the_curves(held: HeldTo) -> None:
    one = msgspec.structs.replace(
        held,
        run=Curves(read=(4, 10, 10, 10), stored=(0, 2, 6, 10)),
        model=Curves(read=(4, 10, 10, 10), stored=(0, 5, 7, 10)),
        last_row_run=10.0,
        last_row_model=9.0,
    )
    assert (one.off_mean, one.off_most) == (1.0, 3)
    assert "10% later" in peak_run.apart(one)
    assert "at worst by 3 where 8 are the most" in peak_run.apart(one)


def test_the_section_holds_both_curves_and_says_what_was_not_real() -> None:
    section = peak_run.section("../")
    found = re.search(r'data-run="([^"]+)"', section)
    assert found
    data = msgspec.json.decode(found[1].replace("&quot;", '"'))
    assert len(data["run"]["read"]) == len(data["model"]["read"])
    assert "AWS was an emulator" in section
