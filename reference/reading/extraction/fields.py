"""Last step: lines to fields. The rows of amounts are found once, so that all fields agree."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from reading.context import NO_CONTEXT, ReadingContext
from reading.extraction import (
    address,
    amount_rows,
    country,
    dates,
    direction,
    items,
    merchant,
    merchant_number,
    payment,
    settling,
    totals,
)
from reading.extraction.evidence import Choice, weigh
from reading.extraction.lines import Line
from reading.extraction.prepare import Step
from reading.extraction.weights import WEIGHTS
from reading.receipt import LineItem, Receipt

RIVALRY = 0.85
"""The share of its confidence that a total keeps if a rounded and an unrounded one compete."""


class PassResult(Struct, frozen=True):
    """What an OCR pass found, or several passes combined: a receipt and the choices behind it.

    `choices` holds the candidates of each field, the best one first. `steps` made the image, and
    the engine called `engine` read what the last step left. `passes` holds the results of the
    single passes if this one combines several.
    """

    receipt: Receipt
    choices: Mapping[str, Sequence[Choice]]
    lines: Sequence[Line]
    steps: tuple[Step, ...] = ()
    engine: str = ""
    passes: tuple["PassResult", ...] = ()


Weights = Mapping[str, Mapping[str, float]]
"""The weights of each kind of evidence, by field."""


def extract_fields(
    lines: Sequence[Line],
    weights: Weights = WEIGHTS,
    context: ReadingContext = NO_CONTEXT,
) -> PassResult:
    """Find the fields in the lines of a receipt, given from top to bottom."""
    page = settling.printed_amounts(lines)
    rows = amount_rows.find_amount_rows(lines, page)
    names = merchant.agreeing(weigh(merchant.candidates(lines), weights["merchant"]))
    number = merchant_number.best(lines)
    name_lines = merchant.lines_in_head(names)
    way = direction.direction(page, rows)
    sums = weigh(totals.candidates(rows, way), weights["total"], totals.MOST_RIVALS)
    beside = totals.currency_beside(sums[0].candidate.value, rows) if sums else None
    choices = {
        "merchant": names,
        "address": weigh(address.candidates(lines, name_lines), weights["address"]),
        "date": dates.choose(lines, weights["date"], context),
        "total": _less_sure_of_rivals(totals.less_sure_where_in_doubt(sums)),
        "currency": weigh(
            country.candidates(lines, beside, context.home.currency), weights["currency"]
        ),
    }
    best = {name: some[0] for name, some in choices.items() if some}
    total = best["total"].candidate.value if "total" in best else None
    bought = _items(lines, name_lines, page)
    size = None if total is None else abs(total)
    if size != total:
        rows = [replace(row, value=abs(row.value)) for row in rows]
    paid, change = payment.paid_and_change(rows, size)
    receipt = Receipt(
        **{name: one.candidate.value for name, one in best.items()},
        merchant_number=number[0] if number else None,
        time=dates.time_near(lines, best["date"].candidate.lines[0]) if "date" in best else None,
        subtotal=payment.subtotal(rows, size),
        taxes=tuple(payment.taxes(rows, size)),
        paid=paid,
        change=change,
        payment_method=payment.method(lines),
        line_items=tuple(bought),
        confidence={name: round(one.probability, 3) for name, one in best.items()}
        | ({"merchant_number": round(number[1], 3)} if number else {}),
    )
    receipt = receipt if size == total else direction.given_back(receipt)
    return PassResult(_with_derived_confidence(receipt), choices, lines)


def _less_sure_of_rivals(choices: list[Choice]) -> list[Choice]:
    """Lower the confidence if there is a total before and one after rounding, the latter unnamed.

    Even people disagree on which of the two is "the total", so neither may be sure.
    """
    rivals = [
        {"after rounding", "before rounding"} & set(one.candidate.evidence) for one in choices
    ]
    named = [{"named total", "named payable"} & set(one.candidate.evidence) for one in choices]
    unnamed = any("after rounding" in r and not n for r, n in zip(rivals, named, strict=True))
    if not unnamed or not any("before rounding" in r for r in rivals):
        return choices
    return [Choice(one.candidate, one.probability * RIVALRY) for one in choices]


def _items(
    lines: Sequence[Line], head: Sequence[int], page: Sequence[settling.Printed]
) -> list[LineItem]:
    first = head[-1] + 1 if head else 0
    return items.find_items(lines, first, items.first_sum_line(lines, first, page), page)


def _with_derived_confidence(receipt: Receipt) -> Receipt:
    """Derive the other fields' confidences from the total's and from whether the sums add up."""
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
