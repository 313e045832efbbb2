"""Fields come from evidence: words, arithmetic, place; doubt is said, not hidden."""

import datetime as dt
from decimal import Decimal

import pytest

from helpers.fakes_reading import BAKERY, printed
from reading.context import Home, ReadingContext
from reading.extraction.evidence import Candidate, Choice
from reading.extraction.fields import extract_fields
from reading.extraction.merchant import agreeing
from reading.receipt import Receipt, TaxLine
from reading.review import SURE


def read(*lines: str, home: str | None = None) -> Receipt:
    context = ReadingContext(home=Home(currency=home))
    return extract_fields(printed(*lines), context=context).receipt


def test_a_plain_receipt_is_read_whole() -> None:
    receipt = read(*BAKERY)
    assert receipt.merchant == "CORNER BAKERY"
    assert receipt.address == "12 High Street"
    assert receipt.date == dt.date(2025, 9, 23)
    assert receipt.time == dt.time(12, 31)
    assert (receipt.total, receipt.currency) == (Decimal("6.00"), "EUR")
    assert (receipt.paid, receipt.change) == (Decimal("10.00"), Decimal("4.00"))
    assert receipt.payment_method == "cash"
    assert [(item.name, item.total) for item in receipt.line_items] == [
        ("Bread", Decimal("3.20")),
        ("Coffee", Decimal("2.80")),
    ]
    assert receipt.confidence["total"] > 0.9


def test_a_german_receipt_is_read() -> None:
    receipt = read(
        "B\u00e4ckerei M\u00fcller GmbH",
        "Hauptstra\u00dfe 12",
        "80331 M\u00fcnchen",
        "Datum 23.09.2025 07:42 Uhr",
        "Brezel           3,20",
        "Kaffee           2,80",
        "Summe EUR        6,00",
        "inkl. MwSt 7,0 %   5,61  0,39",
        "Bar             10,00",
        "R\u00fcckgeld         4,00",
    )
    assert receipt.merchant == "B\u00e4ckerei M\u00fcller GmbH"
    assert receipt.date == dt.date(2025, 9, 23)
    assert (receipt.total, receipt.currency) == (Decimal("6.00"), "EUR")
    assert receipt.taxes == (TaxLine(amount=Decimal("0.39"), rate=Decimal(7)),)
    assert (receipt.paid, receipt.change) == (Decimal("10.00"), Decimal("4.00"))


def test_a_sales_tax_on_top_is_told_from_the_total() -> None:
    receipt = read(
        "Maple Diner",
        "Portland, OR 97201",
        "Date 09/23/2025",
        "Burger          10.00",
        "Fries            4.00",
        "Subtotal        14.00",
        "Sales tax 5 %    0.70",
        "Total $         14.70",
        "Visa            14.70",
    )
    assert receipt.total == Decimal("14.70")
    assert receipt.subtotal == Decimal("14.00")
    assert receipt.tax == Decimal("0.70")
    assert receipt.payment_method == "card"
    assert receipt.currency == "USD"
    assert receipt.date == dt.date(2025, 9, 23)


def test_after_rounding_to_five_cents_the_rounded_amount_is_the_total() -> None:
    receipt = read(
        "KEDAI SINAR SDN BHD",
        "Rice            12.34",
        "Tea              8.64",
        "Total RM        20.98",
        "Rounding Adj     0.02",
        "Total Rounded RM 21.00",
        "Cash            50.00",
        "Change          29.00",
    )
    assert receipt.total == Decimal("21.00")


def test_a_rounded_amount_that_nobody_calls_the_total_leaves_doubt() -> None:
    receipt = read(
        "KEDAI SINAR SDN BHD",
        "Rice            12.34",
        "Tea              8.64",
        "Total RM        20.98",
        "Rounding Adj     0.02",
        "RM              21.00",
        "Cash            50.00",
        "Change          29.00",
    )
    assert receipt.total == Decimal("21.00")
    assert receipt.confidence["total"] < 0.9


def test_cash_less_change_finds_a_total_whose_name_is_lost() -> None:
    receipt = read(
        "CORNER BAKERY", "Bread  3.20", "Coffee  2.80", "#!~.x  6.00", "CASH 10.00", "CHANGE 4.00"
    )
    assert receipt.total == Decimal("6.00")


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("HELLO WORLD",),
        ("lorem ipsum dolor", "sit amet"),
        ("12.00", "13.00", "14.00"),
    ],
)
def test_what_is_no_receipt_is_never_sure(lines: tuple[str, ...]) -> None:
    receipt = read(*lines)
    assert receipt.needs_review
    assert receipt.confidence.get("total", 0.0) < 0.9


