"""The amounts of a receipt with what stands beside them: the account that must add up."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from reading.extraction import amounts, lexicon
from reading.extraction.lines import Line

CENT = Decimal("0.01")
MOST_ROUNDING = Decimal("0.05")
"""Where there are no smaller coins, cash totals are rounded by this much at most."""


class Entry(Struct, frozen=True, kw_only=True):
    """One amount on line number `line`; `label` is what the line says, `last` its last amount.

    `size` is the type size against the receipt's usual, `confidence` the engine's in this amount.
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


def entries(lines: Sequence[Line]) -> list[Entry]:
    """All amounts, from top to bottom, with their labels."""
    heights = sorted(line.height for line in lines)
    usual = heights[len(heights) // 2] if heights else 1
    found: list[Entry] = []
    above = ""
    for number, line in enumerate(lines):
        here = amounts.find(line.text)
        label = _label(line.text, here)
        # A label may stand on a line of its own, above its amount.
        said = label if lexicon.tokens(label) else above
        found.extend(
            Entry(
                value=one.value,
                line=number,
                label=said,
                roles=lexicon.roles(said),
                last=one is here[-1],
                first=one is here[0],
                size=line.height / usual,
                confidence=_confidence(line, one),
                depth=number / max(1, len(lines) - 1),
                currency=one.currency,
                mended=one.mended,
            )
            for one in here
        )
        above = "" if here else line.text
    return found


def _label(text: str, here: Sequence[amounts.Amount]) -> str:
    for one in reversed(here):
        text = text[: one.start] + " " + text[one.end :]
    return text.strip()


def _confidence(line: Line, amount: amounts.Amount) -> float:
    """The lowest confidence of the words that the amount was read from."""
    at, lowest = 0, 1.0
    for word in line.words:
        if at < amount.end and at + len(word.text) > amount.start:
            lowest = min(lowest, word.confidence)
        at += len(word.text) + 1
    return lowest
