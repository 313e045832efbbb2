"""The invented merchants' names and goods, by trade and language."""

from pathlib import Path
from typing import Literal

import msgspec

Trade = Literal["supermarket", "restaurant", "petrol", "pharmacy", "taxi", "parking", "invoice"]
Unit = Literal["piece", "kg", "litre", "km", "hour"]

TRADES: tuple[Trade, ...] = (
    "supermarket", "restaurant", "petrol", "pharmacy", "taxi", "parking", "invoice",
)  # fmt: skip


class Good(msgspec.Struct, frozen=True):
    """An article on sale: `cents` is the base price of one `unit`; `rate` indexes tax_rates.

    `note` (English, German) may be printed on a line of its own under the name.
    """

    en: str
    de: str
    cents: int
    rate: int = 0
    unit: Unit = "piece"
    note: tuple[str, str] = ("", "")

    def name(self, language: str) -> str:
        """Return the name printed in this language."""
        return self.de if language == "de" else self.en


class _File(msgspec.Struct, frozen=True):
    merchants: dict[Trade, dict[str, tuple[str, ...]]]
    goods: dict[Trade, tuple[Good, ...]]


_FILE = msgspec.toml.decode(Path(__file__).with_name("goods.toml").read_bytes(), type=_File)
MERCHANTS, GOODS = _FILE.merchants, _FILE.goods
