"""Receives in vain and dead letters are computed, and agree with a queue simulated by message."""

import pytest
from msgspec.structs import replace

from lab.plan.plan import Plan, plan
from lab.plan.presets import PRESETS
from lab.plan.reading import Reading
from lab.plan.settings import Outage, Settings
from lab.plan.timeline import Timeline
from lab.plan.verdict import verdict

from .receiving import receive_in_vain

HOUR, DAY = 3600.0, 86_400.0
DOWN_FROM = 9 * HOUR
OVER_VPN = replace(
    PRESETS["link-down"].settings,
    writer="lambda",
    connections=2,
    write_batch=10,
    visibility_seconds=120.0,
    max_receives=100,
)
"""50,000 receipts in an office day; 43,700 of them come while the link is down, from 9:00 on."""


def limits(answer: Plan) -> list[str]:
    return [finding.limit for finding in verdict(answer)]


def down(hours: float, settings: Settings = OVER_VPN, **more: float) -> Settings:
    return replace(settings, outages=(Outage(9.0, hours),), **more)


def puts(settings: Settings) -> list[float]:
    """When results come on the queue while the link is down; before, none waits."""
    read = Reading(settings, Timeline()).results()
    return [
        seconds for seconds, receipts, _ in read for _ in range(receipts) if seconds >= DOWN_FROM
    ]


@pytest.mark.parametrize(
    ("try_seconds", "dead", "most"),
    [(5.0, 0, 25), (1.0, 0, 91), (0.07, 43_700, 100)],
    ids=["connect times out", "a second", "refused at once"],
)
def test_a_day_without_a_link_costs_what_a_failing_try_takes(
    try_seconds: float, dead: int, most: int
) -> None:
    answer = plan(down(24, failing_try_seconds=try_seconds))
    assert answer.peak_write_depth == 43_700 or dead
    assert answer.dead_lettered == dead
    assert answer.most_receives == pytest.approx(most, abs=2)
    assert answer.stored == 50_000 - dead
    assert ("burnt receives" in limits(answer)) is bool(dead)


def twentieth(hours: float, **more: float) -> Settings:
    """A twentieth of the receipts, so that each message can be simulated."""
    return down(hours, replace(OVER_VPN, receipts=2_500, batch_receipts=15), **more)


@pytest.mark.parametrize(
    "asked",
    [
        twentieth(24, failing_try_seconds=100.0),
        twentieth(24, failing_try_seconds=20.0, max_receives=50),
        twentieth(24, failing_try_seconds=40.0, max_receives=20),
        twentieth(24, failing_try_seconds=100.0, visibility_seconds=900.0, max_receives=10),
        twentieth(6, failing_try_seconds=1.4, max_receives=120),
        twentieth(12, failing_try_seconds=20.0, connections=6, trying_share=0.5, max_receives=60),
        twentieth(0.1, failing_try_seconds=5.0),
    ],
)
def test_the_clock_agrees_with_a_queue_simulated_by_message(asked: Settings) -> None:
    # It counts for the whole queue at once, so it may be a receive or two before or behind.
    answer, outage = plan(asked), asked.outages[0]
    until = (outage.after_hours + outage.hours) * HOUR
    results = puts(asked)
    exact = receive_in_vain(results, until, asked)
    late, early = (
        receive_in_vain(results, until, replace(asked, max_receives=asked.max_receives + more))
        for more in (2, -2)
    )
    assert late.dead <= answer.dead_lettered <= early.dead
    assert answer.most_receives == pytest.approx(exact.most, abs=2.5)


def test_six_minutes_without_a_link_dead_letter_nothing_and_nobody_says_so() -> None:
    answer = plan(down(0.1, failing_try_seconds=0.07))
    assert answer.dead_lettered == 0
    assert answer.stored == 50_000
    assert answer.most_receives < 5
    assert not {"burnt receives", "near receives"} & set(limits(answer))


def test_a_mapping_that_backs_off_uses_up_fewer_receives() -> None:
    eager = twentieth(24, failing_try_seconds=20.0, connections=10)
    assert plan(replace(eager, trying_share=0.1)).most_receives < plan(eager).most_receives


def test_a_thousand_receives_and_a_longer_visibility_keep_every_result() -> None:
    good = twentieth(24, failing_try_seconds=1.4, max_receives=1_000, visibility_seconds=900.0)
    assert plan(good).dead_lettered == 0


def test_receives_that_are_half_used_up_are_a_warning() -> None:
    answer = plan(down(24, failing_try_seconds=1.0))
    assert "near receives" in limits(answer)
    assert answer.dead_lettered == 0


def test_what_was_tried_in_vain_in_one_outage_counts_in_the_next() -> None:
    twice = replace(
        twentieth(3, failing_try_seconds=1.4), outages=(Outage(9.0, 3.0), Outage(12.0001, 3.0))
    )
    once = replace(twice, outages=(Outage(9.0, 3.0),))
    assert plan(once).dead_lettered == 0
    assert plan(twice).dead_lettered > 0


@pytest.mark.parametrize("writer", ["agent", "poller", "pipes", "file"])
def test_who_receives_only_what_can_be_written_uses_up_no_receive(writer: str) -> None:
    answer = plan(replace(twentieth(24, failing_try_seconds=1.4), writer=writer))
    assert answer.most_receives == 0
    assert answer.stored == 2_500


def test_reserved_concurrency_uses_up_receives_while_the_link_is_up() -> None:
    slow = Settings(receipts=4_000, writer="reserved", row_ms=900.0, max_receives=10)
    answer = plan(slow)
    assert answer.dead_lettered > 0
    assert answer.first_dead == pytest.approx(10 * slow.visibility_seconds, rel=0.05)
    assert plan(replace(slow, writer="lambda")).dead_lettered == 0


def test_every_try_in_vain_and_every_dead_letter_is_in_the_curves() -> None:
    answer = plan(twentieth(24, failing_try_seconds=1.4))
    series = answer.series
    assert answer.dead_lettered > 0
    assert sum(series.lost) == answer.dead_lettered
    assert sum(series.refused) * series.step == pytest.approx(answer.tries_in_vain)
