"""Draws a random purchase from a seed, and does the till's arithmetic."""

import datetime as dt
import random
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from lab.run.photos.countries import COUNTRIES, Country
from lab.run.photos.goods import GOODS, MERCHANTS, TRADES, Good, Trade
from lab.run.photos.truth import Payment, TrueItem, TrueTax, Truth

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# The January peak: most receipts are of the tax year that is being filed.
FIRST_DAY = dt.date(2025, 1, 2)
DAYS = 385

LARGEST_BASKET: dict[Trade, int] = {
    "supermarket": 9, "restaurant": 6, "petrol": 1, "pharmacy": 3, "taxi": 4, "parking": 1,
    "invoice": 4,
}  # fmt: skip


class Purchase(msgspec.Struct, frozen=True):
    """A purchase: its truth, and what a layout needs besides.

    `rates` (tax, percent) and `details` (a second printed line, or empty) go with `truth.items`.
    `number` is the receipt's, which often looks like a date.
    """

    trade: Trade
    country: Country
    truth: Truth
    goods: tuple[Good, ...]
    rates: tuple[Decimal, ...]
    details: tuple[str, ...]
    time: dt.time
    number: str


def chance(rng: random.Random, share: float) -> bool:
    """Return true for this share of draws, 0 to 1."""
    return rng.random() < share


