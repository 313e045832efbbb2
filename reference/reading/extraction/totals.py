"""Finds the total, by the words beside each amount, the arithmetic, the place and the type size."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from reading.extraction.amount_rows import CENT, MAX_ROUNDING, AmountRow
from reading.extraction.amounts import SUMS
from reading.extraction.direction import FORTH, Direction
from reading.extraction.evidence import Candidate, Choice

_NOT_THE_TOTAL = {"sub", "quantity", "discount", "change", "rounding", "balance"}


_GIVEN = {"paid", "change", "discount", "tax", "balance", "rounding"}
"""Roles of amounts that are printed with a minus on ordinary receipts."""

DOUBTS = {"crowded", "in doubt which way"}
"""Evidence with which no candidate is sure, however much speaks for it."""

MOST_RIVALS = 15
"""The likeliest amounts, which compete. Of a long roll's hundreds of items each is hardly ever the
total; together they would leave no total sure."""

MOST_IN_DOUBT = 0.85
"""The share of its confidence that a total in such doubt keeps."""


def candidates(amount_rows: Sequence[AmountRow], way: Direction = FORTH) -> list[Candidate]:
    """Every positive amount is a candidate; equal amounts are one candidate.

    The total of a refund is negative: a negative amount is a candidate if it is named a total, and
    so is its opposite if its minus may be a dash. If the paper says that the money went back, all
    are negative, whatever sign they have.
    """
    items = {row.line for row in amount_rows if not row.roles & (SUMS | _NOT_THE_TOTAL)}
    mirrored = [replace(row, value=-row.value) for row in amount_rows]
    bare = [replace(row, value=abs(row.value)) for row in amount_rows]
    doubt = {"in doubt which way": 1.0}
    found: list[tuple[Decimal, Sequence[AmountRow], dict[str, float]]] = []
    if way.back:
        found += [(-value, bare, {}) for value in dict.fromkeys(row.value for row in bare) if value]
    else:
        for value in dict.fromkeys(row.value for row in amount_rows):
            rows = [row for row in amount_rows if row.value == value]
            if value > 0:
                opposite = any(
                    row.value == -value and not row.roles & _GIVEN for row in amount_rows
                )
                found.append((value, amount_rows, doubt if opposite and len(items) < 2 else {}))
            elif value < 0 and any(_total_words(row) for row in rows):
                dash = len(rows) == 1 and rows[0].loose
                found += [(-value, bare, doubt)] if dash else []
                found.append((value, mirrored, doubt if dash else {}))
    return [
        Candidate(
            value=value,
            evidence=_evidence(abs(value), rows) | more | (doubt if way.doubtful else {}),
            lines=tuple(dict.fromkeys(row.line for row in rows if row.value == abs(value))),
        )
        for value, rows, more in found
    ]


def less_sure_where_in_doubt(choices: Sequence[Choice]) -> list[Choice]:
    """Lower the confidence in totals with evidence that leaves them in doubt."""
    return [
        Choice(one.candidate, one.probability * MOST_IN_DOUBT)
        if DOUBTS & set(one.candidate.evidence)
        else one
        for one in choices
    ]


def currency_beside(value: Decimal, amount_rows: Sequence[AmountRow]) -> str | None:
    """The currency whose sign stands beside this amount, preferably where it is named the total."""
    rows = [row for row in amount_rows if abs(row.value) == abs(value) and row.currency]
    return max(rows, key=lambda row: len(_total_words(row))).currency if rows else None


def _evidence(value: Decimal, amount_rows: Sequence[AmountRow]) -> dict[str, float]:
    rows = [row for row in amount_rows if row.value == value]
    words = [_total_words(row) for row in rows]
    others = [row for row in amount_rows if row.value != value]
    named = max(rows, key=lambda row: (len(_total_words(row) & {"named", "payable"}), row.last))
    free = [row.value for row in amount_rows if not row.roles & {"paid", "change"}]
    near = max(_roundings(amount_rows), default=Decimal())
    evidence = {
        "named total": any("named" in w for w in words),
        "named payable": any("payable" in w for w in words),
        "named inclusive": any("inclusive" in w for w in words),
        "named subtotal": any("sub" in row.roles for row in rows),
        "named tax": all(
            "tax" in row.roles and "named" not in w for row, w in zip(rows, words, strict=True)
        ),
        "named paid": any("paid" in row.roles for row in rows),
        "named change": all("change" in row.roles for row in rows),
        "named discount or count": all(
            row.roles & {"discount", "quantity", "balance", "rounding"} for row in rows
        ),
        "paid - change": _paid_less_change(value, amount_rows),
        "two below it differ by it": _pair_below(value, amount_rows),
        "net + tax": _net_and_tax(value, amount_rows),
        "gross of all tax rates": _gross_of_all_rates(value, amount_rows),
        "after rounding": _rounded(value, others, amount_rows),
        "before rounding": _is_rounded_to(value, others, amount_rows),
        "sum of the lines above": _sum_above(value, amount_rows),
        "largest but for cash": value + near >= max(free, default=Decimal()),
        "repeated": min(len({row.line for row in rows}) - 1, 3) / 3,
        "large type": max(0.0, min(1.0, named.size - 1)),
        "named in large type": "named" in _total_words(named) and named.size > 1.2,
        "depth": named.depth,
        "last of its line": any(row.last for row in rows),
        "mended": all(row.mended for row in rows),
        "crowded": all(row.crowded for row in [r for r in rows if r.roles & SUMS] or rows),
        "in another currency": _in_another_currency(rows, amount_rows),
        "doubtful letters": 1 - max(row.confidence for row in rows),
        "doubtful where named": 1 - named.confidence,
    }
    return {name: float(by) for name, by in evidence.items() if by}


def _total_words(row: AmountRow) -> set[str]:
    """What the words of the label say about a total; in "sub total" they say nothing."""
    roles = row.roles
    if "total" not in roles and not {"payable"} <= roles:
        return set()
    if roles & _NOT_THE_TOTAL:
        return set()
    words = set()
    if "total" in roles and not ("tax" in roles and "incl" not in roles):
        words.add("named")
    if "payable" in roles and "tax" not in roles:
        words.add("payable")
    if "incl" in roles:
        words.add("inclusive")
    return words


def _in_another_currency(rows: Sequence[AmountRow], amount_rows: Sequence[AmountRow]) -> bool:
    """Whether it has the sign of another currency than the first total has: it was converted."""
    totals = (row.currency for row in amount_rows if _total_words(row) and row.currency)
    first = next(totals, None)
    return first is not None and all(row.currency not in {None, first} for row in rows)


def _paid_less_change(value: Decimal, amount_rows: Sequence[AmountRow]) -> bool:
    """Whether cash less change makes this amount, with the change named."""
    change = [row for row in amount_rows if "change" in row.roles]
    paid = [row.value for row in amount_rows if "paid" in row.roles or row.value > value]
    return any(p - abs(c.value) == value for c in change for p in paid if c.value or p == value)


def _pair_below(value: Decimal, amount_rows: Sequence[AmountRow]) -> bool:
    """Whether two amounts below it differ by it: cash and change whose names can't be read."""
    first = next(i for i, row in enumerate(amount_rows) if row.value == value)
    below = [row for row in amount_rows[first + 1 :] if row.last]
    return any(
        paid.value - change.value == value and change.value and paid.line < change.line
        for paid, change in pairwise(below)
    )


