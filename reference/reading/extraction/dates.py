"""Finds the date and the time of the purchase: every date on the paper, and what speaks for it."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from reading.context import NO_CONTEXT, ReadingContext
from reading.extraction import date_order
from reading.extraction.date_order import USUAL_YEARS, is_to_come
from reading.extraction.evidence import Candidate, Choice, weigh
from reading.extraction.lines import Line
from reading.extraction.notations import Written, find_dates, mended

LONG_AGO_YEARS = 10
"""No tax office asks for older receipts: an older date is likelier misread. Calendar years."""

KEPT_OF_LONG_AGO = 0.45
"""The share of its probability that such a date keeps: always below `review.SURE`."""

_TIME = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?\s?([AP]M)?(?!\d)", re.IGNORECASE
)
_NAMED = re.compile(r"\bdate|\bdatum|\bdt\b|\btarikh|\bfecha|\bdata\b", re.IGNORECASE)
_NAMES = re.compile(r"[^\W\d_]{3,}")
_OTHER_DAY = re.compile(
    r"expir|valid|due|until|before|member|birth|since|return|exchange|gültig|\bbis\b|printed"
    r"|fällig|éch[ée]ance|vencim|caduc|scaden|geldig|verval|ważn|termin\b|förfall|forfald|forfall"
    r"|arriv|depart|check-?\s?(?:in|out)\b|anreise|abreise|séjour|next|\bMHD\b|best by|flight",
    re.IGNORECASE,
)


class WrittenDate(Struct, frozen=True):
    """A date as it is written: the number of its line, the rest of the line around it.

    `confidence` is the engine's lowest in the words of the date.
    """

    line: int
    written: Written
    rest: str
    confidence: float

    @property
    def meanings(self) -> tuple[dt.date, ...]:
        """Its possible meanings, the day-first one before others."""
        return tuple(one.day for one in self.written.readings)


def choose(
    lines: Sequence[Line], weights: Mapping[str, float], context: ReadingContext = NO_CONTEXT
) -> list[Choice]:
    """Give each date on the paper its probability; the most probable comes first.

    Days to come take part, because one may be the date, misread; but they are never chosen. A day
    of long ago is never sure.
    """
    choices = [
        Choice(one.candidate, one.probability * KEPT_OF_LONG_AGO)
        if "long ago" in one.candidate.evidence
        else one
        for one in weigh(candidates(lines, context), weights)
        if "to come" not in one.candidate.evidence
    ]
    return sorted(choices, key=lambda one: -one.probability)


def candidates(lines: Sequence[Line], context: ReadingContext = NO_CONTEXT) -> list[Candidate]:
    """Every date on the paper is a candidate, in every meaning that nothing excludes.

    Two meanings of the same figures share their probability, so that neither is sure.
    """
    found = list(written_dates(lines))
    settled = date_order.settle([one.written for one in found], lines, context)
    places: dict[dt.date, list[WrittenDate]] = {}
    unclear = set[dt.date]()
    for one, readings in zip(found, settled, strict=True):
        days = [reading.day for reading in readings] or [one.meanings[0]]
        unclear |= set(days) if len(days) > 1 else set()
        for day in days:
            places.setdefault(day, []).append(one)
    return [
        Candidate(
            value=day,
            evidence=_evidence(day, some, lines, context.read_on)
            | ({"order unclear": 1.0} if day in unclear else {})
            | {"share of all dates": len(some) / len(found)},
            lines=tuple(one.line for one in some),
        )
        for day, some in places.items()
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
    return bool(find_dates(text))


def written_dates(lines: Sequence[Line]) -> Iterator[WrittenDate]:
    """Find every date on the paper, in figures or with the name of the month."""
    for number, line in enumerate(lines):
        text = mended(line.text)
        found = find_dates(line.text)
        starts = [0, *(one.end for one in found)]
        ends = [*(one.start for one in found[1:]), len(text)]
        for one, start, end in zip(found, starts, ends, strict=False):
            behind = text[one.end : end]
            if end < len(text):
                behind = _NAMES.sub("", behind)  # they name the next date
            rest = text[start : one.start] + " " + behind
            yield WrittenDate(number, one, rest, _confidence(line, one))


def _confidence(line: Line, one: Written) -> float:
    """The engine's lowest confidence in the words of a date."""
    end, found = 0, [line.confidence]
    for word in line.words:
        start, end = end, end + len(word.text) + 1
        if start < one.end and one.start < end - 1:
            found.append(word.confidence)
    return min(found[1:] or found)


def _without_dates(text: str) -> str:
    text = mended(text)
    for one in reversed(find_dates(text)):
        text = text[: one.start] + " " + text[one.end :]
    return text


def _evidence(
    day: dt.date, places: Sequence[WrittenDate], lines: Sequence[Line], read_on: dt.date | None
) -> dict[str, float]:
    texts = [one.rest for one in places]
    years = read_on.year - day.year if read_on else 0
    evidence = {
        "named": any(_NAMED.search(text) and not _OTHER_DAY.search(text) for text in texts),
        "with a time": any(_TIME.search(text) for text in texts),
        "another day": all(_OTHER_DAY.search(text) for text in texts),
        "in the upper half": places[0].line < len(lines) / 2,
        "month by name": any(one.written.by_name for one in places),
        "run together": all(one.written.run_together for one in places),
        "doubtful letters": 1 - max(one.confidence for one in places),
        "decades ago": max(min(years, LONG_AGO_YEARS) - USUAL_YEARS, 0) / 10,
        "long ago": years > LONG_AGO_YEARS,
        "to come": is_to_come(day, read_on),
    }
    return {name: float(by) for name, by in evidence.items() if by}
