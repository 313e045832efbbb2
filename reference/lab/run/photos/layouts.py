"""The layouts: how each trade prints a purchase on its paper."""

import datetime as dt
import random
from collections.abc import Callable

from PIL import Image

from lab.run.photos.blocks import Printing, foot, head, payment, rate, taxes_within, totals
from lab.run.photos.fonts import INCONSOLATA, LASER, PLEX_MONO, SHARE_TECH, THERMAL
from lab.run.photos.goods import Trade
from lab.run.photos.purchase import Purchase
from lab.run.photos.slip import Slip


def print_receipt(purchase: Purchase, rng: random.Random) -> Image.Image:
    """Return the receipt of a purchase as ink: mode L, 255 where black, in the printer's dots."""
    slip_of, layout = LAYOUTS[purchase.trade]
    printing = Printing(slip_of(rng), purchase, rng, rng.choice(purchase.country.dates))
    layout(printing)
    return printing.slip.finished()


def wide_slip(rng: random.Random) -> Slip:
    """Return 80 mm thermal paper."""
    return Slip(576, rng.choice(THERMAL), rng.choice((24, 26)), margin=22)


def narrow_slip(rng: random.Random) -> Slip:
    """Return 58 mm thermal paper, in a printer's one fixed-width font."""
    face = rng.choice((INCONSOLATA, PLEX_MONO, SHARE_TECH))
    return Slip(400, face, 24, margin=16)


def sheet(rng: random.Random) -> Slip:
    """Return an A5 sheet's width for a laser printer."""
    return Slip(1080, rng.choice(LASER), 27, margin=76, min_height=760)


def supermarket(p: Printing) -> None:
    """A till's long strip: weighed goods, tax letters, savings, loyalty points that expire."""
    truth, words = p.purchase.truth, p.words
    head(p, logo=p.chance(0.75))
    p.slip.pair("", truth.currency)
    letters = {tax.rate: "ABC"[position] for position, tax in enumerate(truth.taxes)}
    count = 0
    for item, good, tax in zip(truth.items, p.purchase.goods, p.purchase.rates, strict=True):
        price = f"{p.amount(item.total)} {letters[tax]}"
        if good.unit == "kg":
            p.slip.left(item.name)
            weighed = f"{p.quantity(item.quantity)} kg x {p.amount(item.unit_price)}/kg"
            p.slip.pair(weighed, price, indent=1)
        elif item.quantity > 1:
            p.slip.left(item.name)
            each = f"{p.quantity(item.quantity)} x {p.amount(item.unit_price)}"
            p.slip.pair(each, price, indent=1)
        else:
            p.slip.pair(item.name, price)
        count += 1 if good.unit == "kg" else int(item.quantity)
    p.slip.rule(p.rng.choice(("-", "=")))
    totals(p)
    payment(p)
    p.slip.rule()
    taxes_within(p)
    p.slip.pair(words.items, str(count))
    if truth.discount:
        p.slip.pair(words.saved, p.money(truth.discount))
    if p.chance(0.5):
        p.slip.pair(words.points, str(int(truth.total)))
        p.slip.left(f"{words.points_valid} {p.written(_later(p, 400))}")
    p.slip.gap(0.4)
    p.slip.pair(f"{p.day} {p.time}", f"{words.cashier} {p.rng.randint(1, 14)}")
    p.slip.left(f"{words.receipt} {p.purchase.number}")
    foot(p)


def restaurant(p: Printing) -> None:
    """A guest's bill: table, courses with their extras, service, in the US suggested tips."""
    truth, words = p.purchase.truth, p.words
    head(p, logo=p.chance(0.4))
    p.slip.pair(f"{words.table} {p.rng.randint(1, 40)}", f"{words.receipt} {p.purchase.number}")
    p.slip.pair(f"{words.date}: {p.day}", p.time)
    p.slip.rule(p.rng.choice(("-", "*", "line")))
    for item, detail in zip(truth.items, p.purchase.details, strict=True):
        p.slip.pair(f"{p.quantity(item.quantity)} x {item.name}", p.amount(item.total))
        if detail:
            p.slip.left(f"- {detail}", indent=2)
    p.slip.rule("-")
    totals(p)
    taxes_within(p)
    payment(p)
    if truth.country == "US":
        p.slip.gap(0.4)
        p.slip.centred("Suggested tip")
        for percent in (15, 18, 20):
            p.slip.centred(f"{percent}% = {p.money(truth.subtotal * percent / 100)}")
    foot(p, code=False)


def petrol(p: Printing) -> None:
    """A filling station: pump, litres to the hundredth, a price to the tenth of a cent."""
    truth, words = p.purchase.truth, p.words
    head(p, logo=True)
    p.slip.pair(f"{words.date} {p.day}", f"{words.time} {p.time}")
    p.slip.pair(f"{words.receipt} {p.purchase.number}", f"{words.cashier} {p.rng.randint(1, 4)}")
    p.slip.rule("=")
    for item in truth.items:
        p.slip.pair(f"{words.pump} {p.rng.randint(1, 12)}  {item.name}", p.amount(item.total))
        price = p.purchase.country.amount(item.unit_price, 3)
        p.slip.left(f"{p.quantity(item.quantity)} l x {price} {truth.currency}/l", indent=1)
    p.slip.rule("-")
    totals(p)
    p.slip.rule("-")
    taxes_within(p)
    payment(p)
    foot(p)


