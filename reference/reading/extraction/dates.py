"""Finds the date and the time of the purchase, and decides what 03/04/2025 means."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from reading.extraction.evidence import Candidate
from reading.extraction.lines import Line

_MONTH_NAMES = (
    "jan januar january",
    "feb februar february",
    "mar mär mrz march märz",
    "apr april",
    "may mai",
    "jun june juni",
    "jul july juli",
    "aug august",
    "sep sept september",
    "oct okt october oktober",
    "nov november",
    "dec dez december dezember",
)
_MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
_FIGURES = re.compile(
    r"(?<![\d.,/-])(?P<a>\d{4}|\d{1,2})\s?(?P<mark>[-/.])\s?(?P<b>\d{1,2})\s?(?P=mark)\s?"
    # A time may follow without a space, because engines drop spaces.
    r"(?P<c>(?:19|20)\d{2}|\d{2}(?=\d\d:)|\d{2}(?!\d))(?![/]|[.,]\d)"
)
_LOST_SEPARATOR = re.compile(
    r"(?<![\d./-])(\d{1,2})([-/. ])(\d{1,2})([-/ ])((?:20)?\d{2})(?![\d.,/-])"
)
"""A date that lost one of its two separators: "05 02-18"."""
_MISREAD_SLASH = re.compile(
    r"(?<!\d)([0-3]\d)(?:[17lI|]([01]\d)[-/.]|[-/.]([01]\d)[17lI|])(20\d{2})(?!\d)"
)
"""A date in which a slash was read as a digit or a letter: "13707/2017"."""
_RUN_TOGETHER = re.compile(r"(?<![\d.,/-])([0-3]\d)([01]\d)(20\d{2})(?![\d.,/-])")
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/. ,]{0,2}(?P<m>[a-zä]{3,9})[-/. ,']{0,2}"
    r"(?P<y>\d{4}|\d{2})(?![\d:])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"\b(?P<m>[a-zä]{3,9})[-/. ]{0,2}(?P<d>\d{1,2})(?:st|nd|rd|th)?[, ]{1,2}(?P<y>\d{4})(?!\d)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?\s?([AP]M)?(?!\d)", re.IGNORECASE
)
_NAMED = re.compile(r"\bdate|\bdatum|\bdated\b|\bdt\b|\btarikh", re.IGNORECASE)
_OTHER_DAY = re.compile(
    r"expir|valid|due|until|before|member|birth|since|return|exchange|gültig|\bbis\b|printed",
    re.IGNORECASE,
)
_MISREAD = str.maketrans("OoQIl|SB", "00011158")
_NEARLY_FIGURES = re.compile(r"(?<!\S)\S*\d\S*[-/.]\S*\d\S*(?!\S)")

EARLIEST, LATEST = 1990, 2079
"""The plausible years of a receipt. A year of two digits means 2000 or later."""


class WrittenDate(Struct, frozen=True):
    """A date as it is written: the number of its line, its possible meanings, the rest of the line.

    `order` is "ymd", "dmy", "mdy", "text" (nothing to decide: the month is named, or day and month
    are equal), "run together", or "unclear" if "dmy" and "mdy" are possible and differ.
    """

    line: int
    meanings: tuple[dt.date, ...]
    order: str
    rest: str


def candidates(lines: Sequence[Line], *, month_first: bool = False) -> list[Candidate]:
    """Every date on the paper is a candidate.

    `month_first` is the order of the country. It counts only if the dates on the paper don't decide
    it. If all of them can be read in both ways, the evidence says that the order is unclear.
    """
    found = list(written_dates(lines))
    orders = Counter(one.order for one in found)
    if orders["dmy"] != orders["mdy"]:
        month_first = orders["mdy"] > orders["dmy"]
    settled = bool(orders["dmy"] or orders["mdy"])
    count = Counter(_date_of(one, month_first=month_first) for one in found)
    return [
        Candidate(
            value=value,
            evidence=_evidence(
                value,
                [one for one in found if _date_of(one, month_first=month_first) == value],
                lines,
                settled=settled,
                share=count[value] / len(found),
            ),
            lines=tuple(
                one.line for one in found if _date_of(one, month_first=month_first) == value
            ),
        )
        for value in count
    ]


def time_near(lines: Sequence[Line], number: int) -> dt.time | None:
    """The time of day on line `number`, or else on the next or the previous line."""
    for at in (number, number + 1, number - 1):
        if 0 <= at < len(lines) and (match := _TIME.search(_without_dates(lines[at].text))):
            hour, minute, second = (int(part or 0) for part in match.groups()[:3])
            half = (match[4] or "").upper()
            if half == "PM" and hour < 12:
                hour += 12
            elif half == "AM" and hour == 12:
                hour = 0
            return dt.time(hour, minute, second)
    return None


def has_date(text: str) -> bool:
    """Whether the text contains a date."""
    return any(_in_text(text))


def written_dates(lines: Sequence[Line]) -> Iterator[WrittenDate]:
    """Find every date on the paper, in figures or with the name of the month."""
    for number, line in enumerate(lines):
        for meanings, order, rest in _in_text(line.text):
            yield WrittenDate(number, meanings, order, rest)


def _in_text(text: str) -> Iterator[tuple[tuple[dt.date, ...], str, str]]:
    """Yield the possible meanings of each date, its order, and the text around it."""
    text = _NEARLY_FIGURES.sub(lambda match: match[0].translate(_MISREAD), text)
    text = _LOST_SEPARATOR.sub(_mend_separator, text)
    text = _MISREAD_SLASH.sub(lambda m: f"{m[1]}/{m[2] or m[3]}/{m[4]}", text)
    for match in _FIGURES.finditer(text):
        meanings, order = _in_figures(match["a"], match["b"], match["c"])
        if meanings:
            yield meanings, order, _around(text, match)
    for match in _RUN_TOGETHER.finditer(text):
        if date := _date(match[3], match[2], match[1]):
            yield (date,), "run together", _around(text, match)
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(text):
            month = _MONTHS.get(match["m"].lower())
            if month and (date := _date(match["y"], month, match["d"])):
                yield (date,), "text", _around(text, match)


def _mend_separator(match: re.Match[str]) -> str:
    first, mark, second, other, third = match.groups()
    if mark == other or {mark, other} == {" "} or mark not in "-/ " or other not in "-/ ":
        return match[0]
    mark = max(mark, other)
    return f"{first}{mark}{second}{mark}{third}"


def _in_figures(a: str, b: str, c: str) -> tuple[tuple[dt.date, ...], str]:
    if len(a) == 4:
        date = _date(a, b, c)
        return ((date,), "ymd") if date else ((), "")
    day_first, month_first = _date(c, b, a), _date(c, a, b)
    if day_first and month_first and day_first != month_first:
        return (day_first, month_first), "unclear"
    if day_first:
        return (day_first,), "text" if day_first == month_first else "dmy"
    if month_first:
        return (month_first,), "mdy"
    year_first = _date(a, b, c) if len(a) == 2 and len(c) == 2 else None
    return ((year_first,), "ymd") if year_first else ((), "")


def _date(year: str, month: str | int, day: str) -> dt.date | None:
    number = int(year) + (2000 if len(year) <= 2 else 0)
    if not EARLIEST <= number <= LATEST:
        return None
    try:
        return dt.date(number, int(month), int(day))
    except ValueError:
        return None


def _date_of(one: WrittenDate, *, month_first: bool) -> dt.date:
    return one.meanings[-1] if month_first else one.meanings[0]


def _around(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " + text[match.end() :]


def _without_dates(text: str) -> str:
    return _FIGURES.sub(" ", text)


def _evidence(
    value: dt.date,
    places: Sequence[WrittenDate],
    lines: Sequence[Line],
    *,
    settled: bool,
    share: float,
) -> dict[str, float]:
    texts = [one.rest for one in places]
    evidence = {
        "named": any(_NAMED.search(text) for text in texts),
        "with a time": any(_TIME.search(text) for text in texts),
        "another day": all(_OTHER_DAY.search(text) for text in texts),
        "in the upper half": places[0].line < len(lines) / 2,
        "share of all dates": share,
        "month by name": places[0].order == "text",
        "run together": places[0].order == "run together",
        "order unclear": not settled and all(one.order == "unclear" for one in places),
        "doubtful letters": 1 - max(lines[one.line].confidence for one in places),
        "long ago": value.year < 2005,
    }
    return {name: float(by) for name, by in evidence.items() if by}
