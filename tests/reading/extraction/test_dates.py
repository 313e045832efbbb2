"""Dates are read as the paper, the day of reading and the home say; doubt stays visible."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.fakes_reading import printed
from reading.context import Home, ReadingContext
from reading.extraction import dates
from reading.extraction.evidence import Candidate
from reading.extraction.weights import WEIGHTS
from reading.review import SURE, SURE_OF_DATE

DAY = dt.date(2018, 3, 20)
SOON_AFTER = ReadingContext(read_on=dt.date(2018, 4, 1))
TODAY = dt.date(2026, 11, 28)
NOW = ReadingContext(read_on=TODAY)
AMERICAN, BRITISH = "Austin, TX 78701", "London SW1A 1AA"
CANADIAN, SWEDISH, JAPANESE = "TPS 123456789", "TOTAL SEK 99,00", "TOTAL JPY 990"


def only(*lines: str, context: ReadingContext = SOON_AFTER) -> Candidate:
    (candidate,) = dates.candidates(printed(*lines), context)
    return candidate


def read(*lines: str, context: ReadingContext = NOW) -> tuple[dt.date | None, float]:
    """The day that is chosen, and its confidence."""
    choices = dates.choose(printed(*lines), WEIGHTS["date"], context)
    return (choices[0].candidate.value, choices[0].probability) if choices else (None, 0.0)


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
        "20180320/191204",
        "20.03.1809:58",
        "20th of March 2018",
        "20 de marzo de 2018",
        "Mar 20 '18",
        "mardi 20 mars 2018",
        "20 marca 2018",
        "20. b\u0159ezna 2018",
        "2018. 3. 20.",
        "2018\u5e743\u670820\u65e5",
        "2018\ub144 3\uc6d4 20\uc77c",
        "20/03/2561",
        "\uff12\uff10\uff11\uff18\uff0f\uff10\uff13\uff0f\uff12\uff10",
        "20\u201303\u20132018",
    ],
)
def test_a_date_is_read_in_any_notation(text: str) -> None:
    assert only(text).value == DAY


@pytest.mark.parametrize("text", ["20-SEP-18", "20-OCT-18", "20-DEC-18", "20-FEB-18"])
def test_the_letters_of_a_month_are_not_mended_into_figures(text: str) -> None:
    context = ReadingContext(read_on=dt.date(2018, 12, 31))
    assert only(text, context=context).value.strftime("%b").upper() == text[3:6]


@pytest.mark.parametrize(
    "text",
    [
        "32/01/2018",
        "TEL 03-4296-0133",
        "12.50",
        "18385/103/T0148",
        "1 SET 12 25.00",
        "AS-Zeit 15.04. 16:14 Uhr",
        "2 = 07. 23.60 .00",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert not dates.candidates(printed(text))


@pytest.mark.parametrize("text", ["R7.03.12 14:20", "\u4ee4\u548c7\u5e743\u670812\u65e5"])
def test_a_year_of_reiwa_is_read(text: str) -> None:
    assert read(text)[0] == dt.date(2025, 3, 12)


def test_a_short_year_of_thailand_is_read_on_thai_paper_alone() -> None:
    assert read("Bangkok 10110", "12/03/68")[0] == dt.date(2025, 3, 12)
    assert read("12/03/68") == (None, 0.0)


@pytest.mark.parametrize("text", ["25/03/12", "25-03-12", "25.03.12 14:20", "25/03/31"])
def test_a_short_year_comes_first_where_the_other_order_lies_years_away(text: str) -> None:
    day, sure = read(text)
    assert day == dt.date(2025, 3, int(text[6:8]))
    assert sure >= SURE_OF_DATE


@pytest.mark.parametrize("text", ["03/04/2025", "03/04/25", "25/03/24", "Date 05-06-25"])
def test_what_can_be_read_in_two_ways_is_doubtful(text: str) -> None:
    found = dates.choose(printed(text), WEIGHTS["date"], NOW)
    assert len(found) == 2
    assert all(one.probability < SURE for one in found)


@pytest.mark.parametrize(
    ("mark", "day"),
    [
        (AMERICAN, dt.date(2025, 3, 4)),
        ("Austin, Texas 78701", dt.date(2025, 3, 4)),
        ("Austin, TX", dt.date(2025, 3, 4)),
        ("TOTAL USD 25.98", dt.date(2025, 3, 4)),
        ("TOTAL US$25.98", dt.date(2025, 3, 4)),
        (BRITISH, dt.date(2025, 4, 3)),
        ("Summe EUR 25,98", dt.date(2025, 4, 3)),
        (JAPANESE, dt.date(2003, 4, 25)),
    ],
)
def test_the_place_or_the_currency_settles_the_order(mark: str, day: dt.date) -> None:
    found, sure = read(mark, "03/04/25 14:20")
    assert found == day
    assert (sure >= SURE_OF_DATE) == (day.year == 2025), "sure, but for one of long ago"


@pytest.mark.parametrize("mark", ["TOTAL $25.98", CANADIAN, "(512) 555-0100", "EUR 9 = USD 10"])
def test_a_weak_hint_settles_nothing(mark: str) -> None:
    assert read(mark, "03/04/2025 14:20")[1] < SURE


def test_a_weak_hint_chooses_what_is_shown() -> None:
    american = ReadingContext(read_on=TODAY, home=Home(currency="USD"))
    for found in (read("(512) 555-0100", "03/04/2025"), read("03/04/2025", context=american)):
        assert found[0] == dt.date(2025, 3, 4)
        assert found[1] < SURE


def test_american_paper_with_points_in_its_date_is_doubtful() -> None:
    assert read(AMERICAN, "03.04.2025 14:20")[1] < SURE


def test_the_home_settles_what_the_paper_leaves_open_and_nothing_else() -> None:
    context = ReadingContext(read_on=TODAY, home=Home(date_order="mdy"))
    open_, sure = read("03/04/2025 14:20", context=context)
    assert open_ == dt.date(2025, 3, 4)
    assert sure >= SURE_OF_DATE
    assert read(BRITISH, "03/04/2025", context=context)[0] == dt.date(2025, 4, 3)
    assert read("25/03/2025", context=context)[0] == dt.date(2025, 3, 25)


def test_another_date_with_the_same_mark_settles_the_order() -> None:
    found = dates.candidates(printed("03/04/2018", "Valid until 05/31/2018"), SOON_AFTER)
    assert {one.value for one in found} == {dt.date(2018, 3, 4), dt.date(2018, 5, 31)}
    assert all("order unclear" not in one.evidence for one in found)


def test_a_warranty_to_come_does_not_turn_the_order_round() -> None:
    assert read("03/04/2025", "Valid until 03/12/2026")[1] < SURE


def test_the_same_day_in_words_settles_the_order() -> None:
    assert read("03/04/2025", "Slip of 4 March 2025")[0] == dt.date(2025, 3, 4)


def test_nothing_later_than_the_day_after_the_reading_is_a_receipts_date() -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    assert read(f"Date {tomorrow.isoformat()}")[0] == tomorrow
    assert read(f"Date {tomorrow + dt.timedelta(days=1)}") == (None, 0.0)
    assert read("12/03/2052") == (None, 0.0)
    assert read("Date 03/12/2026")[0] == dt.date(2026, 3, 12), "the other reading of the figures"


def test_a_day_to_come_makes_another_one_less_sure() -> None:
    day, beside = read("12 March 2025", "14 March 2052")
    assert day == dt.date(2025, 3, 12)
    assert beside < SURE_OF_DATE <= read("12 March 2025")[1]


def test_the_older_a_date_is_the_less_sure_and_after_ten_years_never() -> None:
    sure = [read(f"Date {year}-03-12 14:20")[1] for year in (2025, 2023, 2019, 2016, 2015, 1999)]
    assert sure[0] == sure[1] > sure[2] > sure[3]
    assert max(sure[4:]) < SURE
    unknown = ReadingContext()
    assert read("Date 1999-03-12 14:20", context=unknown)[1] == sure[0]


def test_half_past_twelve_at_night_is_not_noon() -> None:
    lines = printed("20/03/2018 12:30:05 AM")
    assert dates.time_near(lines, 0) == dt.time(0, 30, 5)


def test_two_dates_on_a_line_keep_their_own_names() -> None:
    assert read("Date 12/03/2025 Due 26/03/2025")[0] == dt.date(2025, 3, 12)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2079, 12, 31)))
def test_every_iso_date_is_read(day: dt.date) -> None:
    assert only(f"Date {day.isoformat()}", context=ReadingContext()).value == day


NOTATIONS: dict[str, tuple[str, ...]] = {
    AMERICAN: ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%y", "%b %d, %Y", "%m.%d.%y"),
    BRITISH: ("%d/%m/%Y", "%d/%m/%y", "%d-%b-%y", "%dth of %B %Y", "%d.%m.%y"),
    CANADIAN: ("%Y-%m-%d", "%y-%m-%d", "%d/%m/%Y", "%m/%d/%y"),
    SWEDISH: ("%Y-%m-%d", "%y-%m-%d", "%d.%m.%y"),
    JAPANESE: ("%Y\u5e74%m\u6708%d\u65e5", "%y/%m/%d", "%Y.%m.%d"),
    "Summe EUR 9,99": ("%d.%m.%Y", "%d.%m.%y", "%d.%m.%y%H:%M"),
    "Corner Cafe": (
        *("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%y-%m-%d", "%y.%m.%d"),
        *("%d.%m.%Y", "%Y%m%d", "%Y%m%d/%H%M%S", "%d%m%Y", "%d %b %Y", "%Y-%m-%d%H:%M"),
    ),
}  # fmt: skip


@given(
    st.dates(TODAY - dt.timedelta(days=730), TODAY),
    st.sampled_from([(mark, one) for mark, some in NOTATIONS.items() for one in some]),
    st.times(),
)
@example(dt.date(2025, 3, 12), ("Corner Cafe", "%y-%m-%d"), dt.time(14, 20))
def test_a_day_of_the_last_two_years_is_read_as_that_day_or_is_not_sure(
    day: dt.date, printed_as: tuple[str, str], time: dt.time
) -> None:
    mark, notation = printed_as
    text = dt.datetime.combine(day, time).strftime(notation)
    found, sure = read(mark, f"Date {text}")
    assert found == day or sure < SURE
    assert found is not None
