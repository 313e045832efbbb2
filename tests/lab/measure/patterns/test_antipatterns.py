"""Wrong choices fail as they should, on a queue and by the model."""

import boto3
import pytest

from helpers.moto_calls import mocked_aws
from lab.measure.patterns.antipatterns import measure_blocked_queue, outage_losses
from lab.measure.patterns.run import PatternError
from lab.plan.transport import lost_share


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mocked_aws():
        yield boto3.client("sqs", region_name="eu-central-1")


def test_behind_poison_in_a_single_message_group_nothing_comes(sqs) -> None:
    fifo = measure_blocked_queue(sqs, fifo=True, visibility_s=0)
    assert (fifo.good, fifo.good_meanwhile) == (9, 0)
    assert fifo.aws_first_good_s == 3960  # six minutes, eleven times


def test_every_good_message_comes_in_the_end(sqs) -> None:
    assert measure_blocked_queue(sqs, fifo=False, visibility_s=0).good == 9


def test_poison_that_is_never_dead_lettered_is_said_so_instead_of_waited_for(sqs) -> None:
    with pytest.raises(PatternError, match=r"poison \d times of 11: it is not dead-lettered"):
        measure_blocked_queue(sqs, fifo=True, visibility_s=0, timeout_s=0.0)


@pytest.mark.parametrize(
    ("outage", "tries", "share"), [(63, 24, 39 / 63), (63, 96, 0), (12, 1, 11 / 12), (0, 1, 0)]
)
def test_what_came_before_the_last_hours_that_a_service_tries_for_is_lost(
    outage: float, tries: float, share: float
) -> None:
    assert lost_share(outage, tries) == pytest.approx(share)


def test_only_a_queue_outlives_a_weekend_and_only_the_write_queue_a_holiday_week() -> None:
    weekend, week = outage_losses()[1:]
    whole = {"receipt queue", "write queue"}
    assert {way for way, lost in weekend.lost.items() if not lost} == whole
    assert {way for way, lost in week.lost.items() if not lost} == {"write queue"}
