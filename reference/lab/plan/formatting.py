"""Formats numbers for people; the page's script does it the same way, checked by vectors."""

import math

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


def whole(value: float) -> int:
    """The nearest whole number, halves up: Python's own rounding is not JavaScript's."""
    return math.floor(value + 0.5)


def places(value: float) -> int:
    """Digits after the point: none where three are before it."""
    if value >= 100:  # noqa: PLR2004 - three digits are enough
        return 0
    return 1 if value >= 1 or value == 0 else 2


def rounded_down(value: float) -> float:
    """The greatest value that `number` shows exactly and that isn't over `value`."""
    tens = 10.0 ** places(value)
    return math.floor(value * tens + 1e-9) / tens


def at_most(value: float) -> str:
    """As `number`, never rounded up: for a bound, and for advice to lower something."""
    return number(rounded_down(value))


def number(value: float) -> str:
    """A count or a rate: "48,500", "12.5", "0.04"."""
    if value >= 100:  # noqa: PLR2004 - three digits are enough
        return f"{whole(value):,}"
    after = places(value)
    tens = 10**after
    return (
        f"{whole(value * tens) / tens:.{after}f}".removesuffix("0").removesuffix(".0").rstrip(".")
    )


def duration(seconds: float) -> str:
    """A time: "19.6 s", "25 min", "3.5 h", "2.1 days"."""
    if seconds < 2 * MINUTE:
        return f"{number(seconds)} s"
    if seconds < 2 * HOUR:
        return f"{number(seconds / MINUTE)} min"
    if seconds < 2 * DAY:
        return f"{number(seconds / HOUR)} h"
    return f"{number(seconds / DAY)} days"


def percent(share: float) -> str:
    """A share: "48 %", or "4.8 %" below a tenth."""
    return f"{number(share * 100)} %" if share < 0.1 else f"{whole(share * 100):,} %"  # noqa: PLR2004
