"""How a country prints a receipt: currency, numbers, dates, taxes, addresses."""

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

MONTHS: dict[str, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",  # codespell:ignore
        "Juli", "August", "September", "Oktober", "November", "Dezember",  # codespell:ignore
    ),
}  # fmt: skip


class Country(msgspec.Struct, frozen=True):
    """How one country prints receipts. Tax rates are in percent, the standard rate first.

    `price_level` scales the goods' base prices (euro cents), in percent. `cash_step` is the
    smallest sum that cash can pay. In `dates`, `{d}` and `{m}` have two digits, `{y}` four.
    """

    code: str
    language: Literal["en", "de"]
    currency: str
    symbol: str
    tax_name: str
    tax_rates: tuple[Decimal, ...]
    tax_id: str
    towns: tuple[str, ...]
    streets: tuple[str, ...]
    dates: tuple[str, ...]
    phone: str
    tax_included: bool = True
    symbol_after: bool = False
    decimal_mark: str = "."
    thousands_mark: str = ","
    cash_step: Decimal = Decimal("0.01")
    price_level: int = 100

    def amount(self, value: Decimal, places: int = 2) -> str:
        """Return `value` as this country prints it, without the currency: `1'234.50`."""
        text = f"{value:,.{places}f}"
        marks = {",": self.thousands_mark, ".": self.decimal_mark}
        return "".join(marks.get(letter, letter) for letter in text)

    def money(self, value: Decimal) -> str:
        """Return `value` with the currency symbol: `£12.40`, `12,40 €`."""
        if self.symbol_after:
            return f"{self.amount(value)} {self.symbol}"
        return f"{self.symbol}{self.amount(value)}"

    def written_date(self, day: dt.date, form: str) -> str:
        """Return `day` in one of `dates`; month names don't depend on the process's locale."""
        return form.format(
            d=f"{day:%d}", m=f"{day:%m}", y=f"{day:%Y}", mon=MONTHS[self.language][day.month - 1]
        )


def _rates(*percent: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(rate) for rate in percent)


FIVE_CENTS = Decimal("0.05")

# Towns and streets are invented. Telephone numbers lie in ranges reserved for fiction, where
# the country has such a range.
COUNTRIES = (
    Country(
        code="DE", language="de", currency="EUR", symbol="€", symbol_after=True,
        decimal_mark=",", thousands_mark=".", tax_name="MwSt", tax_rates=_rates("19", "7"),
        tax_id="USt-IdNr. DE{0:09d}", phone="030 23125 {0:03d}",
        towns=("10999 Lindenau", "80337 Moosbrunn", "20359 Hafenwerder"),
        streets=("Kastanienallee", "Am Mühlgraben", "Bahnhofstraße", "Rosenweg"),
        dates=("{d}.{m}.{y}", "{d}.{m}.{y}", "{d}. {mon} {y}"),
    ),
    Country(
        code="AT", language="de", currency="EUR", symbol="€", symbol_after=True,
        decimal_mark=",", thousands_mark=".", tax_name="USt", tax_rates=_rates("20", "10"),
        tax_id="UID ATU{0:08d}", phone="01 5550{0:03d}",
        towns=("1070 Wiesenthal", "5020 Salzkirchen"),
        streets=("Lerchengasse", "Neubauzeile", "Marktplatz"),
        dates=("{d}.{m}.{y}", "{y}-{m}-{d}"),
    ),
    Country(
        code="CH", language="de", currency="CHF", symbol="CHF ", thousands_mark="'",
        tax_name="MWST", tax_rates=_rates("8.1", "2.6"), tax_id="CHE-{0:09d} MWST",
        phone="044 555 0{0:03d}", towns=("8004 Limmatau", "3011 Aarebach"),
        streets=("Langgasse", "Seestrasse", "Dorfplatz"), dates=("{d}.{m}.{y}",),
        cash_step=FIVE_CENTS, price_level=170,
    ),
    Country(
        code="GB", language="en", currency="GBP", symbol="£", tax_name="VAT",
        tax_rates=_rates("20", "5"), tax_id="VAT No. GB {0:09d}", phone="01632 960{0:03d}",
        towns=("Marlbeck MB4 2QT", "Thornleigh TL1 9DP", "Oxmere OX7 3FE"),
        streets=("High Street", "Mill Lane", "Station Road", "Chapel Row"),
        dates=("{d}/{m}/{y}", "{d} {mon} {y}", "{d}-{m}-{y}"), price_level=95,
    ),
    Country(
        code="IE", language="en", currency="EUR", symbol="€", tax_name="VAT",
        tax_rates=_rates("23", "13.5"), tax_id="VAT IE{0:07d}W", phone="020 913 0{0:03d}",
        towns=("Kilbrannish", "Ballyrowan"), streets=("Main Street", "Quay Street", "Abbey Road"),
        dates=("{d}/{m}/{y}", "{d} {mon} {y}"), cash_step=FIVE_CENTS, price_level=115,
    ),
    Country(
        code="US", language="en", currency="USD", symbol="$", tax_name="Sales Tax",
        tax_rates=_rates("8.25"), tax_id="Store License {0:06d}", phone="(212) 555-0{0:03d}",
        towns=("Cedar Falls Landing, OR 97299", "Wheatridge, OH 43999", "Pinehollow, NY 12099"),
        streets=("Main St", "Maple Ave", "Harbor Blvd", "2nd Ave"),
        dates=("{m}/{d}/{y}", "{mon} {d}, {y}", "{m}-{d}-{y}"), tax_included=False,
        price_level=120,
    ),
    Country(
        code="CA", language="en", currency="CAD", symbol="$", tax_name="HST",
        tax_rates=_rates("13"), tax_id="HST # {0:09d} RT0001", phone="(416) 555-0{0:03d}",
        towns=("Maplewick, ON M9X 0Z0", "Lakefern, ON K9Z 9Z9"),
        streets=("Queen St W", "Birch Crescent", "King Street"),
        dates=("{y}-{m}-{d}", "{y}/{m}/{d}"), tax_included=False, cash_step=FIVE_CENTS,
        price_level=140,
    ),
    Country(
        code="SG", language="en", currency="SGD", symbol="$", tax_name="GST",
        tax_rates=_rates("9"), tax_id="GST Reg No. M{0:08d}X", phone="6555 0{0:03d}",
        towns=("Singapore 099999", "Singapore 238999"),
        streets=("Jalan Kembang", "Orchid Link", "Telok Lane"),
        dates=("{d}/{m}/{y}", "{d} {mon} {y}"), cash_step=FIVE_CENTS, price_level=145,
    ),
    Country(
        code="MY", language="en", currency="MYR", symbol="RM", tax_name="SST",
        tax_rates=_rates("6"), tax_id="SST ID W10-{0:08d}", phone="03-5550 0{0:03d}",
        towns=("50999 Kuala Sentosa", "47399 Petaling Murni"),
        streets=("Jalan Cempaka 3", "Jalan Seri Damai", "Lorong Melur 7"),
        dates=("{d}/{m}/{y}", "{d}-{m}-{y}", "{d} {mon} {y}"), cash_step=FIVE_CENTS,
        price_level=320,
    ),
)  # fmt: skip
