"""Finds what is written as a date in a line of text, with every meaning that it may have."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

from msgspec import Struct

from reading.extraction.months import ALSO_WORDS, month_of

EARLIEST, LATEST = 1990, 2079
"""The plausible years of a receipt. A year of two digits means 2000 or later."""

BUDDHIST, REIWA = 543, 2018
"""The years from this calendar to Thailand's, and from Japan's since 2019 to this one."""

_YEAR = r"(?P<y>\d{2}(?=[0-2]?\d:[0-5]\d)|(?:19|20|25)\d{2}|\d{2}(?![\d:]|[.,]\d))"
"""A time may follow without a space, because engines drop spaces: "30.04.2009:58"."""
_FULL_YEAR = r"(?P<y>(?:19|20|25)\d{2})"
_DAY = r"(?P<d>\d{1,2})(?:\s?(?:st|nd|rd|th|er|re|e|os?|as?|[ºª°])(?![^\W\d_]))?"
_MONTH = r"(?P<m>[^\W\d_]{3,12})"
_OF = r"(?:(?:of|del?)\s|d'\s?)?"

_FIGURES = re.compile(
    r"(?<![\d.,/-])(?P<a>\d{1,2})\s?(?P<mark>[-/.])\s?(?P<b>\d{1,2})\s?(?P=mark)\s?"
    r"(?P<c>\d{2}(?=[0-2]?\d:[0-5]\d)|(?:19|20|25)\d{2}|\d{2}(?![\d:]))(?!/|[.,]\d)"
)
_POINTS = re.compile(r"\s?\.\s?")
_ISO = re.compile(
    rf"(?<![\d.,/-]){_FULL_YEAR}\s?(?P<mark>[-/.])\s?(?P<m>\d{{1,2}})\s?(?P=mark)\s?"
    r"(?P<d>\d{2}(?=[0-2]?\d:|\D|$)|\d(?!\d))(?!/|[.,]\d)"
)
_SIGNS = re.compile(
    r"(?P<era>令和|R)?\s?(?P<y>\d{4}|\d{1,2}|元)\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]?"
)
_REIWA = re.compile(
    r"(?<![\w.])(?P<era>令和|R)\s?(?P<y>\d{1,2})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?!\d)"
)
_RUN_TOGETHER = re.compile(
    r"(?<![\d.,/-])(?:(?P<d>[0-3]\d)(?P<m>[01]\d)(?P<y>20\d{2})|(?P<y2>20\d{2})(?P<m2>[01]\d)"
    r"(?P<d2>[0-3]\d))(?![\d.,-]|/(?!\d{4}))"
)
_DAY_FIRST = re.compile(
    rf"(?<!\d){_DAY}[-/. ,]{{0,2}}{_OF}{_MONTH}[-/. ,']{{0,3}}{_OF}{_YEAR}", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W\d_]){_MONTH}[-/. ]{{0,2}}{_DAY}(?:[, ]{{1,2}}{_FULL_YEAR}(?!\d)"
    rf"|\s?[,'/-]\s?'?(?P<y2>\d{{2}})(?![\d:]|[.,]\d))",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(rf"(?<!\d){_FULL_YEAR}[-/. ]{{1,2}}{_MONTH}[-/. ]{{1,2}}{_DAY}(?!\d)")

_LOST_SEPARATOR = re.compile(
    r"(?<![\d./-])(\d{1,2})([-/. ])(\d{1,2})([-/ ])((?:20)?\d{2})(?![\d.,/-])"
)
"""A date that lost one of its two separators: "05 02-18"."""
_MISREAD_SLASH = re.compile(
    r"(?<!\d)([0-3]\d)(?:[17lI|]([01]\d)[-/.]|[-/.]([01]\d)[17lI|])(20\d{2})(?!\d)"
)
"""A date in which a slash was read as a digit or a letter: "13707/2017"."""
_MISREAD = str.maketrans("OoQIl|SB", "00011158")
_NEARLY_FIGURES = re.compile(
    r"(?<![^\W\d_])(?=\S*\d)[\dOoQIl|SB]{1,4}([-/.])[\dOoQIl|SB]{1,2}\1[\dOoQIl|SB]{2,4}"
)
_FIRST_IN_FRENCH = re.compile(r"(?<!\w)[tlI|]er(?= [^\W\d_]{3})")
_MARKS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | {"\u2019": "'"})


class Reading(Struct, frozen=True):
    """One meaning of a written date, and the orders of figures by which it means this day.

    An order is "dmy", "mdy", "ymd" or "thai" (day first, with a year of two digits in the Buddhist
    era). There is none if nothing is to be decided: the month is named, the year has four digits
    and comes first, or the era is named.
    """

    day: dt.date
    orders: frozenset[str] = frozenset()


class Written(Struct, frozen=True):
    """A date in a text, from character `start` to `end`; `mark` stands between its figures.

    It has one meaning or several, the day-first one before others. It is `run_together` without
    any mark.
    """

    readings: tuple[Reading, ...]
    start: int
    end: int
    mark: str = ""
    by_name: bool = False
    run_together: bool = False


def find_dates(text: str) -> list[Written]:
    """Every date in a text, from left to right, in figures, signs or with the name of its month.

    Where two notations overlap, the one that says more is taken.
    """
    text = mended(text)
    found: list[Written] = []
    for pattern, read in _NOTATIONS:
        for match in pattern.finditer(text):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            if written := read(match):
                found.append(written)
    return sorted(found, key=lambda one: one.start)


def mended(text: str) -> str:
    """The text with the letters and marks put right that engines confuse in dates."""
    text = unicodedata.normalize("NFKC", text).translate(_MARKS)
    text = _FIRST_IN_FRENCH.sub("1er", text)
    text = _NEARLY_FIGURES.sub(lambda match: match[0].translate(_MISREAD), text)
    text = _LOST_SEPARATOR.sub(_mend_separator, text)
    return _MISREAD_SLASH.sub(lambda m: f"{m[1]}/{m[2] or m[3]}/{m[4]}", text)


def _mend_separator(match: re.Match[str]) -> str:
    first, mark, second, other, third = match.groups()
    if mark == other or {mark, other} == {" "} or mark not in "-/ " or other not in "-/ ":
        return match[0]
    mark = max(mark, other)
    return f"{first}{mark}{second}{mark}{third}"


def _date(year: str | int, month: str | int, day: str) -> dt.date | None:
    number = int(year)
    if isinstance(year, str) and len(year) <= 2:
        number += 2000
    elif number > LATEST:
        number -= BUDDHIST
    try:
        return dt.date(number, int(month), int(day)) if EARLIEST <= number <= LATEST else None
    except ValueError:
        return None


def _in_figures(match: re.Match[str]) -> Written | None:
    a, b, c = match["a"], match["b"], match["c"]
    if match["mark"] == "." and len(set(_POINTS.findall(match[0]))) > 1:
        return None  # "07. 23.60" is two numbers
    by_order = {"dmy": _date(c, b, a), "mdy": _date(c, a, b)}
    if len(c) == 2:
        by_order["ymd"] = _date(a, b, c) if len(a) == 2 else None
        by_order["thai"] = _date(f"25{c}", b, a)
    elif int(c) > LATEST:
        del by_order["mdy"]  # of Thailand's years
    days = dict.fromkeys(day for day in by_order.values() if day)
    found = [Reading(day, frozenset(o for o, d in by_order.items() if d == day)) for day in days]
    return _written(match, found, mark=match["mark"])


def _plain(match: re.Match[str]) -> Written | None:
    day = _date(match["y"], match["m"], match["d"])
    return _written(match, [Reading(day)] if day else [], mark=match["mark"])


def _in_signs(match: re.Match[str]) -> Written | None:
    year: str | int = "1" if match["y"] == "元" else match["y"]
    if match["era"]:
        year = REIWA + int(year)
    day = _date(year, match["m"], match["d"])
    return _written(match, [Reading(day)] if day else [])


def _run_together(match: re.Match[str]) -> Written | None:
    day = _date(match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"])
    return _written(match, [Reading(day)] if day else [], run_together=True)


def _by_name(match: re.Match[str]) -> Written | None:
    month, year = month_of(match["m"]), match["y"] or match["y2"]
    if month is None or (len(year) == 2 and match["m"].lower() in ALSO_WORDS):
        return None
    day = _date(year, month, match["d"])
    return _written(match, [Reading(day)] if day else [], by_name=True)


def _written(
    match: re.Match[str],
    readings: list[Reading],
    *,
    mark: str = "",
    by_name: bool = False,
    run_together: bool = False,
) -> Written | None:
    if not readings:
        return None
    return Written(tuple(readings), match.start(), match.end(), mark, by_name, run_together)


_NOTATIONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Written | None]], ...] = (
    (_ISO, _plain),
    (_SIGNS, _in_signs),
    (_REIWA, _in_signs),
    (_YEAR_FIRST, _by_name),
    (_MONTH_FIRST, _by_name),
    (_DAY_FIRST, _by_name),
    (_FIGURES, _in_figures),
    (_RUN_TOGETHER, _run_together),
)
"""The notations and how each is read, the most telling first."""
