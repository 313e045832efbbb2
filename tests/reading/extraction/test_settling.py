"""Where a space may group thousands, the paper decides; what it leaves open is never sure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fakes_reading import printed
from reading.extraction.country import main_currency
from reading.extraction.fields import extract_fields
from reading.receipt import Receipt
from reading.review import SURE_OF_TOTAL

HEAD = ("CORNER FURNITURE LTD", "12 High Street", "Date: 23/09/2025 12:31")


def read(*lines: str) -> Receipt:
    return extract_fields(printed(*HEAD, *lines)).receipt


def total_of(*lines: str) -> tuple[str, bool]:
    receipt = read(*lines)
    return str(receipt.total), receipt.confidence["total"] >= SURE_OF_TOTAL


def test_all_amounts_are_joined_where_the_sums_say_so() -> None:
    receipt = read(
        "Table 1 899,00",
        "Chair 129,00",
        "Subtotal 2 028,00",
        "MwSt 19 % 385,32",
        "Total 2 413,32",
        "Cash 3 000,00",
        "Change 586,68",
    )
    assert receipt.total == Decimal("2413.32")
    assert receipt.confidence["total"] >= SURE_OF_TOTAL
    assert (receipt.subtotal, receipt.tax) == (Decimal("2028.00"), Decimal("385.32"))
    assert (receipt.paid, receipt.change) == (Decimal("3000.00"), Decimal("586.68"))
    assert [item.total for item in receipt.line_items] == [Decimal("1899.00"), Decimal("129.00")]


@pytest.mark.parametrize(
    "lines",
    [
        ("Table 1 032.00", "Lamp 202.56", "TOTAL EUR 1 234.56", "VISA 1 234.56"),
        ("Table 1 032.00", "Lamp 202.56", "TOTAL 1 234.56", "VISA 1 234.56"),
        ("TOTAL EUR 1 234.56", "VISA 1 234.56"),
        ("Net 1 000.00", "VAT 20 % 234.56", "Total 1 234.56", "Card 1 234.56"),
    ],
)
def test_a_sign_or_a_payment_settles_it(lines: tuple[str, ...]) -> None:
    assert total_of(*lines) == ("1234.56", True)


@pytest.mark.parametrize(
    "lines",
    [
        ("Lamp 2 120.50", "TOTAL EUR 2 120.50"),
        ("Table 1 820.25", "Chair 300.25", "TOTAL 2 120.50"),
        ("Lamp 100.25", "TOTAL 2 120.50"),
    ],
)
def test_a_sign_or_an_item_without_a_figure_leaves_one_reading(lines: tuple[str, ...]) -> None:
    values = {
        one.candidate.value for one in extract_fields(printed(*HEAD, *lines)).choices["total"]
    }
    assert Decimal("2120.50") in values
    assert Decimal("120.50") not in values


def test_a_quantity_stays_a_quantity_where_the_sums_say_so() -> None:
    lines = ("Table 1 120.50", "Chair 2 240.50", "TOTAL 361.00", "CASH 361.00")
    assert total_of(*lines) == ("361.00", True)
    assert [item.total for item in read(*lines).line_items] == [
        Decimal("120.50"),
        Decimal("240.50"),
    ]


def test_a_count_of_items_before_the_total_is_no_part_of_it_if_the_payment_says_so() -> None:
    assert total_of("Tea 2 6.00", "Lamp 1 114.50", "TOTAL 3 120.50", "CASH 120.50") == (
        "120.50",
        True,
    )


def test_what_nothing_settles_keeps_both_readings_and_neither_is_sure() -> None:
    result = extract_fields(printed(*HEAD, "Table 2 120.50", "TOTAL 2 120.50"))
    found = {choice.candidate.value for choice in result.choices["total"]}
    assert found >= {Decimal("2120.50"), Decimal("120.50")}
    assert result.receipt.confidence["total"] < SURE_OF_TOTAL


def test_a_wide_gap_separates_columns() -> None:
    assert total_of("Tea 60.25", "Cup 60.25", "TOTAL   2      120.50", "CASH   120.50") == (
        "120.50",
        True,
    )


@pytest.mark.parametrize("before", ["l", "12", "R1", "x2", "1234"])
def test_an_amount_with_figures_right_before_it_is_never_sure(before: str) -> None:
    total, sure = total_of("Lamp 234.56", f"TOTAL {before} 234.56", f"VISA {before} 234.56")
    assert not (sure and total == "234.56")
    assert total_of("Lamp 234.56", "TOTAL 234.56", "VISA 234.56") == ("234.56", True)


def test_one_misread_sign_does_not_change_the_papers_currency() -> None:
    receipt = read(
        "Cable \u00a58", "Lamp RM 12.00", "Total RM 12.00", "Cash RM 20.00", "Change 8.00"
    )
    assert (receipt.total, receipt.currency) == (Decimal("12.00"), "MYR")

    assert not main_currency(printed("Cable \u00a58", "Lamp 12.00", "Total 12.00"))
    assert main_currency(printed("Cable 8", "Total \u00a58")) == {"JPY"}
    assert main_currency(printed("Cable \u00a58", "Lamp \u00a512")) == {"JPY"}


def test_where_a_dollar_has_no_cents_its_country_tells() -> None:
    receipt = read("RUT 76.123.456-7", "Pan $ 2.500", "Cafe $ 3.490", "TOTAL $ 5.990")
    assert receipt.total == Decimal(5990)


GROUPINGS = [" ", "\u00a0", "\u202f", "\u2009", ",", ".", "'", "\u2019", ""]
FRAMES = ["TOTAL {}", "TOTAL EUR {}", "TOTAL {} \u20ac", "Total: {}", "SUMME \u20ac {}"]


@given(
    value=st.decimals(min_value=0, max_value=9_999_999, places=2),
    group=st.sampled_from(GROUPINGS),
    point=st.sampled_from(".,"),
    frame=st.sampled_from(FRAMES),
    lakh=st.booleans(),
    items=st.integers(0, 3),
    paid=st.booleans(),
)
def test_an_amount_in_any_notation_is_read_back_or_is_not_sure(
    value: Decimal, group: str, point: str, frame: str, *, lakh: bool, items: int, paid: bool
) -> None:
    def written(amount: Decimal) -> str:
        whole, cents = f"{amount:.2f}".split(".")
        if lakh and group == "," and point == "." and len(whole) > 5:
            whole = f"{whole[:-5]},{whole[-5:-3]},{whole[-3:]}"
        else:
            whole = f"{int(whole):,}".replace(",", group)
        return f"{whole}{point}{cents}"

    if group == point:
        point = ".,"[point == "."]
    share = (value / max(items, 1)).quantize(Decimal("0.01"))
    parts = [share] * (items - 1) + [value - share * (items - 1)] if items else []
    lines = [f"Thing {written(part)}" for part in parts]
    lines += [frame.format(written(value))]
    lines += [f"VISA {written(value)}"] if paid else []
    receipt = read(*lines)
    assert receipt.total == value or receipt.confidence.get("total", 0.0) < SURE_OF_TOTAL
    if paid and value >= 1:
        assert receipt.total == value


@given(
    value=st.integers(1, 99_999_999),
    group=st.sampled_from([" ", ",", ".", "'", ""]),
    code=st.sampled_from(["JPY", "KRW", "IDR", "VND", "CLP", "HUF"]),
    behind=st.booleans(),
)
def test_an_amount_without_decimals_is_read_back_or_is_not_sure(
    value: int, group: str, code: str, *, behind: bool
) -> None:
    number = f"{value:,}".replace(",", group)
    marked = f"{number} {code}" if behind else f"{code} {number}"
    receipt = read(f"Thing {number}", f"TOTAL {marked}", f"VISA {marked}")
    assert receipt.total == value or receipt.confidence.get("total", 0.0) < SURE_OF_TOTAL


@given(
    value=st.decimals(min_value=0, max_value=99_999, places=3),
    notation=st.sampled_from([",.", ".,", " .", " ,"]),
    code=st.sampled_from(["KWD", "BHD", "OMR", "JOD", "TND"]),
)
def test_an_amount_with_three_decimals_is_read_back(
    value: Decimal, notation: str, code: str
) -> None:
    number = f"{value:,.3f}".translate(str.maketrans(",.", notation))
    receipt = read(f"Thing {number}", f"TOTAL {code} {number}", f"VISA {code} {number}")
    assert receipt.total == value or receipt.confidence.get("total", 0.0) < SURE_OF_TOTAL
