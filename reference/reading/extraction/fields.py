"""Last step: lines to fields. The account is read once, the fields agree with one another."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from reading.extraction import address, country, dates, items, merchant, payment, statement, totals
from reading.extraction.evidence import Choice, weigh
from reading.extraction.lines import Line
from reading.extraction.prepare import Step
from reading.extraction.weights import WEIGHTS
from reading.receipt import LineItem, Receipt

RIVALRY = 0.85
"""The confidence left where a rounded and an unrounded total compete."""


class Reading(Struct, frozen=True):
    """A receipt with the choices behind it: for each field its candidates, the best one first.

    `steps` made the picture that the engine called `engine` read, the last of them; `looks` are the
    readings that this one was combined from.
    """

    receipt: Receipt
    choices: Mapping[str, Sequence[Choice]]
    lines: Sequence[Line]
    steps: tuple[Step, ...] = ()
    engine: str = ""
    looks: tuple["Reading", ...] = ()


Weights = Mapping[str, Mapping[str, float]]
"""For each field, what each kind of evidence weighs."""


def extract(lines: Sequence[Line], weights: Weights = WEIGHTS) -> Reading:
    """Read the fields off the lines of a receipt, from top to bottom."""
    account = statement.entries(lines)
    names = weigh(merchant.candidates(lines), weights["merchant"])
    its_lines = names[0].candidate.lines if names else ()
    choices = {
        "merchant": names,
        "address": weigh(address.candidates(lines, its_lines), weights["address"]),
        "date": weigh(
            dates.candidates(lines, month_first=country.is_month_first(lines)), weights["date"]
        ),
        "total": _less_sure_of_rivals(weigh(totals.candidates(account), weights["total"])),
        "currency": weigh(country.candidates(lines), weights["currency"]),
    }
    best = {name: some[0] for name, some in choices.items() if some}
    total = best["total"].candidate.value if "total" in best else None
    bought = _items(lines, its_lines)
    paid, change = payment.paid_and_change(account, total)
    receipt = Receipt(
        **{name: one.candidate.value for name, one in best.items()},
        time=dates.time_near(lines, best["date"].candidate.lines[0]) if "date" in best else None,
        subtotal=payment.subtotal(account, total),
        taxes=tuple(payment.taxes(account, total)),
        paid=paid,
        change=change,
        payment_method=payment.method(lines),
        line_items=tuple(bought),
        confidence={name: round(one.probability, 3) for name, one in best.items()},
    )
    return Reading(_with_derived_confidence(receipt), choices, lines)


def _less_sure_of_rivals(choices: list[Choice]) -> list[Choice]:
    """Two totals stand on the paper, before and after rounding, and only the first is named one.

    Which of them counts as "the total" even people decide differently: never more than doubtful.
    """
    rivals = [
        {"after rounding", "before rounding"} & set(one.candidate.evidence) for one in choices
    ]
    named = [{"named total", "named payable"} & set(one.candidate.evidence) for one in choices]
    unnamed = any("after rounding" in r and not n for r, n in zip(rivals, named, strict=True))
    if not unnamed or not any("before rounding" in r for r in rivals):
        return choices
    return [Choice(one.candidate, one.probability * RIVALRY) for one in choices]


def _items(lines: Sequence[Line], head: Sequence[int]) -> list[LineItem]:
    first = head[-1] + 1 if head else 0
    return items.read(lines, first, items.sums_begin(lines, first))


def _with_derived_confidence(receipt: Receipt) -> Receipt:
    """Fields that follow from others are as sure as the arithmetic that ties them together."""
    sure = receipt.confidence.get("total", 0.0)
    total = receipt.total
    confidence = receipt.confidence
    if receipt.taxes:
        confidence["tax"] = round(sure * (0.9 if any(t.rate for t in receipt.taxes) else 0.7), 3)
    if receipt.subtotal is not None:
        adds_up = total is not None and receipt.subtotal + (receipt.tax or 0) == total
        confidence["subtotal"] = round(sure * (0.95 if adds_up else 0.6), 3)
    if receipt.paid is not None:
        fits = receipt.change is not None and receipt.paid - receipt.change == total
        confidence["paid"] = round(sure * (0.95 if fits else 0.6), 3)
    if receipt.line_items:
        whole = sum((item.total or Decimal() for item in receipt.line_items), Decimal())
        adds_up = whole in {total, receipt.subtotal}
        confidence["line_items"] = round(sure * (0.9 if adds_up else 0.4), 3)
    return receipt
