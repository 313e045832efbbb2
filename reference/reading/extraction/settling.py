"""Settles which amounts are printed where a space may group thousands: "2 120.50".

It is 2120.50, or 120.50 of something twice. The sums on the paper decide, a currency's sign, a
payment (nobody pays by card two times 120.50), and whether the items have quantities at all.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from reading.extraction import lexicon
from reading.extraction.amounts import SUMS, Amount, find_amounts
from reading.extraction.country import main_currency
from reading.extraction.lines import Line

MOST_SUMS = 2000
"""Sums of items that are tried at most: each undecided item doubles their number."""
_QUANTITY = re.compile(r"(?<![\d.,])\d{1,3}\s?[xX*]?\s+$|^\W*\d{1,3}\s?[xX*]?\s+(?=[^\W\d])")


class Printed(Struct, frozen=True):
    """A line with its amounts, and what its words mean. If `either`, only one of two is printed."""

    columns: str
    roles: frozenset[str]
    amounts: tuple[Amount, ...]
    either: bool = False

    @property
    def is_sum(self) -> bool:
        """Whether it holds a sum, and no item."""
        return bool(self.amounts and self.roles & SUMS)


def printed_amounts(lines: Sequence[Line]) -> list[Printed]:
    """The amounts on each line, settled where the rest of the paper settles them."""
    paper = main_currency(lines)
    page = [_printed(line.columns, find_amounts(line.columns, paper)) for line in lines]
    if not any(one.apart for line in page for one in line.amounts):
        return page
    first = next((number for number, line in enumerate(page) if line.is_sum), len(page))
    items, rest = page[:first], page[first:]
    quantities = _has_quantities(items)
    sums = _sums(items, rest)
    settled = [
        _settled_sum(line, rest, sums, quantities=quantities) if line.is_sum else line
        for line in rest
    ]
    wanted = {one.value for line in settled for one in line.amounts}
    as_joined = sum((_last(line)[0] for line in items if line.amounts), Decimal())
    as_apart = sum((_last(line)[-1] for line in items if line.amounts), Decimal())
    apart = as_apart in wanted if quantities is None else quantities
    apart = (apart or as_apart in wanted) and as_joined not in wanted
    return [_with_items(line, apart=apart) for line in [*items, *settled]]


def _printed(text: str, amounts: tuple[Amount, ...]) -> Printed:
    return Printed(text, lexicon.roles(label_of(text, amounts)), amounts)


def label_of(text: str, amounts: Sequence[Amount]) -> str:
    """The text of a line without its amounts."""
    for one in reversed(amounts):
        text = text[: one.start] + " " + text[one.end :]
    return " ".join(text.split())


def _has_quantities(items: Sequence[Printed]) -> bool | None:
    """Whether the items have a column of quantities before their amounts; None if that is unclear.

    A figure that can't belong to the amount is a quantity; an item without a figure has none.
    """
    clear = [line for line in items if line.amounts and not line.amounts[0].apart]
    counts = [bool(_QUANTITY.search(line.columns[: line.amounts[0].start])) for line in clear]
    if any({"quantity", "heading"} <= line.roles for line in items):
        return True
    return None if len(set(counts)) != 1 else counts[0]


def _last(line: Printed) -> list[Decimal]:
    """What the last amount of a line may be."""
    one = line.amounts[-1]
    return [one.value, one.apart.value] if one.apart else [one.value]


def _sums(items: Sequence[Printed], rest: Sequence[Printed]) -> set[Decimal]:
    """What the items may add up to, with and without the taxes, and what cash less change may be.

    Items are added from the last one up: what stands above them may be no item.
    """
    taxes = [
        line.amounts[-1].value for line in rest if line.roles & {"tax", "service"} and line.amounts
    ]
    extras = {Decimal(), *taxes, sum(taxes, Decimal())}
    reached, found = {Decimal()}, set[Decimal]()
    for line in reversed(items):
        if line.amounts and len(reached) < MOST_SUMS:
            reached = {before + value for before in reached for value in _last(line)}
            found |= {value + extra for value in reached for extra in extras}
    cash = [
        value for line in rest if "paid" in line.roles and line.amounts for value in _last(line)
    ]
    back = [
        value for line in rest if "change" in line.roles and line.amounts for value in _last(line)
    ]
    nets = {value for line in rest if "sub" in line.roles and line.amounts for value in _last(line)}
    found |= {net + extra for net in nets for extra in extras if extra}
    return found | {one - abs(other) for one in cash for other in back}


def _settled_sum(
    line: Printed, rest: Sequence[Printed], sums: set[Decimal], *, quantities: bool | None
) -> Printed:
    one = line.amounts[-1]
    if one.apart is None:
        return line
    other, counts = one.apart, "quantity" in line.roles
    clear = {
        it.value
        for sum_line in rest
        if not sum_line.roles & {"tax", "change", "service"}
        for it in sum_line.amounts
        if not it.apart
    }
    paid = {
        sum_line.amounts[-1].value
        for sum_line in rest
        if sum_line.amounts and "paid" in sum_line.roles and not sum_line.roles & {"tax", "total"}
    }
    as_joined = (
        (one.value in sums and other.value not in sums)
        or one.value in clear | paid
        or (not counts and (one.marked or quantities is False))
    )
    as_apart = counts or other.value in clear or (other.value in sums and one.value not in sums)
    either = as_joined == as_apart
    chosen = (one, other) if either else (one,) if as_joined else (other,)
    return Printed(line.columns, line.roles, (*line.amounts[:-1], *chosen), either)


def _with_items(line: Printed, *, apart: bool) -> Printed:
    """The line with each amount as one or apart; what is settled or holds a sum stays."""
    if line.either or line.is_sum:
        return line
    amounts = tuple(one.apart if apart and one.apart else one for one in line.amounts)
    return Printed(line.columns, line.roles, amounts)
