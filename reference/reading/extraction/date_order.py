"""Decides which of its meanings a written date has, by the paper, the day of reading, the home."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from reading.context import ReadingContext
from reading.extraction import country
from reading.extraction.lines import Line
from reading.extraction.notations import Reading, Written

USUAL_YEARS = 3
"""A meaning that lies so many years before another one gives way to it."""

_ONE_DAY = dt.timedelta(days=1)
_YEAR = dt.timedelta(days=365.25)


def settle(
    written: Sequence[Written], lines: Sequence[Line], context: ReadingContext
) -> list[tuple[Reading, ...]]:
    """For each written date the meanings that stay possible, the likeliest first.

    One without a meaning up to the day after the reading has none left. One that nothing settles
    has several.
    """
    paper = country.date_orders(lines)
    home = {context.home.date_order or ""}
    guess = _guess(lines, context)
    left = [_without_others(one, paper, context.read_on) for one in written]
    certain = {some[0].day for some in left if len(some) == 1}

    def settled(one: Written, some: tuple[Reading, ...]) -> list[Reading]:
        twice = _kept(some, [reading for reading in some if reading.day in certain])
        on_paper = _by_order(_by_mark(one, paper), _by_order(_agreed(written, one.mark), twice))
        found = _by_order(home, _nearest(on_paper))
        return sorted(found, key=lambda reading: guess not in reading.orders)

    return [tuple(settled(one, some)) for one, some in zip(written, left, strict=True)]


def is_to_come(day: dt.date, read_on: dt.date | None) -> bool:
    """Whether a day is later than any receipt that is read on `read_on`, in whatever time zone."""
    return read_on is not None and day > read_on + _ONE_DAY


def _without_others(
    one: Written, paper: Collection[str], read_on: dt.date | None
) -> tuple[Reading, ...]:
    """Without days to come, and without Thailand's short years on other countries' paper."""
    return tuple(
        reading
        for reading in one.readings
        if not is_to_come(reading.day, read_on) and (reading.orders != {"thai"} or "thai" in paper)
    )


def _kept(some: tuple[Reading, ...], those: Sequence[Reading]) -> tuple[Reading, ...]:
    """`those` if there are any: what contradicts every meaning settles nothing."""
    return tuple(those) or some


def _by_order(orders: Collection[str], some: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return _kept(some, [one for one in some if not one.orders or one.orders & set(orders)])


def _agreed(written: Sequence[Written], mark: str) -> set[str]:
    """The one order by which most dates with this mark can be read, of those with one meaning.

    Days to come count: a warranty may end on one.
    """
    only = [
        one.readings[0].orders for one in written if len(one.readings) == 1 and one.mark == mark
    ]
    orders = Counter(order for some in only if len(some) == 1 for order in some)
    most = {order for order, n in orders.items() if n == max(orders.values())}
    return most if len(most) == 1 else set()


def _by_mark(one: Written, paper: frozenset[str]) -> frozenset[str]:
    """Points between figures don't go with the month first; American paper with them is unclear."""
    if one.mark != ".":
        return paper
    return (paper or frozenset({"dmy", "ymd"})) - {"mdy"}


def _nearest(some: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Without the meanings that lie years before the latest (no longer one to come)."""
    oldest = max((one.day for one in some), default=dt.date.max) - USUAL_YEARS * _YEAR
    return tuple(one for one in some if one.day >= oldest)


def _guess(lines: Sequence[Line], context: ReadingContext) -> str:
    """The order that is shown where nothing settles it; such a date stays doubtful."""
    if context.home.currency is not None:
        return country.orders_of(context.home.currency)[0]
    return "mdy" if country.is_north_american(lines) else "dmy"
