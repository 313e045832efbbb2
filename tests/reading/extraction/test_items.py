"""Line items: names above or beside their amounts, quantities, and where the sums begin."""

from decimal import Decimal

from helpers.fakes_reading import printed
from reading.extraction import items
from reading.receipt import LineItem


def read(*lines: str) -> list[LineItem]:
    page = printed(*lines)
    return items.find_items(page, 0, items.first_sum_line(page, 0))


def test_the_sums_are_no_items() -> None:
    found = read("Bread 3.20", "Coffee 2.80", "Subtotal 6.00", "GST 0.36", "Total 6.36")
    assert [item.name for item in found] == ["Bread", "Coffee"]


def test_a_name_may_stand_above_its_amounts() -> None:
    (item,) = read("GARDEN HOSE 10M", "9062301   2 X 4.50   9.00", "TOTAL 9.00")
    assert item == LineItem(
        name="GARDEN HOSE 10M",
        quantity=Decimal(2),
        unit_price=Decimal("4.50"),
        total=Decimal("9.00"),
    )


def test_quantity_and_unit_price_may_stand_below() -> None:
    (item,) = read("SOAP 1KG   RM20.80", "@2 X RM 10.40", "Total Sales 20.80")
    assert (item.quantity, item.unit_price) == (Decimal(2), Decimal("10.40"))
    assert item.total == Decimal("20.80")


def test_a_discount_is_no_item() -> None:
    assert len(read("Lamp 55.90", "Discount -5.59", "Total 50.31")) == 1
