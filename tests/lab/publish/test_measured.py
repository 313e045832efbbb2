"""A measured figure's page: the numbers of the file, where and when they were measured."""

import msgspec
import pytest

from helpers.measured_here import PROVENANCE
from lab.publish.pages.measured import render_aims, render_peak, render_peak_lost, render_planner
from lab.publish.pages.measured_on import measured_at, measured_on

CONDITION = {"app_p95_over_quiet": {"value": 1.234, "low": 1.1, "high": 1.5}, "rows_lost": 0}
MADE = msgspec.to_builtins(PROVENANCE)
LONGER = {
    "provenance": MADE,
    "seconds": 4_000,
    "direct": CONDITION,
    "placebo": CONDITION,
    "direct_with_retries": CONDITION,
    "direct_pooled": CONDITION,
    "buffered": CONDITION,
    "aims": {"p95 at most 1.10": {"reached": False}},
}
RUN = LONGER | {"seconds": 1_200}
WHERE = "2026-11-24 on 2 cores"


def test_a_figure_of_todays_code_has_its_day_and_cores_and_in_the_list_all_the_rest():
    assert measured_on(MADE) == WHERE
    assert measured_at(MADE) == (
        '<span class="when">2026-11-24, abc1234<br>'
        "<small>2 cores, Linux x86_64, Python 3.11.7</small></span>"
    )


@pytest.mark.parametrize(
    "changes",
    [{"code": "0123456789abcdef"}, {"code": None}, {"packages": ["lab.gone"]}],
    ids=["other code", "not noted", "a package that is no more"],
)
def test_a_figure_of_other_code_says_so_on_each_page(changes):
    made = MADE | changes
    assert measured_on(made) == f"{WHERE} (measured with older code: it has changed since)"
    assert "older code" in measured_at(made)
    assert "older code" in render_peak(RUN | {"provenance": made}, LONGER)
    assert "older code" in render_peak_lost(RUN | {"provenance": made}, LONGER, "index.md")
    assert "older code" in render_planner(HELD | {"provenance": made})


def test_a_commit_that_nobody_noted_is_called_unknown():
    assert "unknown commit" in measured_at(MADE | {"commit": "unknown"})


def test_what_was_measured_stands_small_beside_it():
    for told in (render_peak(RUN, LONGER), render_peak_lost(RUN, LONGER, "index.md")):
        assert '<p class="made">2 cores, 20 min, 2026-11-24' in told
        assert "2 cores, 67 min, 2026-11-24" in told


@pytest.mark.parametrize(
    ("pool", "agent", "together"),
    [
        ((0.9, 1.2), (1.1, 1.3), True),
        ((1.1, 1.3), (0.9, 1.2), True),
        ((0.9, 1.0), (1.1, 1.2), False),
    ],
)
def test_intervals_that_overlap_are_called_so(pool, agent, together):
    def with_p95(ends: tuple[float, float]) -> object:
        return CONDITION | {"app_p95_over_quiet": {"value": 1.1, "low": ends[0], "high": ends[1]}}

    run = RUN | {"direct_pooled": with_p95(pool), "buffered": with_p95(agent)}
    assert ("no difference was found" in render_peak_lost(run, run, "index.md")) == together
    assert ("can't tell them apart" in render_peak(run, run)) == together


@pytest.mark.parametrize(
    ("lost", "said"),
    [(0, "Behind a pool nothing is lost either"), (1_234, "Behind a pool 1,234 are lost")],
)
def test_what_a_pool_loses_is_said_first(lost, said):
    run = RUN | {"direct_pooled": CONDITION | {"rows_lost": lost}}
    assert said in render_peak_lost(run, LONGER, "index.md")


@pytest.mark.parametrize("here", ["index.md", "workshop/on-premises-buffer.md"])
def test_the_meaning_is_found_from_every_page(here):
    up = "../" * here.count("/")
    assert f'href="{up}reference/measured.html#the-peak"' in render_peak_lost(RUN, LONGER, here)


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
