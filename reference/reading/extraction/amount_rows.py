"""The amounts of a receipt as rows: each amount with its label, its place and its type size."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from reading.extraction import amounts, lexicon
from reading.extraction.lines import Line
from reading.extraction.settling import Printed, label_of, printed_amounts

CENT = Decimal("0.01")
MAX_ROUNDING = Decimal("0.05")
"""The most that a cash total is rounded by, where there are no smaller coins."""


class AmountRow(Struct, frozen=True, kw_only=True):
    """One amount on line number `line`; it may be the `first` or the `last` one on its line.

    `label` is the text beside the amount, and `roles` is what its words mean (see `lexicon`).
    `size` is the type size relative to the receipt's median, `depth` the place on the receipt from
    0 (top) to 1 (bottom), `confidence` the engine's in this amount. It is `loose`
    if its minus may be a dash, and `crowded` if figures that may belong to it stand before it.
    """

    value: Decimal
    line: int
    label: str
    roles: frozenset[str]
    last: bool
    first: bool
    size: float
    confidence: float
    depth: float
    currency: str | None = None
    mended: bool = False
    loose: bool = False
    crowded: bool = False


def find_amount_rows(
    lines: Sequence[Line], page: Sequence[Printed] | None = None
) -> list[AmountRow]:
    """Find all amounts, from top to bottom, with their labels; `page` holds those of each line."""
    page = printed_amounts(lines) if page is None else page
    heights = sorted(line.height for line in lines)
    median = heights[len(heights) // 2] if heights else 1
    found: list[AmountRow] = []
    label_above = ""
    for number, line in enumerate(lines):
        on_line = page[number].amounts
        label = label_of(line.text, on_line)
        # A label may stand on a line of its own, above its amount.
        label = label if lexicon.tokens(label) else label_above
        found.extend(
            AmountRow(
                value=one.value,
                line=number,
                label=label,
                roles=lexicon.roles(label),
                last=one is on_line[-1] or (page[number].either and one in on_line[-2:]),
                first=one is on_line[0],
                size=line.height / median,
                confidence=_confidence(line, one),
                depth=number / max(1, len(lines) - 1),
                currency=one.currency,
                mended=one.mended,
                loose=one.loose,
                crowded=one.crowded or (page[number].either and one in on_line[-2:]),
            )
            for one in on_line
        )
        label_above = "" if on_line else line.text
    return found


def _confidence(line: Line, amount: amounts.Amount) -> float:
    """The lowest confidence of the words that the amount was read from."""
    at, lowest = 0, 1.0
    for word in line.words:
        if at < amount.end and at + len(word.text) > amount.start:
            lowest = min(lowest, word.confidence)
        at += len(word.text) + 1
    return lowest
