"""Dates are read in the order that the paper's own evidence gives; doubt stays visible."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fakes_reading import printed
from reading.extraction import dates
from reading.extraction.evidence import Candidate

DAY = dt.date(2018, 3, 20)


def only(*lines: str, month_first: bool = False) -> Candidate:
    (candidate,) = dates.candidates(printed(*lines), month_first=month_first)
    return candidate


@pytest.mark.parametrize(
    "text",
    [
        "DATE: 20/03/2018",
        "Datum 20.03.18",
        "2018-03-20 13:11",
        "20 Mar 2018",
        "20-MAR-18",
        "March 20, 2018",
        "20. M\u00e4rz 2018",
        "REG 20-03-201814:51",
        "20032018 13:11",
        "2O/O3/2018",
        "20/ 03/ 2018",
        "13720703 20/03/2018",
    ],
)
def test_a_date_is_read_in_any_notation(text: str) -> None:
    assert only(text).value == DAY


@pytest.mark.parametrize("text", ["32/01/2018", "TEL 03-4296-0133", "12.50", "18385/103/T0148"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert not dates.candidates(printed(text))


def test_an_unclear_order_follows_the_country_and_is_marked() -> None:
    day_first, month_first = only("03/04/2018"), only("03/04/2018", month_first=True)
    assert (day_first.value, month_first.value) == (dt.date(2018, 4, 3), dt.date(2018, 3, 4))
    assert "order unclear" in day_first.evidence


def test_another_date_on_the_paper_settles_the_order() -> None:
    found = dates.candidates(printed("03/04/2018", "Valid until 05/31/2018"))
    assert {one.value for one in found} == {dt.date(2018, 3, 4), dt.date(2018, 5, 31)}
    assert all("order unclear" not in one.evidence for one in found)


def test_half_past_twelve_at_night_is_not_noon() -> None:
    lines = printed("20/03/2018 12:30:05 AM")
    assert dates.time_near(lines, 0) == dt.time(0, 30, 5)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2079, 12, 31)))
def test_every_iso_date_is_read(day: dt.date) -> None:
    assert only(f"Date {day.isoformat()}").value == day
