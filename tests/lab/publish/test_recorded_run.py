"""What is said of a recorded run comes from its frames, whatever run it is."""

import pytest

from lab.publish.pages.recorded_run import app_felt, pace
from lab.run.live.expenses import LOOKED_BACK_CALLS
from lab.run.live.frame import Frame
from lab.run.live.observe import RATE_WINDOW_S
from lab.support.paths import ROOT


def called(at: float, p95: float, failed: int = 0, faults: tuple[str, ...] = ()) -> Frame:
    calls = LOOKED_BACK_CALLS
    return Frame(at=at, app_p95_ms=p95, app_calls=calls, app_failed=failed, faults=faults)


def test_its_pace_is_that_of_the_time_in_which_receipts_were_unread():
    frames = [
        Frame(at=10.0, expected=20, waiting=20, ceiling=0.8),
        Frame(at=20.0, expected=20, waiting=10, read=8, stored=2, ceiling=0.25),
        Frame(at=99.0, expected=20, read=5, stored=15, ceiling=0.1),
    ]
    assert pace(frames) == "it read 1.00 receipts a second while the client allowed 0.25 rows"


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ([called(1, 20), called(2, 30)], "None of its calls failed"),
        ([called(1, 20, 0, ("database",)), called(2, 30, 7)], "only once PostgreSQL was stopped"),
        ([called(1, 20, 7), called(2, 30, 0, ("database",))], "not only when PostgreSQL was"),
        ([called(1, 20, 7), called(2, 30)], "not only when PostgreSQL was"),
    ],
)
def test_when_the_apps_calls_failed_is_said_as_it_was(frames: list[Frame], said: str):
    start = Frame(at=0.0, app_p95_ms=900.0, app_calls=10)
    felt = app_felt([start, *frames])
    assert said in felt
    assert "between 20 and 30 ms" in felt


def test_the_page_names_the_window_over_which_rows_are_counted():
    script = (ROOT / "docs" / "assets" / "live" / "view.js").read_text(encoding="utf-8")
    assert f"rows/s, over {RATE_WINDOW_S:g} s" in script
