"""Fields come from evidence: words, arithmetic, place; doubt is said, not hidden."""

import datetime as dt
from decimal import Decimal

import pytest

from helpers.fakes_reading import BAKERY, printed
from reading.extraction.fields import extract_fields
from reading.receipt import Receipt, TaxLine


def read(*lines: str) -> Receipt:
    return extract_fields(printed(*lines)).receipt


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
