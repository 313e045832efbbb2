"""How often a message is tried while the database is away."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lab.publish.pages import day_away
from lab.review.figures import mean_tries as tries

hours = st.floats(0.1, 240)
waiting = st.integers(1, 100_000)
failing = st.floats(0.05, 60)


@given(hours, waiting, failing)
def test_no_message_is_tried_more_often_than_its_visibility_allows(hours, waiting, failing):
    assert tries(hours, waiting, failing, at_once=20, visibility_s=120) <= hours * 3600 / 120


@given(hours, waiting, failing)
def test_a_try_that_fails_twice_as_slowly_is_at_most_as_frequent(hours, waiting, failing):
    quick, slow = (
        tries(hours, waiting, it, at_once=20, visibility_s=120) for it in (failing, 2 * failing)
    )
    assert slow <= quick <= 2 * slow


def test_the_deployed_receives_outlast_a_day_and_with_longer_visibility_the_retention():
    queue = day_away.write_queue()
    a_day = 24 * 3600
    assert queue["VisibilityTimeout"] * queue["maxReceiveCount"] > a_day
    assert 900 * queue["maxReceiveCount"] > queue["MessageRetentionPeriod"]


def test_five_receives_do_not_outlast_a_quiet_day_however_a_try_fails():
    """As the pages say of the receives that are usual."""
    *_, rows = day_away.day_away().partition("| --- | --- | --- |\n")
    quiet = [float(row.split("|")[-2].replace(",", "")) for row in rows.strip().splitlines()]
    assert len(quiet) == 4
    assert min(quiet) > 5


def test_a_mapping_that_waits_costs_cents():
    assert re.fullmatch(r"\$0\.\d\d", day_away.idle_mapping())
