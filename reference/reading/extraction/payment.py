"""Finds the fields around the total: subtotal, taxes, amounts paid and returned, payment method."""

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from reading.extraction.amount_rows import MAX_ROUNDING, AmountRow
from reading.extraction.lines import Line
from reading.receipt import TaxLine

_RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?[%‰]")
HIGHEST_RATE = Decimal("0.30")
"""No sales tax is higher; a second column with larger amounts is something else."""

METHODS = {
    "card": r"visa|master\s?card|\bamex\b|maestro|girocard|\bec\b|debit|credit card|kartenzahlung"
    r"|\bcard\b|karte|contactless|paywave",
    "voucher": r"voucher|gutschein|gift card",
    "cash": r"\bcash\b|\bbar\b|barzahlung|bargeld|tunai",
}


def taxes(amount_rows: Sequence[AmountRow], total: Decimal | None) -> list[TaxLine]:
    """The tax lines: the rows of a tax table (net, tax), or else the amounts named a tax."""
    rows = list(dict.fromkeys(_table_rows(amount_rows, total)))
    if rows:
        return rows
    named = [
        TaxLine(amount=row.value, rate=rate_in(row.label))
        for row in amount_rows
        if "tax" in row.roles
        and not row.roles & {"incl", "sub", "paid", "change"}
        and row.last
        and row.value >= 0
        and (total is None or row.value < total * HIGHEST_RATE)
    ]
    by_amount = {line.amount: line for line in named}
    return [line for amount, line in by_amount.items() if amount][:3] or named[:1]


def _table_rows(amount_rows: Sequence[AmountRow], total: Decimal | None) -> list[TaxLine]:
    found = []
    for net, tax in itertools.pairwise(amount_rows):
        if net.line != tax.line or not net.value or tax.value < 0:
            continue
        share = tax.value / net.value
        rate = rate_in(net.label)
        if total is not None and not 0 < net.value <= total:
            continue
        if rate is not None and abs(share - rate / 100) < Decimal("0.006"):
            found.append(TaxLine(amount=tax.value, rate=rate))
        elif rate is None and 0 < share < HIGHEST_RATE and net.value + tax.value == total:
            found.append(TaxLine(amount=tax.value))
    return [line for line in found if line.amount]


def rate_in(text: str) -> Decimal | None:
    """The percentage in a text: 19 in "MwSt. 19,00 %"."""
    match = _RATE.search(text)
    return Decimal(match[1].replace(",", ".")).normalize() + 0 if match else None


def subtotal(amount_rows: Sequence[AmountRow], total: Decimal | None) -> Decimal | None:
    """The first amount named a subtotal that is small enough for the total."""
    named = [
        row.value
        for row in amount_rows
        if "sub" in row.roles and "quantity" not in row.roles and row.value > 0
    ]
    if total is None:
        return named[0] if named else None
    near = [value for value in named if value <= total * (1 + HIGHEST_RATE)]
    return near[0] if near else None


def paid_and_change(
    amount_rows: Sequence[AmountRow], total: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """The amounts paid and returned: preferably a pair that fits the total."""
    paid = [row.value for row in amount_rows if "paid" in row.roles and row.value > 0]
    change = [abs(row.value) for row in amount_rows if "change" in row.roles]
    if total is not None:
        for one in paid:
            for returned in change:
                if abs(one - returned - total) <= MAX_ROUNDING:
                    return one, returned
        paid = [value for value in paid if value >= total]
    return (paid[0] if paid else None), (change[0] if change else None)


def method(lines: Sequence[Line]) -> str | None:
    """The payment method: "card", "voucher" or "cash"; None if it is not printed."""
    text = "\n".join(line.text for line in lines if any(map(str.isdigit, line.text)))
    for name, pattern in METHODS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return name
    return None
