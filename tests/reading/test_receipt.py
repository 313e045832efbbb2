"""When a person should check a receipt."""

import pytest

from reading.receipt import (
    REQUIRED,
    SURE,
    SURE_BESIDE_NUMBER,
    SURE_OF_DATE,
    SURE_OF_NUMBER,
    SURE_OF_TOTAL,
    Receipt,
)


def read_with(**confidence: float) -> Receipt:
    return Receipt(confidence={**dict.fromkeys(REQUIRED, 1.0), **confidence})


def test_a_receipt_whose_required_fields_are_sure_needs_no_review() -> None:
    assert not read_with().needs_review
    assert not read_with(total=SURE_OF_TOTAL, date=SURE_OF_DATE, merchant=SURE).needs_review


def test_a_total_and_a_date_must_be_surer_than_the_rest() -> None:
    assert read_with(total=0.7).needs_review
    assert read_with(date=0.7).needs_review
    assert not read_with(merchant=0.7, currency=0.7).needs_review


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_field_that_is_doubtful_or_missing_needs_review(name: str) -> None:
    assert read_with(**{name: 0.4}).needs_review
    left = {other: 1.0 for other in REQUIRED if other != name}
    assert Receipt(confidence=left).needs_review


def test_a_merchant_is_known_by_a_number_that_was_read_well_and_a_likely_name() -> None:
    known = {"merchant": SURE_BESIDE_NUMBER, "merchant_number": SURE_OF_NUMBER}
    assert not read_with(**known).needs_review
    assert read_with(**known | {"merchant": SURE_BESIDE_NUMBER - 0.01}).needs_review
    assert read_with(**known | {"merchant_number": SURE_OF_NUMBER - 0.01}).needs_review
    assert read_with(merchant=SURE_BESIDE_NUMBER).needs_review


@pytest.mark.parametrize("name", ["date", "total", "currency"])
def test_a_merchant_s_number_makes_no_other_field_surer(name: str) -> None:
    assert read_with(**{name: 0.4, "merchant_number": 1.0}).needs_review
