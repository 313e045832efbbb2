"""A measured figure's page: the numbers of the file, where and when they were measured."""

import msgspec
import pytest

from helpers.measured_here import PROVENANCE
from lab.publish.pages.measured import render_aims, render_peak, render_planner
from lab.publish.pages.measured_on import measured_on

CONDITION = {
    "calls": 1_000,
    "app_failed": 57,
    "app_p95_over_quiet": {"value": 1.234, "low": 1.1, "high": 1.5},
    "rows_written": 4_030,
    "rows_lost": 970,
    "connections_peak": 17,
}
MADE = msgspec.to_builtins(PROVENANCE)
RUN = {
    "provenance": MADE,
    "seconds": 1_200,
    "quiet": CONDITION | {"app_failed": 0, "rows_written": 0, "rows_lost": 0},
    "direct": CONDITION,
}


WHERE = "2026-11-24 on 2 cores (Linux x86_64, Python 3.11.7), at commit abc1234"


def test_a_figure_of_todays_code_has_its_day_machine_and_commit():
    assert measured_on(MADE) == WHERE


@pytest.mark.parametrize(
    "changes",
    [{"code": "0123456789abcdef"}, {"code": None}, {"packages": ["lab.gone"]}],
    ids=["other code", "not noted", "a package that is no more"],
)
def test_a_figure_of_other_code_says_so_on_each_page(changes):
    made = MADE | changes
    older = f"{WHERE} (measured with older code)"
    assert measured_on(made) == older
    assert older in render_peak(RUN | {"provenance": made}, "index.md")
    assert older in render_planner(HELD | {"provenance": made})


def test_a_commit_that_nobody_noted_is_called_unknown():
    assert measured_on(MADE | {"commit": "unknown"}).endswith("at an unknown commit")


def test_each_condition_that_was_run_has_its_row():
    told = render_peak(RUN, "explanation/back-pressure.md")
    assert "| direct | 970 | 57 of 1,000 | 1.23 (1.10 to 1.50) | 17 |" in told
    assert "| quiet: the app alone | – | 0 of 1,000 |" in told
    assert "buffered" not in told


def test_machine_date_and_commit_stand_beside_it():
    told = render_peak(RUN, "index.md", short=True)
    assert f"Measured on {WHERE}, in 20 minutes" in told
    assert "| direct |" not in told


@pytest.mark.parametrize(
    ("page", "address"),
    [("index.md", "(assets/peak.svg"), ("workshop/on-premises-buffer.md", "(../assets/peak.svg")],
)
def test_the_figure_is_found_from_every_page(page, address):
    assert address in render_peak(RUN, page)


def test_what_a_run_did_not_show_is_said_beside_what_it_did():
    wide = {"reached": False, "ratio": {"value": 0.98, "low": 0.9, "high": 1.2}}
    narrow = {"reached": True, "ratio": {"value": 1.01, "low": 0.94, "high": 1.096}}
    lost = {"reached": True, "ratio": None}
    told = render_aims({"p95": wide, "lost": lost}, {"p95": narrow, "lost": lost})
    assert "| p95 | **not shown**: 0.98 (0.90 to 1.20) | shown: 1.01 (0.94 to 1.10) |" in told
    assert "| lost | shown | shown |" in told


HELD = {
    "provenance": MADE,
    "label": "local emulator; nothing here has run on AWS",
    "median_error": 0.0312,
    "worst_error": 0.19,
    "calibrated_on": "100x4 at 2.5/s by 5",
    "seconds": 540.0,
    "settings": {
        "60x2 at 20/s by 20": {
            "error": 0.021,
            "worst": 0.04,
            **{f"{it}_predicted": 10.04 for it in ("completion", "drain", "mean_age")},
            **{f"{it}_measured": 9.96 for it in ("completion", "drain", "mean_age")},
            "peak_depth_predicted": 3.0,
            "peak_depth_measured": 4.0,
        }
    },
}


def test_the_planners_errors_stand_beside_what_was_predicted_and_measured():
    told = render_planner(HELD)
    assert "**Median error 3.1%** over 1 settings; the worst single figure is 19% off" in told
    row = "| 60x2 at 20/s by 20 | 10.0 / 10.0 | 10.0 / 10.0 | 3 / 4 | 10.04 / 9.96 | 2.1% |"
    assert row in told
    assert f"measured on {WHERE}, in 9 minutes" in told


def test_the_planners_table_says_that_nothing_ran_on_aws():
    assert "local emulator; nothing here has run on AWS" in render_planner(HELD)
