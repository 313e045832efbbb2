"""Finds the line items, which stand between the head and the first sum."""

import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from reading.extraction import amounts, lexicon
from reading.extraction.lines import Line
from reading.extraction.settling import Printed, printed_amounts
from reading.receipt import LineItem

_SUMS = {"total", "sub", "tax", "rounding", "paid", "change", "service", "balance"}
_TIMES = re.compile(
    r"(?<![\d.,])(\d{1,4})\s?(?:[x×*@]|X)\s?(?:RM|[$€£])?\s?(?=\d)|^\W*@?\s?(\d{1,3})\s?[x×X]\b"
)
_PRICE_FIRST = re.compile(r"\d[.,]\d\d\s?[*x×X]\s?(\d{1,3})(?!\d|[.,]\d)")
_LEADING_QUANTITY = re.compile(r"^\W*(\d{1,3})\s+(?=[A-Za-z])")
_CODE = re.compile(r"\b\d{5,}\b")
_MARKS = re.compile(r"(?:\b(?:SR|ZRL?|S|Z|T|RM|A|B)\b|[*#@|:]|\s-\s)\s*$")


def find_items(
    lines: Sequence[Line], first: int, end: int, page: Sequence[Printed] | None = None
) -> list[LineItem]:
    """Find the items on the lines from number `first` up to, not including, number `end`.

    The name of an item may stand on the line above its amounts, and its quantity and unit price on
    the line below. `page` holds the amounts of each line.
    """
    page = printed_amounts(lines) if page is None else page
    found: list[LineItem] = []
    name_above = ""
    for line, printed in zip(lines[first:end], page[first:end], strict=True):
        text, on_line = line.text, printed.amounts
        label = _name(text, on_line)
        if not on_line:
            name_above = label if _is_name(label) else name_above
            continue
        roles = lexicon.roles(label)
        if roles & {"discount", "rounding", "paid", "change"} or (roles & {"total", "sub"}):
            name_above = ""
            continue
        quantity = _quantity(text)
        total = on_line[-1].value
        if found and _is_detail(text, label, on_line) and name_above == "":
            found[-1] = _with_detail(found[-1], quantity, on_line[0].value)
            continue
        unit = on_line[-2].value if len(on_line) > 1 else None
        if quantity is None and unit and total and total % unit == 0:
            quantity = total / unit
        name = label if _is_name(label) else name_above
        if total and (name or len(on_line) > 1):
            found.append(
                LineItem(name=name or label, quantity=quantity, unit_price=unit, total=total)
            )
        name_above = ""
    return found


def first_sum_line(lines: Sequence[Line], first: int, page: Sequence[Printed] | None = None) -> int:
    """The number of the first line from `first` on that is a sum: subtotal, total, tax or cash."""
    seen_item = False
    page = printed_amounts(lines) if page is None else page
    for number in range(first, len(lines)):
        text, on_line = lines[number].text, page[number].amounts
        roles = lexicon.roles(_name(text, on_line))
        if on_line and roles & _SUMS and not roles & {"discount"}:
            if "total" in roles or seen_item:
                return number
        elif on_line:
            seen_item = True
    return len(lines)


def _name(text: str, on_line: Sequence[amounts.Amount]) -> str:
    for one in reversed(on_line):
        text = text[: one.start] + " " + text[one.end :]
    text = _CODE.sub(" ", text)
    text = _MARKS.sub("", " ".join(text.split()))
    return text.strip(" -*.,:;|@#")


def _is_name(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= 3 and letters >= len(text.replace(" ", "")) / 3


def _is_detail(text: str, label: str, on_line: Sequence[amounts.Amount]) -> bool:
    """Whether a line such as "@2 x RM 10.40" holds quantity and unit price of the item above."""
    return len(on_line) == 1 and not _is_name(label) and _TIMES.search(text) is not None


def _with_detail(item: LineItem, quantity: Decimal | None, unit: Decimal) -> LineItem:
    if quantity is None or item.total is None or quantity * unit != item.total:
        return item
    return msgspec.structs.replace(item, quantity=quantity, unit_price=unit)


def _quantity(text: str) -> Decimal | None:
    match = _TIMES.search(text) or _PRICE_FIRST.search(text) or _LEADING_QUANTITY.search(text)
    if not match:
        return None
    return Decimal(next(group for group in match.groups() if group))
