"""What surrounds the total: subtotal, taxes, what was paid, and how."""

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from reading.extraction.lines import Line
from reading.extraction.statement import MOST_ROUNDING, Entry
from reading.receipt import TaxLine

_RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?[%‰]")
HIGHEST_RATE = Decimal("0.30")
"""No sales tax on a receipt is higher; a bigger second column is something else."""

METHODS = {
    "card": r"visa|master\s?card|\bamex\b|maestro|girocard|\bec\b|debit|credit card|kartenzahlung"
    r"|\bcard\b|karte|contactless|paywave",
    "voucher": r"voucher|gutschein|gift card",
    "cash": r"\bcash\b|\bbar\b|barzahlung|bargeld|tunai",
}


def taxes(account: Sequence[Entry], total: Decimal | None) -> list[TaxLine]:
    """The tax lines: rows of a tax table (net, tax), else amounts named a tax."""
    rows = list(dict.fromkeys(_table_rows(account, total)))
    if rows:
        return rows
    named = [
        TaxLine(amount=e.value, rate=rate_in(e.label))
        for e in account
        if "tax" in e.roles
        and not e.roles & {"incl", "sub", "paid", "change"}
        and e.last
        and e.value >= 0
        and (total is None or e.value < total * HIGHEST_RATE)
    ]
    by_amount = {line.amount: line for line in named}
    return [line for amount, line in by_amount.items() if amount][:3] or named[:1]


def _table_rows(account: Sequence[Entry], total: Decimal | None) -> list[TaxLine]:
    found = []
    for net, tax in itertools.pairwise(account):
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
    """The percentage in a text: 19 of "MwSt. 19,00 %"."""
    match = _RATE.search(text)
    return Decimal(match[1].replace(",", ".")).normalize() + 0 if match else None


def subtotal(account: Sequence[Entry], total: Decimal | None) -> Decimal | None:
    """The amount named a subtotal, the one that with the taxes makes the total before others."""
    named = [
        e.value for e in account if "sub" in e.roles and "quantity" not in e.roles and e.value > 0
    ]
    if total is None:
        return named[0] if named else None
    near = [value for value in named if value <= total * (1 + HIGHEST_RATE)]
    return near[0] if near else None


def paid_and_change(
    account: Sequence[Entry], total: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """What was handed over and what came back; the pair that fits the total before others."""
    paid = [e.value for e in account if "paid" in e.roles and e.value > 0]
    change = [abs(e.value) for e in account if "change" in e.roles]
    if total is not None:
        for one in paid:
            for back in change:
                if abs(one - back - total) <= MOST_ROUNDING:
                    return one, back
        paid = [value for value in paid if value >= total]
    return (paid[0] if paid else None), (change[0] if change else None)


def method(lines: Sequence[Line]) -> str | None:
    """How it was paid: "card", "voucher" or "cash"; None where nothing says."""
    text = "\n".join(line.text for line in lines if any(map(str.isdigit, line.text)))
    for name, pattern in METHODS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return name
    return None
