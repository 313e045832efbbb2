"""What agreement adds is measured in the order in which receipts arrive, and in random ones."""

from pathlib import Path

from lab.measure.reading.agreement import ORDERS, AgreementResult, Pairs, measure, table
from lab.measure.reading.labelled import Labelled, Truth
from reading.receipt import Receipt
from reading.review import USUAL

NAME, MISREAD = "HOLLOWAY BROTHERS", "HOLLOWAV BROTHERS"


def read(*names: str | None, number: str = "0205550101", sure: float = 0.9) -> Pairs:
    """One merchant's receipts as they were read; None could not be read."""
    confidence = {**USUAL, "merchant_number": sure}
    return [
        (
            Labelled(Path("a.jpg"), Truth(company=NAME)),
            Receipt(merchant=name, merchant_number=number, confidence=confidence) if name else None,
        )
        for name in names
    ]


def measured(*names: str | None) -> AgreementResult:
    return measure("fake", "set", read(*names))


def test_a_name_that_is_put_right_counts_as_right_and_no_longer_as_wrong_unreviewed() -> None:
    one = measured(NAME, NAME, MISREAD)
    assert (one.alone, one.agreed, one.put_right, one.put_wrong) == (2, 3, 1, 0)
    assert (one.unreviewed, one.wrong_alone, one.wrong_agreed) == (3, 1, 0)


def test_a_right_name_that_a_wrong_majority_spoils_is_counted_against_it() -> None:
    one = measured(MISREAD, MISREAD, NAME)
    assert (one.alone, one.agreed, one.put_right, one.put_wrong) == (1, 0, 0, 1)


def test_it_depends_on_the_order_and_both_ends_are_told() -> None:
    one = measured(MISREAD, NAME, NAME)
    assert one.agreed == 2
    assert (one.least, one.most) == (2, 3)
    assert one.least <= one.usual <= one.most
    assert ORDERS == 20


def test_only_earlier_receipts_are_heard() -> None:
    one = measured(MISREAD, MISREAD, NAME, NAME, NAME, NAME)
    assert (one.alone, one.agreed) == (4, 3)


def test_repeats_are_those_with_an_earlier_receipt_of_the_same_number() -> None:
    pairs = [
        *read(NAME, NAME),
        *read(NAME, number="0205550102"),
        *read(NAME, sure=0.1),
        *read(None),
    ]
    one = measure("fake", "set", pairs)
    assert (one.receipts, one.voters, one.repeats) == (5, 3, 1)
    assert table([one]).row_count == 1
