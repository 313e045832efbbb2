"""What is read off one receipt image. All structs are frozen; money is Decimal."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct, field

from reading.review import doubts


class TaxLine(Struct, frozen=True, kw_only=True):
    """One tax on the receipt."""

    amount: Decimal
    """The tax itself."""
    rate: Decimal | None = None
    """In percent."""


class LineItem(Struct, frozen=True, kw_only=True):
    """One thing that was bought."""

    name: str
    """As printed."""
    quantity: Decimal | None = None
    """How many, or how much."""
    unit_price: Decimal | None = None
    """Of one."""
    total: Decimal | None = None
    """The price of the whole quantity."""


class Receipt(Struct, frozen=True, kw_only=True):
    """The fields of one receipt; a field that was not found is None.

    Other receipts may put the merchant's name right: `agreement`.
    """

    merchant: str | None = None
    """Who sold."""
    merchant_as_read: str | None = None
    """As this paper has it, where the client's other receipts put the name right."""
    merchant_number: str | None = None
    """By which the merchant is known, whatever its name: for taxes, in a register, or a phone;
    letters and figures alone."""
    address: str | None = None
    """The merchant's, on one line."""
    date: dt.date | None = None
    """Of the purchase."""
    time: dt.time | None = None
    """Of the purchase."""
    currency: str | None = None
    """An ISO 4217 code; all amounts are in it."""
    subtotal: Decimal | None = None
    """Before taxes, where it is printed."""
    taxes: tuple[TaxLine, ...] = ()
    """A line for each tax that is printed."""
    total: Decimal | None = None
    """What was to pay."""
    paid: Decimal | None = None
    """What was handed over."""
    change: Decimal | None = None
    """What came back."""
    payment_method: str | None = None
    """`cash`, `card` or `voucher`."""
    line_items: tuple[LineItem, ...] = ()
    """What was bought."""
    confidence: dict[str, float] = field(default_factory=dict)
    """How sure each field found is, from 0 to 1."""

    @property
    def tax(self) -> Decimal | None:
        """The sum of all taxes, or None if no tax line was read."""
        return sum((line.amount for line in self.taxes), Decimal()) if self.taxes else None

    @property
    def needs_review(self) -> bool:
        """Whether a person should check it, by the usual thresholds: see `reading.review`."""
        return bool(doubts(self.confidence))
