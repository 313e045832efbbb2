"""The total: what the words, the arithmetic, the place and the type size say for each amount."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from reading.extraction.evidence import Candidate
from reading.extraction.statement import CENT, MOST_ROUNDING, Entry

_NOT_THE_TOTAL = {"sub", "quantity", "discount", "change", "rounding", "balance"}


def candidates(account: Sequence[Entry]) -> list[Candidate]:
    """Every positive amount is a candidate for the total, equal ones together.

    A refund's total is negative; such an amount must be named a total.
    """
    return [
        Candidate(
            value=value,
            evidence=_evidence(value, account),
            lines=tuple(dict.fromkeys(e.line for e in account if e.value == value)),
        )
        for value in dict.fromkeys(e.value for e in account)
        if value > 0 or (value < 0 and any(_words(e) for e in account if e.value == value))
    ]


def _evidence(value: Decimal, account: Sequence[Entry]) -> dict[str, float]:
    its = [e for e in account if e.value == value]
    words = [_words(e) for e in its]
    others = [e for e in account if e.value != value]
    named = max(its, key=lambda e: (len(_words(e) & {"named", "payable"}), e.last))
    free = [e.value for e in account if not e.roles & {"paid", "change"}]
    near = max(_rounding(account), default=Decimal())
    evidence = {
        "named total": any("named" in w for w in words),
        "named payable": any("payable" in w for w in words),
        "named inclusive": any("inclusive" in w for w in words),
        "named subtotal": any("sub" in e.roles for e in its),
        "named tax": all(
            "tax" in e.roles and "named" not in w for e, w in zip(its, words, strict=True)
        ),
        "named paid": any("paid" in e.roles for e in its),
        "named change": all("change" in e.roles for e in its),
        "named discount or count": all(
            e.roles & {"discount", "quantity", "balance", "rounding"} for e in its
        ),
        "paid - change": _paid_less_change(value, account),
        "two below it differ by it": _pair_below(value, account),
        "net + tax": _net_and_tax(value, account),
        "after rounding": _rounded(value, others, account),
        "before rounding": _is_rounded_to(value, others, account),
        "sum of the lines above": _sum_above(value, account),
        "largest but for cash": value + near >= max(free, default=Decimal()),
        "repeated": min(len({e.line for e in its}) - 1, 3) / 3,
        "large type": max(0.0, min(1.0, named.size - 1)),
        "named in large type": "named" in _words(named) and named.size > 1.2,
        "depth": named.depth,
        "last of its line": any(e.last for e in its),
        "mended": all(e.mended for e in its),
        "doubtful letters": 1 - max(e.confidence for e in its),
        "doubtful where named": 1 - named.confidence,
    }
    return {name: float(by) for name, by in evidence.items() if by}


def _words(entry: Entry) -> set[str]:
    """What the label says about a total, combined: "sub total" is none."""
    roles = entry.roles
    if "total" not in roles and not {"payable"} <= roles:
        return set()
    if roles & _NOT_THE_TOTAL:
        return set()
    said = set()
    if "total" in roles and not ("tax" in roles and "incl" not in roles):
        said.add("named")
    if "payable" in roles and "tax" not in roles:
        said.add("payable")
    if "incl" in roles:
        said.add("inclusive")
    return said


def _paid_less_change(value: Decimal, account: Sequence[Entry]) -> bool:
    """Cash - change = total, with the change named or the pair below the total."""
    change = [e for e in account if "change" in e.roles]
    paid = [e.value for e in account if "paid" in e.roles or e.value > value]
    return any(p - abs(c.value) == value for c in change for p in paid if c.value or p == value)


def _pair_below(value: Decimal, account: Sequence[Entry]) -> bool:
    """Cash and change by their place alone, where their names can't be read."""
    first = next(i for i, e in enumerate(account) if e.value == value)
    below = [e for e in account[first + 1 :] if e.last]
    return any(
        paid.value - change.value == value and change.value and paid.line < change.line
        for paid, change in pairwise(below)
    )


def _net_and_tax(value: Decimal, account: Sequence[Entry]) -> bool:
    """Two amounts of one line, or two named lines, that add up to the total."""
    for one, two in pairwise(account):
        if one.value + two.value == value and two.value < one.value and two.value:
            if one.line == two.line:
                return True
            if "tax" in two.roles or "service" in two.roles:
                return True
    taxes = [e.value for e in account if "tax" in e.roles and e.value]
    nets = [e.value for e in account if "sub" in e.roles and e.value]
    return any(net + tax == value for net in nets for tax in taxes)


def _rounding(account: Sequence[Entry]) -> set[Decimal]:
    return {
        abs(e.value)
        for e in account
        if "rounding" in e.roles and CENT <= abs(e.value) <= MOST_ROUNDING
    }


def _rounded(value: Decimal, others: Sequence[Entry], account: Sequence[Entry]) -> bool:
    """A multiple of 5 cents that stands a named rounding away from another amount."""
    if value % MOST_ROUNDING:
        return False
    near = _rounding(account)
    return any(abs(e.value - value) in near and e.value % MOST_ROUNDING for e in others)


def _is_rounded_to(value: Decimal, others: Sequence[Entry], account: Sequence[Entry]) -> bool:
    near = _rounding(account)
    return bool(value % MOST_ROUNDING) and any(
        abs(e.value - value) in near and not e.value % MOST_ROUNDING for e in others
    )


def _sum_above(value: Decimal, account: Sequence[Entry]) -> bool:
    """The last amounts of two or more lines right above add up to it."""
    places = [i for i, e in enumerate(account) if e.value == value and e.last]
    if not places:
        return False
    whole, count = Decimal(), 0
    for entry in reversed(account[: places[0]]):
        if not entry.last or entry.value == value:
            continue
        whole, count = whole + entry.value, count + 1
        if whole == value and count > 1:
            return True
        if whole > value * 3:
            return False
    return False
