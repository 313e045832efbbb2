"""When a person should check a receipt."""

import pytest

from reading.receipt import REQUIRED, SURE, SURE_OF_DATE, SURE_OF_TOTAL, Receipt


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
