"""When a person should check a receipt."""

import pytest

from reading import review
from reading.receipt import Receipt
from reading.review import REQUIRED, USUAL, doubts, least_confidences, reasons, shown


def read_with(**confidence: float) -> Receipt:
    return Receipt(confidence={**dict.fromkeys(REQUIRED, 1.0), **confidence})


def test_a_receipt_whose_required_fields_are_sure_needs_no_review() -> None:
    assert not read_with().needs_review
    assert not read_with(**USUAL).needs_review


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_field_that_is_doubtful_or_missing_needs_review(name: str) -> None:
    assert read_with(**{name: USUAL[name] - 0.01}).needs_review
    assert doubts({other: 1.0 for other in REQUIRED if other != name}) == (name,)


def test_a_missing_field_is_in_doubt_even_where_any_confidence_would_do() -> None:
    assert doubts({}, dict.fromkeys(REQUIRED, 0.0)) == REQUIRED


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What labelled receipts may have shown."""
    sums = {5: 0.3, 25: 0.9}
    table = {"total": sums, "date": {10: 0.4, 30: 0.8}, "merchant": {4: 0.2, 10: 0.6}}
    monkeypatch.setattr(review, "AT_MOST_ONE_WRONG_IN", table)


@pytest.mark.usefixtures("labelled")
def test_who_allows_one_wrong_in_so_many_gets_the_lowest_threshold_that_keeps_it() -> None:
    assert least_confidences(25, 10) == {
        "total": 0.9,
        "date": 0.8,
        "merchant": 0.6,
        "currency": 0.5,
    }
    assert least_confidences(5, 3) == {"total": 0.3, "date": 0.4, "merchant": 0.2, "currency": 0.5}


@pytest.mark.usefixtures("labelled")
def test_a_count_between_two_is_kept_by_the_stricter_one() -> None:
    assert least_confidences(6, 5) == {"total": 0.9, "date": 0.4, "merchant": 0.6, "currency": 0.5}


@pytest.mark.usefixtures("labelled")
def test_the_usual_count_is_never_more_than_is_shown() -> None:
    assert shown(20, "date", "total") == 20
    assert shown(28, "date", "total") == 25
    assert shown(28, "date") == 28


@pytest.mark.usefixtures("labelled")
@pytest.mark.parametrize("counts", [(26, 10), (0, 10), (25, 11), (25, -1)])
def test_what_the_labelled_receipts_do_not_show_is_not_promised(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"can't be promised.*choose 1 to (25|30|10)"):
        least_confidences(*counts)


def test_the_reason_names_the_field_and_the_threshold_that_it_missed() -> None:
    sure = dict.fromkeys(REQUIRED, 1.0)
    assert reasons(sure) == ()
    least = {**USUAL, "total": 0.9}
    assert reasons(sure | {"total": 0.71}, least) == (
        "The total was read with a confidence of 0.71; from 0.90 on nobody checks it.",
    )
    del sure["date"]
    assert reasons(sure) == ("The date was not found.",)


TEN_BAD_PHOTOS = (
    {"merchant": 0.12, "total": 0.33},
    {"merchant": 0.36, "date": 0.99, "total": 0.92, "currency": 0.99},
    {"merchant": 0.51, "date": 0.83, "total": 0.94, "currency": 1.0},
    {"merchant": 0.59, "date": 0.99, "total": 1.0, "currency": 1.0},
    {"merchant": 0.37, "date": 0.99, "total": 1.0, "currency": 1.0},
    {"merchant": 0.35, "date": 0.98, "total": 1.0, "currency": 1.0},
    {"merchant": 0.34, "date": 0.84, "total": 0.87, "currency": 0.99},
    {"merchant": 0.07, "date": 0.99, "total": 1.0, "currency": 1.0},
    {"merchant": 0.37, "date": 0.99, "total": 1.0, "currency": 1.0},
    {"merchant": 0.35, "date": 0.98, "total": 0.99, "currency": 0.62},
)
"""How surely the first ten rendered receipts were read on 2026-11-28, by field."""


def test_all_of_ten_bad_photos_need_a_person_as_long_as_few_names_may_be_wrong() -> None:
    assert sum(bool(doubts(it)) for it in TEN_BAD_PHOTOS) == 10
