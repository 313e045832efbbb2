"""Ground truth: the contents of a rendered receipt, exactly as printed.

The sums of every receipt are consistent:

    subtotal = sum of the line items' totals
    total    = subtotal - discount + service_charge (+ taxes, when they come on top) + rounding
    paid     = total + change
"""

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

Payment = Literal["cash", "card"]


class TrueItem(msgspec.Struct, frozen=True):
    """One line item; `total` is `quantity * unit_price`, rounded half up to 0.01."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


class TrueTax(msgspec.Struct, frozen=True):
    """One tax line: `tax` is `rate` percent of `net`, both in the receipt's currency."""

    name: str
    rate: Decimal
    net: Decimal
    tax: Decimal


class Truth(msgspec.Struct, frozen=True):
    """Everything that a perfect reader could find on one receipt.

    Amounts are in `currency` (ISO 4217), `country` is ISO 3166, `language` ISO 639. When
    `tax_included`, the tax lines are part of the prices; otherwise they are added to them.
    `rounding` is added (or, negative, subtracted) so that the total can be paid in coins.
    """

    merchant: str
    address: str
    country: str
    language: Literal["en", "de"]
    currency: str
    date: dt.date
    items: tuple[TrueItem, ...]
    subtotal: Decimal
    discount: Decimal
    service_charge: Decimal
    tax_included: bool
    taxes: tuple[TrueTax, ...]
    rounding: Decimal
    total: Decimal
    payment: Payment
    paid: Decimal
    change: Decimal
