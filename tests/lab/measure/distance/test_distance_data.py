"""The planner is held to what was measured at a distance."""

import msgspec
import pytest

from lab.measure.distance.measure import Distance, DistanceFigures
from lab.support.paths import DATA

FIGURES = msgspec.json.decode((DATA / "distance.json").read_bytes(), type=DistanceFigures)


@pytest.mark.parametrize("one", FIGURES.distances, ids=lambda one: f"{one.round_trip_ms:g} ms")
def test_under_a_ceiling_the_planner_says_what_was_measured(one: Distance) -> None:
    assert one.paced.predicted == pytest.approx(one.paced.median, rel=0.15)


def test_at_50_ms_the_agent_writes_200_rows_a_second() -> None:
    [at_50] = [one for one in FIGURES.distances if one.round_trip_ms == 50]
    assert at_50.background.median >= 200
    assert at_50.ratio_low > 1
