"""The names of the months agree with Unicode's own table of them (CLDR)."""

import datetime as dt

import pytest
from babel import Locale
from babel.dates import format_date

from helpers.fakes_reading import printed
from reading.context import ReadingContext
from reading.extraction import dates
from reading.extraction.months import folded, month_of

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "hu")
LOCALES = (*LANGUAGES, "en_US", "en_GB", "fr_CA", "pt_BR", "ja", "zh")
NEW_YEARS_EVE = dt.date(2025, 12, 31)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_a_month_is_known_with_and_without_its_accents(language: str) -> None:
    for form in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in Locale(language).months[form][width].items():
                assert month_of(name.strip(".")) == number, name
                assert month_of(folded(name.strip("."))) == number, name


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("form", ["full", "long", "medium", "short"])
def test_every_day_as_its_country_writes_it_is_a_candidate(locale: str, form: str) -> None:
    context = ReadingContext(read_on=NEW_YEARS_EVE)
    for days in range(0, 365, 11):
        day = NEW_YEARS_EVE - dt.timedelta(days=days)
        found = dates.candidates(printed(format_date(day, form, locale)), context)
        assert day in {one.value for one in found}


@pytest.mark.parametrize("word", ["ju", "jui", "cerv", "sum", "total"])
def test_a_word_that_may_be_cut_from_two_months_or_from_none_names_none(word: str) -> None:
    assert month_of(word) is None
