"""What is read off one receipt image. All structs are frozen; money is Decimal."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct, field

from reading.review import doubts


class TaxLine(Struct, frozen=True, kw_only=True):
    """One tax on the receipt; `rate` in percent."""

    amount: Decimal
    rate: Decimal | None = None


class LineItem(Struct, frozen=True, kw_only=True):
    """One thing that was bought; `total` is the price of the whole quantity."""

    name: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    total: Decimal | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """The fields of one receipt; a field that was not found is None.

    Amounts are in units of `currency` (ISO 4217). `confidence` maps each field found to a number
    from 0 to 1. `merchant_number` is one by which the merchant is known, whatever its name: for
    taxes, in a register, or a phone; letters and figures alone. `merchant_as_read` is there where
    other receipts put the name right: `agreement`.
    """

    merchant: str | None = None
    merchant_as_read: str | None = None
    merchant_number: str | None = None
    address: str | None = None
    date: dt.date | None = None
    time: dt.time | None = None
    currency: str | None = None
    subtotal: Decimal | None = None
    taxes: tuple[TaxLine, ...] = ()
    total: Decimal | None = None
    paid: Decimal | None = None
    change: Decimal | None = None
    payment_method: str | None = None
    line_items: tuple[LineItem, ...] = ()
    confidence: dict[str, float] = field(default_factory=dict)

    @property
    def tax(self) -> Decimal | None:
        """The sum of all taxes, or None if no tax line was read."""
        return sum((line.amount for line in self.taxes), Decimal()) if self.taxes else None

    @property
    def needs_review(self) -> bool:
        """Whether a person should check it, by the usual thresholds: see `reading.review`."""
        return bool(doubts(self.confidence))
