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
        ("TOTAL 1 234.56", ["1234.56"]),
        ("TOTAL 12\u00a0345,60 \u20ac", ["12345.60"]),
        ("TOTAL 1\u202f234\u202f567,00", ["1234567.00"]),
        ("TOTAL 1\u2009234.56", ["1234.56"]),
        ("Total 1\u2019234.50", ["1234.50"]),
        ("Total 1, 234.56", ["1234.56"]),
        ("Total 1,23,600.00", ["123600.00"]),
        ("Total 12,34,56,789.00", []),
        ("Total R1 234.56", ["1234.56"]),
        ("Total:12.50", ["12.50"]),
        ("25,-", ["25"]),
        ("CHF 25.\u2014", ["25"]),
        ("0.5500", []),
        ("R 24 1 032,00", ["1032.00"]),
        ("10:25 120.50", ["120.50"]),
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


@pytest.mark.parametrize(
    "text",
    [
        "-24.99",
        "\u201324.99",
        "\u201424.99",
        "\u221224.99",
        "- 24.99",
        "GBP-24.99",
        "\u00a3-24.99",
        "-\u00a324.99",
        "-GBP 24.99",
        "24.99-",
        "24.99\u2013",
        "24.99- GBP",
        "24.99 \u20ac -",
        "(24.99)",
        "(\u00a324.99)",
        "24.99 CR",
        "24.99Cr",
    ],
)
def test_a_minus_is_read_in_every_form(text: str) -> None:
    assert values(text) == ["-24.99"]
    assert values(f"TOTAL {text}") == ["-24.99"]


@pytest.mark.parametrize(
    "text", ["24.99 DR", "TOTAL (incl. tax 24.99)", "---- 24.99", "Total: 24.99 Credit card"]
)
def test_what_is_no_minus_is_left_alone(text: str) -> None:
    assert values(text) == ["24.99"]


@pytest.mark.parametrize(
    ("text", "paper", "value", "currency"),
    [
        ("Total \u00a51,080", "", "1080", "JPY"),
        ("Total Rp 25.000", "", "25000", "IDR"),
        ("Total \u20a912,000", "", "12000", "KRW"),
        ("Total 12 990 Ft", "", "12990", "HUF"),
        ("Total KWD 12.500", "", "12.500", "KWD"),
        ("Total BHD 1,234.500", "", "1234.500", "BHD"),
        ("Bento 960 JPY", "JPY", "960", "JPY"),
        ("Bento 1,960", "JPY", "1960", None),
        ("Total 960", "JPY", "960", None),
        ("Nasi 25.000", "IDR", "25000", None),
        ("Tea 1.250", "KWD", "1.250", None),
        ("Total \u00a512.50", "", "12.50", "CNY"),
    ],
)
def test_decimals_are_as_many_as_the_papers_currency_has(
    text: str, paper: str, value: str, currency: str | None
) -> None:
    (one,) = amounts.find_amounts(text, frozenset(paper.split()))
    assert (str(one.value), one.currency) == (value, currency)


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("Total 12.500", ""),
        ("Total 1,080", "EUR"),
        ("Total \u20ac 1,080", "JPY"),
        ("Table 12", "JPY"),
        ("RUT 76.123.456-7", "CLP"),
        ("Cable \u00a58", ""),
        ("Ladder 6 Ft", ""),
    ],
)
def test_without_a_currency_that_says_so_a_number_without_cents_is_no_amount(
    text: str, paper: str
) -> None:
    assert amounts.find_amounts(text, frozenset(paper.split())) == ()


def test_a_sign_that_is_a_word_too_counts_beside_a_sum() -> None:
    assert amounts.find_amounts("PEN 2.00")[0].currency is None
    assert amounts.find_amounts("TOTAL PEN 2.00")[0].currency == "PEN"
    assert amounts.find_amounts("PEN 2.00", frozenset({"PEN"}))[0].currency == "PEN"


def test_figures_right_before_an_amount_are_said() -> None:
    (joined,) = amounts.find_amounts("Chair 2 120.50")
    assert joined.apart is not None
    assert (joined.value, joined.apart.value) == (Decimal("2120.50"), Decimal("120.50"))
    assert joined.apart.crowded
    assert amounts.find_amounts("Chair l 120.50")[0].crowded
    assert not amounts.find_amounts("Chair 120.50")[0].crowded
    assert amounts.find_amounts("Chair 2 032.50")[0].apart is None
