"""Kinds of receipts that were once read wrongly without a word: each is right, or in doubt."""

from decimal import Decimal

import pytest

from helpers.fakes_reading import printed
from reading.extraction.fields import extract_fields
from reading.extraction.several import are_below_each_other
from reading.receipt import Receipt
from reading.review import SURE_OF_TOTAL

HEAD = ("CORNER SHOP LTD", "12 Market Street", "Leeds LS1 4AB", "14/03/2025 12:41")


def read(*lines: str) -> Receipt:
    return extract_fields(printed(*HEAD, *lines)).receipt


def is_sure(receipt: Receipt) -> bool:
    return receipt.confidence["total"] >= SURE_OF_TOTAL


@pytest.mark.parametrize("item", ["Return ticket Leeds-York", "Fahrkarte Hin und Retour"])
def test_a_journey_there_and_back_is_a_purchase(item: str) -> None:
    receipt = read(f"{item} 24.99", "TOTAL GBP 24.99", "VISA 24.99")
    assert (receipt.total, is_sure(receipt)) == (Decimal("24.99"), True)


def test_a_total_is_in_doubt_beside_an_item_of_the_same_size_with_a_minus() -> None:
    assert not is_sure(read("Lamp - 24.99", "TOTAL GBP 24.99", "VISA 24.99"))


@pytest.mark.parametrize("words", ["ANULACION", "KARTE NICHT AKZEPTIERT", "ANULACJA"])
def test_what_was_undone_is_in_doubt(words: str) -> None:
    assert not is_sure(read("Lamp 24.99", "TOTAL GBP 24.99", "VISA 24.99", words))


@pytest.mark.parametrize(
    ("lines", "currency"),
    [
        (("Istiklal Cad. 4", "TOTAL 24.99"), None),
        (("Lamp $8.000", "TOTAL CLP $8.000"), "CLP"),
        (("Lampada 24,99", "TOTALE EURO 24,99"), "EUR"),
    ],
)
def test_a_currency_is_known_by_its_code_and_not_by_a_street(
    lines: tuple[str, ...], currency: str | None
) -> None:
    assert extract_fields(printed("SHOP", *lines)).receipt.currency == currency


OTHER = ("KELLER BAKERY GMBH", "Ring 4", "15/03/2025", "Bread 3.00", "TOTAL EUR 3.00")


def test_two_receipts_below_each_other_are_noticed_and_a_slip_is_not() -> None:
    bought = (*HEAD, "Lamp 24.99", "TOTAL GBP 24.99")
    slip = (*HEAD, "TOTAL GBP 24.99", "TIP 2.00", "TOTAL 26.99")
    assert are_below_each_other(printed(*bought, *OTHER))
    assert not are_below_each_other(printed(*bought, *slip))
