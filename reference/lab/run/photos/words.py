"""The words on a receipt, in English and German."""

from pathlib import Path

import msgspec


class Words(msgspec.Struct, frozen=True):
    """The words of one language; a tuple where receipts vary."""

    total: tuple[str, ...]
    subtotal: str
    net: str
    gross: str
    tax: str
    incl: str
    discount: str
    service: str
    rounding: str
    cash: str
    change: str
    card: tuple[str, ...]
    date: str
    time: str
    receipt: str
    invoice: str
    table: str
    cashier: str
    phone: str
    pump: str
    entry: str
    exit: str
    driver: str
    quantity: str
    price: str
    description: str
    amount: str
    saved: str
    points: str
    points_valid: str
    items: str
    bill_to: str
    due: str
    thanks: tuple[str, ...]
    returns: str


WORDS = msgspec.toml.decode(
    Path(__file__).with_name("words.toml").read_bytes(), type=dict[str, Words]
)
"""By language."""
