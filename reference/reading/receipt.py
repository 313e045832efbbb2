"""What is read off one receipt image. All structs are frozen; money is Decimal."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct, field


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
    other receipts put the name right: `extraction.agreement`.
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
        """Whether a person should check it: a required field is missing or doubtful."""
        confidence = self.confidence
        least = {name: SURE_OF.get(name, SURE) for name in REQUIRED}
        if confidence.get("merchant_number", 0.0) >= SURE_OF_NUMBER:
            least["merchant"] = SURE_BESIDE_NUMBER
        return any(confidence.get(name, 0.0) < sure for name, sure in least.items())


REQUIRED = ("merchant", "date", "total", "currency")
"""The fields without which an expense can't be filed."""

SURE = 0.5
"""A required field below this confidence is doubtful: the receipt is stored as "needs review"."""

SURE_OF_TOTAL = 0.9
"""The same threshold for the total. It is higher because a tax return adds totals up: 98 % of the
totals above it were right where that was measured, and about 80 % of those just below it."""

SURE_OF_NUMBER = 0.9
"""From this confidence on a merchant's number was read well: it has a right check digit, or the
engine was sure of it. The merchant is known by it then."""

SURE_BESIDE_NUMBER = 0.2
"""The threshold for the merchant's name beside such a number: not the best guess among many, but
it needn't be sure, because the number tells whom it means."""

SURE_OF_DATE = 0.9
"""The same threshold for the date, which decides the tax year: 99 % of the dates above it were
right where that was measured."""

SURE_OF = {"total": SURE_OF_TOTAL, "date": SURE_OF_DATE}
"""The thresholds that are higher than `SURE`, by field."""
