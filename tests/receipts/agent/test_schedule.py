"""The client's hours, in the client's time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.agent.schedule import Schedule, ScheduleError

BERLIN = "Europe/Berlin"


def at(text: str, zone: str = BERLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("windows", "moment", "opens_in_h"),
    [
        ([], "2027-01-30 12:00", 0),
        (["22:00-06:00"], "2027-01-30 23:00", 0),
        (["22:00-06:00"], "2027-01-31 05:59", 0),
        (["22:00-06:00"], "2027-01-30 06:00", 16),
        (["sat-sun 00:00-24:00"], "2027-01-29 18:00", 6),  # a Friday
        (["sat-sun 00:00-24:00"], "2027-01-31 23:59", 0),
        (["fri 22:00-06:00"], "2027-01-30 05:00", 0),  # Friday's night goes on into Saturday
        (["mon 08:00-09:00"], "2027-01-25 09:00", 167),
        (["sun-mon 00:00-24:00"], "2027-01-25 12:00", 0),
        (["12:00-13:00", "22:00-23:00"], "2027-01-30 13:00", 9),
    ],
)
def test_it_is_open_in_its_windows(windows: list[str], moment: str, opens_in_h: float) -> None:
    assert Schedule(windows, BERLIN).delay(at(moment)) == pytest.approx(opens_in_h * 3600)


def test_hours_stay_wall_clock_hours_when_summer_time_begins() -> None:
    schedule = Schedule(["06:00-07:00"], BERLIN)
    assert schedule.delay(at("2027-03-28 00:00")) == 5 * 3600  # one hour is skipped that night
    assert schedule.delay(at("2027-10-31 00:00")) == 7 * 3600  # and one comes twice


@given(st.datetimes(dt.datetime(2027, 1, 1), dt.datetime(2028, 1, 1)))  # noqa: DTZ001  given a zone
def test_what_it_promises_is_when_it_opens(naive: dt.datetime) -> None:
    schedule = Schedule(["mon-fri 22:00-06:00", "sun 10:15-11:00"], BERLIN)
    moment = naive.replace(tzinfo=dt.UTC)
    wait = dt.timedelta(seconds=schedule.delay(moment))
    assert schedule.delay(moment + wait) == 0
    if wait:
        assert schedule.delay(moment + wait - dt.timedelta(seconds=1)) > 0


@pytest.mark.parametrize(
    "window", ["", "22-06", "25:00-26:00", "22:00-22:00", "mo 22:00-23:00", "10:00-24:30"]
)
def test_what_is_no_window_is_refused(window: str) -> None:
    with pytest.raises(ScheduleError, match=r"window|length"):
        Schedule([window])


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ScheduleError, match="Mars/Base"):
        Schedule(zone="Mars/Base")