def pharmacy(p: Printing) -> None:
    """A shop's receipt: number before price, expiry dates, terms of return."""
    truth, words = p.purchase.truth, p.words
    head(p, logo=p.chance(0.5))
    p.slip.pair(f"{p.day}  {p.time}", f"#{p.purchase.number}")
    p.slip.rule("line")
    for item, detail in zip(truth.items, p.purchase.details, strict=True):
        p.slip.left(item.name, bold=True)
        if detail:
            p.slip.left(detail, indent=1)
        each = f"{p.quantity(item.quantity)} x {p.amount(item.unit_price)}"
        p.slip.pair(each, p.amount(item.total), indent=1)
    p.slip.rule("line")
    totals(p, tall=False)
    taxes_within(p)
    p.slip.rule("line")
    payment(p)
    p.slip.gap(0.4)
    p.slip.centred(words.returns, scale=0.9)
    foot(p)


def taxi(p: Printing) -> None:
    """The strip of a taximeter: the parts of the fare, the driver."""
    truth, words = p.purchase.truth, p.words
    head(p, logo=False)
    p.slip.rule("*")
    p.slip.pair(words.date, p.day)
    p.slip.pair(words.time, p.time)
    p.slip.pair(words.driver, f"{p.rng.randint(100, 999)}")
    p.slip.pair(words.receipt, p.purchase.number)
    p.slip.rule("-")
    for item, good in zip(truth.items, p.purchase.goods, strict=True):
        if good.unit == "km":
            p.slip.left(item.name)
            each = f"{p.quantity(item.quantity)} km x {p.amount(item.unit_price)}"
        else:
            each = item.name if item.quantity == 1 else f"{item.name} x {p.quantity(item.quantity)}"
        p.slip.pair(each, p.amount(item.total))
    p.slip.rule("-")
    totals(p)
    taxes_within(p)
    payment(p)
    foot(p, code=False)


def parking(p: Printing) -> None:
    """A ticket machine's receipt with two dates: entry, and payment."""
    truth, words = p.purchase.truth, p.words
    hours = int(truth.items[0].quantity)
    left = dt.datetime.combine(truth.date, p.purchase.time)
    entered = left - dt.timedelta(hours=hours - 1, minutes=p.rng.randint(1, 59))
    head(p, logo=False)
    p.slip.gap(0.3)
    p.slip.pair(words.entry, f"{p.written(entered.date())} {entered:%H:%M}")
    p.slip.pair(words.exit, f"{p.day} {p.time}")
    p.slip.pair(words.receipt, p.purchase.number)
    p.slip.rule("-")
    for item in truth.items:
        p.slip.left(item.name)
        p.slip.pair(f"{hours} h x {p.amount(item.unit_price)}", p.amount(item.total))
    totals(p)
    taxes_within(p)
    payment(p)
    if p.chance(0.5):
        p.slip.gap(0.4)
        p.slip.matrix_code(p.rng)
    foot(p, code=False)


def invoice(p: Printing) -> None:
    """An A5 sheet: the seller at the left, a table with net prices, the tax added below."""
    truth, words, country = p.purchase.truth, p.words, p.purchase.country
    p.slip.left(truth.merchant, scale=1.7, bold=True)
    for line in (truth.address, country.tax_id.format(p.rng.randrange(10**6, 10**7))):
        p.slip.left(line, scale=0.9)
    p.slip.gap(1.0)
    p.slip.pair(words.invoice, f"{words.date}: {p.day}", scale=1.2, bold=True)
    customer = "Musterkunde GmbH" if country.language == "de" else "Sample Client & Partners"
    p.slip.pair(f"{words.bill_to}: {customer}", f"No. {p.purchase.number}")
    p.slip.gap(0.8)
    edges = (0, 0.62, 0.8, 1.0)
    heading = (words.description, words.quantity, words.price, words.amount)
    p.slip.columns(tuple(zip(heading, edges, strict=True)), bold=True)
    p.slip.rule("line")
    for item, detail in zip(truth.items, p.purchase.details, strict=True):
        cells = (item.name, p.quantity(item.quantity), p.amount(item.unit_price))
        p.slip.columns(tuple(zip((*cells, p.amount(item.total)), edges, strict=True)))
        if detail:
            p.slip.left(detail, scale=0.85, indent=0.6)
        p.slip.gap(0.25)
    p.slip.rule("line")
    _sum_up(p)
    p.slip.gap(0.8)
    ordered = p.written(truth.date - dt.timedelta(days=p.rng.randint(3, 20)))
    p.slip.left(f"{words.due} {ordered}.", scale=0.9)
    p.slip.gap(1.5)


def _sum_up(p: Printing) -> None:
    truth, words = p.purchase.truth, p.words
    p.slip.columns(((words.net, 0.8), (p.amount(truth.subtotal), 1.0)))
    for tax in truth.taxes:
        p.slip.columns(((f"{tax.name} {rate(p, tax)}", 0.8), (p.amount(tax.tax), 1.0)))
    label = f"{p.rng.choice(words.total)} {truth.currency}"
    p.slip.columns(((label, 0.8), (p.amount(truth.total), 1.0)), bold=True)


def _later(p: Printing, days: int) -> dt.date:
    return p.purchase.truth.date + dt.timedelta(days=p.rng.randint(days // 2, days))


LAYOUTS: dict[Trade, tuple[Callable[[random.Random], Slip], Callable[[Printing], None]]] = {
    "supermarket": (wide_slip, supermarket),
    "restaurant": (wide_slip, restaurant),
    "petrol": (wide_slip, petrol),
    "pharmacy": (wide_slip, pharmacy),
    "taxi": (narrow_slip, taxi),
    "parking": (narrow_slip, parking),
    "invoice": (sheet, invoice),
}
