"""Amounts are found in the notations of many countries, and other numbers are left alone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading.extraction import amounts


def values(text: str) -> list[str]:
    return [str(one.value) for one in amounts.find_amounts(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TOTAL 12.50", ["12.50"]),
        ("Summe EUR 1.234,56", ["1234.56"]),
        ("Total $1,234.56", ["1234.56"]),
        ("CHF 1'234.50", ["1234.50"]),
        ("RM31.00", ["31.00"]),
        ("12,50 \u20ac", ["12.50"]),
        ("Discount -5.59", ["-5.59"]),
        ("refund (5.00)", ["-5.00"]),
        ("Rabatt 2,00-", ["-2.00"]),
        ("CHANGE .20", ["0.20"]),
        ("2 x 1.13 2.26", ["1.13", "2.26"]),
        ("GST 6.00 % 0.23", ["0.23"]),
        ("l2.5O", ["12.50"]),
        ("Change : 0 05", ["0.05"]),
        ("12/03/2018 10:25", []),
        ("TEL 03-4296.0133", []),
        ("0.5500", []),
        ("MwSt 19,0%", []),
    ],
)
def test_amounts_are_found_where_they_stand(text: str, found: list[str]) -> None:
    assert values(text) == found


def test_the_currency_beside_an_amount_is_read() -> None:
    assert [one.currency for one in amounts.find_amounts("RM 5.00 EUR 6.00 7.00")] == [
        "MYR",
        "EUR",
        None,
    ]


def test_a_bare_dollar_sign_is_no_currency() -> None:
    assert amounts.find_amounts("$5.00")[0].currency is None


def test_what_had_to_be_mended_says_so() -> None:
    assert amounts.find_amounts("l2.5O")[0].mended
    assert not amounts.find_amounts("12.50")[0].mended


@given(st.decimals(min_value=0, max_value=99_999, places=2))
def test_an_amount_reads_the_same_in_english_and_german(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert [one.value for one in amounts.find_amounts(f"Total {english}")] == [value]
    assert [one.value for one in amounts.find_amounts(f"Summe {german}")] == [value]


@given(st.text(max_size=60))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    for one in amounts.find_amounts(text):
        assert 0 <= one.start < one.end <= len(text)
