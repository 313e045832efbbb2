"""Money that went back is negative, what did not move is doubtful; a shop's rules say nothing."""

from decimal import Decimal

import pytest

from helpers.fakes_reading import printed
from reading.extraction.fields import extract_fields
from reading.receipt import Receipt
from reading.review import SURE_OF_TOTAL

HEAD = ("CORNER SHOP LTD", "12 Market Street", "Leeds LS1 4AB")
DATE = "Date: 14/03/2025 12:41"
BOUGHT = ("Lamp 20.00", "Bulb 4.99", "TOTAL GBP 24.99", "VISA 24.99")


def read(*lines: str) -> Receipt:
    return extract_fields(printed(*HEAD, *lines)).receipt


def outcome(*lines: str) -> tuple[str, bool]:
    receipt = read(*lines)
    return str(receipt.total), receipt.confidence["total"] >= SURE_OF_TOTAL


TITLES = [
    *("*** REFUND ***", "Refund no. 0012", "CREDIT NOTE", "CREDIT NOTE NO: CN-12", "Type: REFUND"),
    *("GUTSCHRIFT", "Warengutschrift", "RETOURE", "Storno", "R\u00fcckerstattung", "Retourenbeleg"),
    *(
        "REMBOURSEMENT",
        "Note de cr\u00e9dit",
        "DEVOLUCI\u00d3N",
        "Reembolso",
        "Nota de cr\u00e9dito",
    ),
    *(
        "RIMBORSO",
        "Nota di credito",
        "DEVOLU\u00c7\u00c3O",
        "Estorno",
        "TERUGBETALING",
        "Creditnota",
    ),
    *("ZWROT", "REFUNO"),
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_of_a_refund_makes_all_amounts_negative(title: str) -> None:
    receipt = read(title, DATE, *BOUGHT)
    assert receipt.total == receipt.paid == Decimal("-24.99")
    assert [item.total for item in receipt.line_items] == [Decimal("-20.00"), Decimal("-4.99")]
    assert receipt.confidence["total"] >= SURE_OF_TOTAL


@pytest.mark.parametrize("title", ["SALES RETURN", "Retour", "AVOIR", "Reso", "Abono", "Korekta"])
def test_a_word_that_may_mean_a_refund_leaves_doubt(title: str) -> None:
    assert outcome(title, DATE, *BOUGHT) == ("-24.99", False)


@pytest.mark.parametrize(
    ("total", "paid"),
    [
        ("REFUND TOTAL GBP 24.99", "REFUNDED TO VISA 24.99"),
        ("TOTAL GBP 24.99", "REFUND VISA 24.99"),
        ("TOTAL GBP -24.99", "VISA -24.99"),
        ("TOTAL GBP \u201324.99", "VISA \u201424.99"),
        ("TOTAL GBP 24.99 CR", "VISA 24.99 CR"),
        ("REFUND TOTAL GBP -24.99", "VISA -24.99"),
    ],
)
def test_a_refunds_total_is_negative(total: str, paid: str) -> None:
    sign = "-" if "REFUND" not in total + paid or "-" in total else ""
    assert outcome(DATE, f"Lamp {sign}24.99", total, paid) == ("-24.99", True)


def test_a_printed_minus_and_a_word_do_not_cancel_each_other() -> None:
    assert outcome("REFUND", DATE, "Lamp -24.99", "TOTAL -24.99", "VISA -24.99") == ("-24.99", True)
    assert outcome("REFUND", DATE, "Lamp -24.99", "TOTAL 24.99", "VISA 24.99")[0] == "-24.99"


@pytest.mark.parametrize(
    "words",
    [
        *("*** DECLINED ***", "CARD NOT CHARGED", "TRANSACTION VOID", "CANCELLED", "abgelehnt"),
        *("Zahlung nicht erfolgt", "PAIEMENT REFUSE", "TARJETA DENEGADA", "Transazione negata"),
        *("Compra n\u00e3o autorizada", "Betaling geweigerd", "Transakcja odrzucona"),
    ],
)
def test_what_was_not_charged_is_doubtful(words: str) -> None:
    assert not outcome(DATE, *BOUGHT, words)[1]
    assert not outcome(words, DATE, *BOUGHT)[1]


@pytest.mark.parametrize(
    "foot",
    [
        ("RETURN within 30 days",),
        ("Refund policy: see store",),
        ("NO REFUNDS",),
        ("NO EXCHANGE OR", "REFUND"),
        ("Exchange or return", "with this receipt"),
        ("Items may be returned for", "refund or exchange"),
        ("Cash refund only",),
        ("Refund code 1234-567",),
        ("R\u00fcckgabe innerhalb von 14 Tagen",),
        ("Umtausch nur mit Bon",),
        ("Retours accept\u00e9s sous 30 jours",),
        ("No se admiten devoluciones",),
        ("Geen retour zonder bon",),
        ("VOID IF ALTERED",),
        ("Thank you for your return visit",),
        ("Tax refund 2.00",),
        ("Ihre Gutschrift 0,50",),
    ],
)
def test_a_shops_rules_change_nothing(foot: tuple[str, ...]) -> None:
    assert outcome(DATE, *BOUGHT, *foot) == ("24.99", True)


@pytest.mark.parametrize(
    "item",
    ["COUPON 5.01-", "Pfandr\u00fcckgabe -5.01", "Void Bulb -5.01", "Storno Bulb -5.01"],
)
def test_an_item_that_went_back_is_an_ordinary_line(item: str) -> None:
    lines = ("Lamp 30.00", item, "TOTAL GBP 24.99", "CASH 30.00", "CHANGE 5.01")
    assert outcome(DATE, *lines) == ("24.99", True)


def test_change_called_return_is_no_refund() -> None:
    lines = ("Lamp 5.00", "TOTAL GBP 5.00", "CASH 10.00", "RETURN 5.00")
    assert read(DATE, *lines).total == Decimal("5.00")


def test_a_dash_apart_from_a_total_may_be_no_minus() -> None:
    total, sure = outcome(DATE, "Lamp 20.00", "Bulb 4.99", "TOTAL \u2014 24.99", "VISA 24.99")
    assert (total, sure) == ("24.99", False)