def _net_and_tax(value: Decimal, amount_rows: Sequence[AmountRow]) -> bool:
    """Whether two amounts of one line, or of lines named net and tax, add up to it."""
    for one, two in pairwise(amount_rows):
        if one.value + two.value == value and one.value and two.value:
            if one.line == two.line:
                return True
            if two.value < one.value and two.roles & {"tax", "service"}:
                return True
    taxes = [row.value for row in amount_rows if "tax" in row.roles and row.value]
    nets = [row.value for row in amount_rows if "sub" in row.roles and row.value]
    return any(net + tax == value for net in nets for tax in taxes)


def _gross_of_all_rates(value: Decimal, amount_rows: Sequence[AmountRow]) -> bool:
    """Whether the gross amounts of two or more tax rates add up to it.

    Each rate has a line of its own: net, tax and gross, in any order.
    """
    lines: dict[int, list[Decimal]] = {}
    for row in amount_rows:
        lines.setdefault(row.line, []).append(row.value)
    parts = [
        max(three)
        for values in lines.values()
        for three in zip(values, values[1:], values[2:], strict=False)
        if sum(three) == 2 * max(three) and min(three) > 0
    ]
    others = [part for part in parts if part != value]  # the line of their sum stands below them
    return len(others) > 1 and sum(others) == value


def _roundings(amount_rows: Sequence[AmountRow]) -> set[Decimal]:
    return {
        abs(row.value)
        for row in amount_rows
        if "rounding" in row.roles and CENT <= abs(row.value) <= MAX_ROUNDING
    }


def _rounded(value: Decimal, others: Sequence[AmountRow], amount_rows: Sequence[AmountRow]) -> bool:
    """Whether it is a multiple of 5 cents that differs from another amount by a named rounding."""
    if value % MAX_ROUNDING:
        return False
    near = _roundings(amount_rows)
    return any(abs(row.value - value) in near and row.value % MAX_ROUNDING for row in others)


def _is_rounded_to(
    value: Decimal, others: Sequence[AmountRow], amount_rows: Sequence[AmountRow]
) -> bool:
    near = _roundings(amount_rows)
    return bool(value % MAX_ROUNDING) and any(
        abs(row.value - value) in near and not row.value % MAX_ROUNDING for row in others
    )


def _sum_above(value: Decimal, amount_rows: Sequence[AmountRow]) -> bool:
    """Whether the last amounts of two or more lines right above add up to it."""
    places = [i for i, row in enumerate(amount_rows) if row.value == value and row.last]
    if not places:
        return False
    whole, count = Decimal(), 0
    for row in reversed(amount_rows[: places[0]]):
        if not row.last or row.value == value:
            continue
        whole, count = whole + row.value, count + 1
        if whole == value and count > 1:
            return True
        if whole > value * 3:
            return False
    return False