def rounded(value: Decimal, step: Decimal = CENT) -> Decimal:
    """Return `value` rounded half up to a multiple of `step`, with two places."""
    return ((value / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(CENT)


def draw_purchase(rng: random.Random) -> Purchase:
    """Return a purchase whose sums are consistent; the same state of `rng` gives the same one."""
    trade = rng.choice(TRADES)
    country = rng.choice(COUNTRIES)
    goods = _basket(rng, trade)
    items = tuple(_item(rng, good, country) for good in goods)
    rates = tuple(_rate(good, country) for good in goods)
    subtotal = sum((item.total for item in items), ZERO)
    discounted, discount = _discount(rng, trade, items)
    service = _service_charge(rng, trade, country, subtotal)
    # Businesses write invoices with taxes on top, wherever they are.
    included = country.tax_included and trade != "invoice"
    amounts: defaultdict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for position, (item, rate) in enumerate(zip(items, rates, strict=True)):
        amounts[rate] += item.total - (discount if position == discounted else ZERO)
    amounts[rates[0]] += service
    taxes = tuple(_tax(country, rate, amounts[rate], included=included) for rate in sorted(amounts))
    exact = subtotal - discount + service
    if not included:
        exact += sum((line.tax for line in taxes), ZERO)
    payment: Payment = "cash" if trade != "invoice" and chance(rng, 0.45) else "card"
    total = rounded(exact, country.cash_step) if payment == "cash" else exact
    paid = _banknotes(rng, total) if payment == "cash" else total
    day = FIRST_DAY + dt.timedelta(days=rng.randrange(DAYS))
    return Purchase(
        trade=trade,
        country=country,
        truth=Truth(
            merchant=rng.choice(MERCHANTS[trade][country.language]),
            address=_address(rng, country),
            country=country.code,
            language=country.language,
            currency=country.currency,
            date=day,
            items=items,
            subtotal=subtotal,
            discount=discount,
            service_charge=service,
            tax_included=included,
            taxes=taxes,
            rounding=total - exact,
            total=total,
            payment=payment,
            paid=paid,
            change=paid - total,
        ),
        goods=goods,
        rates=rates,
        details=tuple(_detail(rng, good, country) for good in goods),
        time=dt.time(rng.randrange(7, 22), rng.randrange(60), rng.randrange(60)),
        number=_number(rng, day),
    )


def _basket(rng: random.Random, trade: Trade) -> tuple[Good, ...]:
    on_sale = GOODS[trade]
    fewest = 2 if trade in {"supermarket", "restaurant", "taxi"} else 1
    count = rng.randint(fewest, LARGEST_BASKET[trade])
    if trade == "taxi":  # the parts of a fare come in the meter's order
        return on_sale[:count]
    return tuple(rng.sample(on_sale, count))


def _item(rng: random.Random, good: Good, country: Country) -> TrueItem:
    cents = Decimal(good.cents * country.price_level * rng.randint(88, 115)) / 10_000
    step = Decimal("0.05") if country.cash_step > CENT else CENT
    price = max(rounded(cents / 100, step), step)
    match good.unit:
        case "kg":
            quantity = Decimal(rng.randint(180, 1650)).scaleb(-3)
        case "litre":
            quantity = Decimal(rng.randint(1800, 6200)).scaleb(-2)
            price += Decimal("0.009")  # fuel is priced to the tenth of a cent
        case "km":
            quantity = Decimal(rng.randint(21, 280)).scaleb(-1)
        case "hour":
            quantity = Decimal(rng.randint(1, 9))
        case "piece" if good in GOODS["taxi"]:
            quantity = Decimal(1)
        case "piece":
            quantity = Decimal(rng.choice((1, 1, 1, 1, 2, 2, 3)))
    return TrueItem(
        name=good.name(country.language),
        quantity=quantity,
        unit_price=price,
        total=rounded(quantity * price),
    )


def _rate(good: Good, country: Country) -> Decimal:
    return country.tax_rates[min(good.rate, len(country.tax_rates) - 1)]


def _discount(rng: random.Random, trade: Trade, items: tuple[TrueItem, ...]) -> tuple[int, Decimal]:
    """Return the index of the discounted line item, and the discount, which is mostly zero."""
    dearest = max(range(len(items)), key=lambda position: items[position].total)
    if trade not in {"supermarket", "pharmacy"} or not chance(rng, 0.4):
        return dearest, ZERO
    return dearest, rounded(items[dearest].total * rng.choice((10, 15, 20)) / 100)


def _service_charge(
    rng: random.Random, trade: Trade, country: Country, subtotal: Decimal
) -> Decimal:
    percent = {"GB": Decimal("12.5"), "SG": Decimal(10), "MY": Decimal(10)}.get(country.code)
    if trade != "restaurant" or percent is None or chance(rng, 0.3):
        return ZERO
    return rounded(subtotal * percent / 100)


def _tax(country: Country, rate: Decimal, amount: Decimal, *, included: bool) -> TrueTax:
    if included:
        tax = rounded(amount * rate / (100 + rate))
        return TrueTax(name=country.tax_name, rate=rate, net=amount - tax, tax=tax)
    tax = rounded(amount * rate / 100)
    return TrueTax(name=country.tax_name, rate=rate, net=amount, tax=tax)


def _banknotes(rng: random.Random, total: Decimal) -> Decimal:
    """Return the cash paid: the exact sum, or rounded up to a multiple of a banknote."""
    if chance(rng, 0.15):
        return total
    note = Decimal(rng.choice((5, 10, 20, 50)))
    return rounded((total / note).to_integral_value("ROUND_CEILING") * note)


def _address(rng: random.Random, country: Country) -> str:
    street, house, town = (
        rng.choice(country.streets),
        rng.randint(1, 140),
        rng.choice(country.towns),
    )
    if country.language == "de":
        return f"{street} {house}, {town}"
    return f"{house} {street}, {town}"


def _detail(rng: random.Random, good: Good, country: Country) -> str:
    return good.note[country.language == "de"] if chance(rng, 0.5) else ""


def _number(rng: random.Random, day: dt.date) -> str:
    other_day = day - dt.timedelta(days=rng.randint(20, 400))
    return rng.choice(
        (
            f"{rng.randint(1, 9999):04d}",
            f"{rng.randint(100000, 999999)}",
            f"{other_day:%Y%m%d}-{rng.randint(1, 99):02d}",
            f"{other_day:%y-%m-%d}/{rng.randint(100, 999)}",
        )
    )
