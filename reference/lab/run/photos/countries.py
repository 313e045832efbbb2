"""How a country prints a receipt: currency, numbers, dates, taxes, addresses."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec


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


class _File(msgspec.Struct, frozen=True):
    months: dict[str, tuple[str, ...]]
    countries: tuple[Country, ...]


_FILE = msgspec.toml.decode(Path(__file__).with_name("countries.toml").read_bytes(), type=_File)
MONTHS, COUNTRIES = _FILE.months, _FILE.countries
