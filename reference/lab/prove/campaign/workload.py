"""The results of a round, each unlike any other, and what must become of each."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, to_builtins

from lab.prove.campaign.table_faults import MARKED
from lab.prove.drills.environment import DrillEnvironment, ResultBatch
from reading.receipt import LineItem, Receipt, TaxLine
from receipts.messages import ResultMessage

GOOD = 120
"""Good results of a round."""

MARKED_SHARE = 0.05
"""Of the good ones, how many a trigger refuses while it is there."""

FOREIGN = ("not ours", '{"version": 1, "batch_id": "?"}', "[]", "\N{SNOWMAN}")

POISON = (
    Receipt(merchant="NUL \x00"),
    Receipt(currency="euro"),
    Receipt(total=Decimal("1e15")),
    Receipt(total=Decimal("NaN")),
)
"""Rows that the inbox refuses whenever they come."""

_MERCHANTS = ("Café O'Brien", 'The "Quoted" Inn', "寿司 はま", "back\\slash", "tab\there", "ßøæ")


class Fate(StrEnum):
    """What must become of a receipt."""

    STORED = "stored"
    SET_ASIDE = "set aside"
    EITHER = "stored or set aside"


class Workload(Struct, frozen=True, kw_only=True):
    """A round's results with their fates by index, and messages that no program knows."""

    results: ResultBatch
    fates: Mapping[int, Fate]
    foreign: tuple[str, ...]


def make_workload(
    env: DrillEnvironment, chance: random.Random, *, trigger: bool, good: int = GOOD
) -> Workload:
    """Enter a round's results in the ledger; nothing is sent yet.

    With `trigger` some receipts are refused for as long as a trigger of the client is there.
    """
    receipts = [_receipt(chance, number) for number in range(1, good + 1)]
    fates = dict.fromkeys(range(1, good + 1), Fate.STORED)
    if trigger:
        for index in chance.sample(range(1, good + 1), max(1, round(MARKED_SHARE * good))):
            receipts[index - 1] = Receipt(merchant=MARKED, total=Decimal(index))
            fates[index] = Fate.EITHER
    poison = chance.sample(POISON, chance.choice([0, 0, 1, 2]))
    fates |= dict.fromkeys(range(good + 1, good + len(poison) + 1), Fate.SET_ASIDE)
    foreign = chance.sample(FOREIGN, chance.choice([0, 0, 1, 2]))
    results = env.add_results(0, [*receipts, *poison], send=False)
    return Workload(results=results, fates=fates, foreign=tuple(foreign))


COLUMNS = (
    "receipt_id",
    "batch_id",
    "position",
    "customer_reference",
    "name",
    "merchant",
    "address",
    "date",
    "time",
    "currency",
    "subtotal",
    "tax",
    "total",
    "paid",
    "change",
    "payment_method",
    "line_items",
    "taxes",
    "confidence",
    "needs_review",
    "image_sha256",
    "duplicate_of",
    "image_bucket",
    "image_key",
    "engine",
    "read_at",
)
"""Everything in a row but `stored_at`, which is the database's own."""


def expected_row(message: ResultMessage) -> tuple[object, ...]:
    """What the row must hold: from the message, not by the code that writes it."""
    receipt = message.receipt
    given: dict[str, object] = {
        "line_items": to_builtins(list(receipt.line_items), builtin_types=(Decimal,)),
        "taxes": to_builtins(list(receipt.taxes), builtin_types=(Decimal,)),
        "confidence": {name: Decimal(str(one)) for name, one in receipt.confidence.items()},
        "position": message.index,
        "tax": sum((one.amount for one in receipt.taxes), Decimal()) if receipt.taxes else None,
    }
    return tuple(
        given[name]
        if name in given
        else getattr(message if hasattr(message, name) else receipt, name)
        for name in COLUMNS
    )


def portions(
    messages: Sequence[ResultMessage], chance: random.Random, *, count: int, within_s: float
) -> Sequence[tuple[float, Sequence[ResultMessage]]]:
    """The messages in random order, in portions, each with the second at which it is sent."""
    mixed = chance.sample(list(messages), len(messages))
    moments = sorted(chance.uniform(0, within_s) for _ in range(count))
    return [(at_s, mixed[number::count]) for number, at_s in enumerate(moments)]


def _receipt(chance: random.Random, number: int) -> Receipt:
    def amount() -> Decimal:
        return Decimal(chance.randint(-99_999, 9_999_999)).scaleb(-chance.choice([0, 2, 3]))

    items = tuple(
        LineItem(name=chance.choice(_MERCHANTS), quantity=Decimal(count), total=amount())
        for count in range(1, chance.randint(1, 4))
    )
    return Receipt(
        merchant=f"{chance.choice(_MERCHANTS)} {number}",
        date=dt.date(2026, 1, 1) + dt.timedelta(days=chance.randint(0, 364)),
        time=dt.time(chance.randint(0, 23), chance.randint(0, 59)),
        currency=chance.choice([None, "EUR", "BHD"]),
        total=amount(),
        paid=chance.choice([None, amount()]),
        taxes=(TaxLine(amount=amount(), rate=Decimal(19)),) * chance.randint(0, 2),
        line_items=items,
        confidence={"total": round(chance.random(), 6)},
    )
