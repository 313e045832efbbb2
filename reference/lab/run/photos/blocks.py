"""Blocks that several layouts share: head, totals, taxes, payment, foot."""

import datetime as dt
import random
from decimal import Decimal

import msgspec

from lab.run.photos.purchase import Purchase, chance
from lab.run.photos.slip import Slip
from lab.run.photos.truth import TrueTax
from lab.run.photos.words import WORDS, Words


class Printing(msgspec.Struct):
    """One receipt while it is printed: the slip, the purchase, and the till's random habits."""

    slip: Slip
    purchase: Purchase
    rng: random.Random
    date_form: str

    def chance(self, share: float) -> bool:
        """Return true for this share of receipts, 0 to 1."""
        return chance(self.rng, share)

    @property
    def words(self) -> Words:
        """The words of the receipt's language."""
        return WORDS[self.purchase.country.language]

    @property
    def day(self) -> str:
        """The receipt's date, as this till writes dates."""
        return self.written(self.purchase.truth.date)

    @property
    def time(self) -> str:
        """The receipt's time, to the minute."""
        return f"{self.purchase.time:%H:%M}"

    def written(self, day: dt.date) -> str:
        """Return another date as this till writes dates."""
        return self.purchase.country.written_date(day, self.date_form)

    def amount(self, value: Decimal) -> str:
        """Return a bare amount: `12,40`."""
        return self.purchase.country.amount(value)

    def money(self, value: Decimal) -> str:
        """Return an amount with its currency: `12,40 €`."""
        return self.purchase.country.money(value)

    def quantity(self, value: Decimal) -> str:
        """Return a quantity: whole as it is, otherwise with its own places."""
        whole = value == value.to_integral_value()
        places = 0 if whole else -int(value.as_tuple().exponent)
        return self.purchase.country.amount(value, places)


def head(p: Printing, *, logo: bool) -> None:
    """Print the merchant: name, address, telephone, tax number."""
    truth, country = p.purchase.truth, p.purchase.country
    if logo:
        p.slip.signboard(truth.merchant, inverse=p.chance(0.3))
    else:
        p.slip.centred(truth.merchant, scale=1.35, bold=True, tall=p.chance(0.5))
    for line in truth.address.split(", ", 1):
        p.slip.centred(line)
    p.slip.centred(f"{p.words.phone} {country.phone.format(p.rng.randrange(1000))}")
    if p.chance(0.75):
        p.slip.centred(country.tax_id.format(p.rng.randrange(10**6, 10**7)))
    p.slip.gap(0.4)


def totals(p: Printing, *, tall: bool = True) -> None:
    """Print subtotal, discount, charges and taxes as they apply, and the total."""
    truth, words = p.purchase.truth, p.words
    adjusted = truth.discount or truth.service_charge or truth.rounding or not truth.tax_included
    if adjusted or p.chance(0.3):
        p.slip.pair(words.subtotal, p.amount(truth.subtotal))
    if truth.discount:
        p.slip.pair(words.discount, p.amount(-truth.discount))
    if truth.service_charge:
        p.slip.pair(words.service, p.amount(truth.service_charge))
    if not truth.tax_included:
        for tax in truth.taxes:
            p.slip.pair(f"{tax.name} {rate(p, tax)}", p.amount(tax.tax))
    if truth.rounding:
        p.slip.pair(words.rounding, p.amount(truth.rounding))
    label = p.rng.choice(words.total)
    if p.chance(0.45):
        label, figure = f"{label} {truth.currency}", p.amount(truth.total)
    else:
        figure = p.money(truth.total)
    p.slip.gap(0.15)
    p.slip.pair(label, figure, scale=p.rng.choice((1.0, 1.15, 1.3)), bold=True, tall=tall)
    p.slip.gap(0.15)


def rate(p: Printing, tax: TrueTax) -> str:
    """Return a tax rate as it is printed: `7 %`, `8.25%`."""
    figure = p.quantity(tax.rate.normalize()) if tax.rate % 1 else str(int(tax.rate))
    return f"{figure} %" if p.purchase.country.language == "de" else f"{figure}%"


def taxes_within(p: Printing) -> None:
    """Print the taxes that the prices include: a line each, or a table of net, tax and gross."""
    truth, words = p.purchase.truth, p.words
    if not truth.tax_included:
        return
    if p.chance(0.4):
        for tax in truth.taxes:
            p.slip.pair(f"{words.incl} {rate(p, tax)} {tax.name}", p.amount(tax.tax))
        return
    edges = (0, 0.5, 0.72, 1.0)
    heading = (truth.taxes[0].name, words.net, words.tax, words.gross)
    p.slip.columns(tuple(zip(heading, edges, strict=True)))
    for position, tax in enumerate(truth.taxes):
        figures = (p.amount(tax.net), p.amount(tax.tax), p.amount(tax.net + tax.tax))
        cells = (f"{'ABC'[position]} {rate(p, tax)}", *figures)
        p.slip.columns(tuple(zip(cells, edges, strict=True)))


def payment(p: Printing) -> None:
    """Print the payment: cash and change, or the lines of the card terminal."""
    truth, words = p.purchase.truth, p.words
    if truth.payment == "cash":
        p.slip.pair(words.cash, p.amount(truth.paid))
        p.slip.pair(words.change, p.amount(truth.change))
        return
    card = p.rng.choice(words.card)
    p.slip.pair(card, p.amount(truth.paid))
    if p.chance(0.6):
        p.slip.left(f"**** **** **** {p.rng.randrange(10**4):04d}")
        p.slip.left(f"AUTH {p.rng.randrange(10**6):06d}  TID {p.rng.randrange(10**8):08d}")


def foot(p: Printing, *, code: bool = True) -> None:
    """Print the farewell and, sometimes, a code."""
    p.slip.gap(0.5)
    p.slip.centred(p.rng.choice(p.words.thanks))
    if code and p.chance(0.5):
        p.slip.gap(0.3)
        if p.chance(0.6):
            p.slip.barcode(p.rng, f"{p.rng.randrange(10**12, 10**13)}")
        else:
            p.slip.matrix_code(p.rng)