def test_two_totals_make_each_other_doubtful() -> None:
    one = read("SHOP", "Total  6.00").confidence["total"]
    two = read("SHOP", "Total  6.00", "Total  7.00").confidence["total"]
    assert two < one


def test_words_misread_by_a_letter_still_name_their_line() -> None:
    receipt = read("SHOP", "Bread 3.20", "Coffee 2.80", "T0TAI 6.00", "CHANCE 4.00", "CASH 10.00")
    assert receipt.total == Decimal("6.00")


SILENT = (
    "CORNER BAKERY",
    "Date: 23/09/2025 12:31",
    "Bread   3.20",
    "Coffee   2.80",
    "TOTAL   6.00",
)
"""A receipt that shows no currency and nothing of any country."""


def test_where_the_paper_is_silent_the_home_s_currency_is_taken_and_is_no_cause_of_review() -> None:
    assert read(*SILENT).currency is None
    receipt = read(*SILENT, home="EUR")
    assert receipt.currency == "EUR"
    assert SURE < receipt.confidence["currency"] < 0.9


@pytest.mark.parametrize(
    ("says", "currency"),
    [
        ("TOTAL GBP   6.00", "GBP"),
        ("TOTAL RM   6.00", "MYR"),
        ("Penang, Malaysia", "MYR"),
        ("TOTAL $   6.00", "USD"),
    ],
)
def test_what_the_paper_says_outweighs_the_home(says: str, currency: str) -> None:
    assert read(*SILENT, says, home="EUR").currency == currency


def test_a_home_that_the_paper_agrees_with_is_surer() -> None:
    says = "inkl. MwSt"
    alone = read(*SILENT, says).confidence["currency"]
    assert read(*SILENT, says, home="EUR").confidence["currency"] > max(SURE, alone)


def test_a_bare_dollar_sign_is_the_home_s_dollar() -> None:
    assert read(*SILENT, "TOTAL $   6.00", home="NZD").currency == "NZD"


def test_the_gross_amounts_of_all_tax_rates_make_a_total_sure() -> None:
    lines = ("GLOBUS", "Datum 23.09.2025 07:42", "Brot   9,12", "Wein   1,78", "10,90")
    rates = ("A 7,00%   8,52   0,60   9,12", "B 19,00%   1,50   0,28   1,78")
    without = read(*lines, "A 7,00%   9,12", "B 19,00%   1,78")
    receipt = read(*lines, *rates)
    assert receipt.total == without.total == Decimal("10.90")
    assert receipt.confidence["total"] > without.confidence["total"] + 0.1
    other = read(*lines, rates[0], "B 19,00%   1,60   0,28   1,88")
    assert other.confidence["total"] < receipt.confidence["total"]


def test_the_merchant_s_number_is_read_beside_its_name() -> None:
    receipt = read(*BAKERY, "USt-IdNr. DE 136 695 976")
    assert receipt.merchant_number == "DE136695976"
    assert receipt.confidence["merchant_number"] > 0.9
    assert read(*SILENT).merchant_number is None


def test_a_name_that_stands_twice_in_the_head_is_one_name_read_twice() -> None:
    once = [Choice(Candidate(value=name, evidence={}), 0.3) for name in ("ROLLER", "LANE 4")]
    twice = [*once, Choice(Candidate(value="Roller", evidence={}), 0.2)]
    assert [round(one.probability, 3) for one in agreeing(twice)] == [0.5, 0.3]
    assert agreeing(twice)[0].candidate.value == "ROLLER"
    assert agreeing(once) == once


def test_the_currency_is_the_one_beside_the_total() -> None:
    result = read(
        "LIFFEY HOTEL LTD",
        "Room           200.00",
        "TOTAL EUR      200.00",
        "VISA           200.00",
        "Currency conversion offered",
        "1 EUR = 0.8612 GBP",
        "Amount in GBP  172.24",
        "I pay GBP      172.24",
    )
    assert (result.total, result.currency) == (Decimal("200.00"), "EUR")
    assert result.confidence["currency"] > 0.9
    assert result.confidence["total"] > 0.9


def test_a_total_in_two_currencies_is_the_first() -> None:
    result = read("HOTEL", "Room 200.00", "Total CHF 200.00", "Total EUR 208.10")
    assert (result.total, result.currency) == (Decimal("200.00"), "CHF")
