"""Compares readings with labels; forgives differences of printing that mean the same.

Names and addresses are right when letters and digits are equal (a name also when it holds the
brand that the label gives alone), dates when they are the same day (day first, where figures alone
don't tell), totals when they are the same amount. F1 is micro-averaged over the four fields, as in
SROIE's third task, or over those that a set has labels for.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from lab.measure.reading.intervals import Interval, interval
from lab.measure.reading.labelled import Labelled, Truth
from reading.engine import Word
from reading.extraction import dates
from reading.extraction.lines import Line
from reading.receipt import Receipt
from reading.review import SURE_OF_TOTAL

FIELDS = ("merchant", "date", "address", "total")


class Review(msgspec.Struct, frozen=True):
    """What is left to a person, and what nobody looks at.

    `share` of the receipts go to review, in percent; of the `unreviewed` so many have a wrong
    total, date or merchant.
    """

    share: float
    unreviewed: int
    wrong_total: int
    wrong_date: int
    wrong_merchant: int


class Certainty(msgspec.Struct, frozen=True):
    """How sure a figure is: so many are `right` `of` so many labels; `between` is in percent."""

    right: int
    of: int
    between: Interval


class Score(msgspec.Struct, frozen=True):
    """Shares in percent. `sure_share` and `sure_right` are about totals of `SURE_OF_TOTAL`.

    `address` is None for a set without labels for it. `certainty` is of F1 and each field, by name.
    """

    receipts: int
    f1: float
    merchant: float
    date: float
    address: float | None
    total: float
    sure_share: float
    sure_right: float | None
    items_f1: float | None
    review: Review
    certainty: dict[str, Certainty]


def score(pairs: Sequence[tuple[Labelled, Receipt | None]]) -> Score:
    """Score readings; a receipt that could not be read is None, and counts as not found."""
    fields = [name for name in FIELDS if any(text_of(name, one.truth) for one, _ in pairs)]
    right = {
        name: [receipt is not None and is_right(name, receipt, one.truth) for one, receipt in pairs]
        for name in fields
    }
    found = [
        sum(receipt is not None and getattr(receipt, name) not in {None, ""} for name in fields)
        for _, receipt in pairs
    ]
    labels = [sum(text_of(name, one.truth) is not None for name in fields) for one, _ in pairs]
    all_right = [sum(of) for of in zip(*right.values(), strict=True)]
    sure = [
        is_right("total", receipt, one.truth)
        for one, receipt in pairs
        if receipt is not None and receipt.confidence.get("total", 0.0) >= SURE_OF_TOTAL
    ]
    items: Counter[str] = Counter()
    for one, receipt in pairs:
        if one.items is not None:
            items += _items(one.items, receipt)
    count = len(pairs)
    shares = {name: percent(sum(right.get(name, ())), count) for name in FIELDS}
    return Score(
        receipts=count,
        f1=percent(2 * sum(all_right), sum(found) + sum(labels)),
        merchant=shares["merchant"],
        date=shares["date"],
        address=shares["address"] if "address" in fields else None,
        total=shares["total"],
        sure_share=percent(len(sure), count),
        sure_right=percent(sum(sure), len(sure)) if sure else None,
        items_f1=percent(2 * items["right"], items["found"] + items["true"]) if items else None,
        review=review(pairs),
        certainty=_certainty(right, found, labels, all_right),
    )


def _certainty(
    right: Mapping[str, Sequence[bool]],
    found: Sequence[int],
    labels: Sequence[int],
    all_right: Sequence[int],
) -> dict[str, Certainty]:
    # F1 is twice what is right over what was found and what there is.
    both = [(a + b) / 2 for a, b in zip(found, labels, strict=True)]
    ones = [1] * len(labels)
    return {
        "f1": Certainty(sum(all_right), sum(labels), _percent_between(all_right, both)),
        **{
            name: Certainty(sum(of), len(of), _percent_between(of, ones))
            for name, of in right.items()
        },
    }


def _percent_between(right: Sequence[float], of: Sequence[float]) -> Interval:
    return interval([100 * one for one in right], of, digits=1)


def review(pairs: Sequence[tuple[Labelled, Receipt | None]]) -> Review:
    """Count what needs review, and what is wrong in the rest; a receipt that is None needs it."""
    unreviewed = [(one.truth, read) for one, read in pairs if read and not read.needs_review]
    wrong = {
        field: sum(not is_right(field, receipt, truth) for truth, receipt in unreviewed)
        for field in ("total", "date", "merchant")
    }
    return Review(
        share=percent(len(pairs) - len(unreviewed), len(pairs)),
        unreviewed=len(unreviewed),
        wrong_total=wrong["total"],
        wrong_date=wrong["date"],
        wrong_merchant=wrong["merchant"],
    )


def is_right(field: str, receipt: Receipt, truth: Truth) -> bool:
    """Whether a field is right, by the rules above."""
    return same(field, getattr(receipt, field), truth)


def same(field: str, value: object, truth: Truth) -> bool:
    """Whether one reading of a field means what the truth says."""
    true = text_of(field, truth)
    if true is None or value is None:
        return False
    if field == "date":
        return value in _days(true)
    if field == "total":
        return value == _amount(true)
    if field == "merchant" and truth.company is None:
        return _letters(true) in _letters(str(value))
    return _letters(str(value)) == _letters(true) != ""


def text_of(field: str, truth: Truth) -> str | None:
    """The truth's text for a field; labels call the merchant a company, or a shop."""
    if field == "merchant":
        return truth.company or truth.shop
    value: str | None = getattr(truth, field)
    return value


def _items(true: Sequence[Decimal], receipt: Receipt | None) -> Counter[str]:
    want = Counter(true)
    got = Counter(item.total for item in receipt.line_items) if receipt else Counter[Decimal]()
    both = sum(min(n, got[value]) for value, n in want.items())
    return Counter(right=both, found=got.total(), true=want.total())


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(re.sub(r"[^\d.-]", "", text))
    except InvalidOperation:
        return None


def _days(text: str) -> set[object]:
    word = Word(text=text, left=0, top=0, width=1, height=1, confidence=1.0)
    return {one.meanings[0] for one in dates.written_dates([Line((word,))])}


def percent(part: float, whole: float) -> float:
    """`part` of `whole` in percent, to a tenth; 0 of nothing."""
    return round(100 * part / whole, 1) if whole else 0.0
