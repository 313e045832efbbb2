"""Last step: lines to fields, each from scored candidates."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from receipts.extraction import amounts
from receipts.extraction.lines import Line
from receipts.receipt import Receipt


class Candidate(Struct, frozen=True):
    """One reading of a field with its score, higher is better."""

    value: Any
    score: float


def extract(lines: Sequence[Line]) -> Receipt:
    """Read the fields off the lines of a receipt, from top to bottom."""
    best = {
        "merchant": _best(merchants(lines)),
        "date": _best(dates(lines)),
        "total": _best(totals(lines)),
        "currency": _best(currencies(lines)),
    }
    found = {name: one for name, one in best.items() if one}
    return Receipt(
        **{name: one.value for name, one in found.items()},
        confidence={name: min(1.0, max(0.0, one.score)) for name, one in found.items()},
    )


def _best(candidates: Sequence[Candidate]) -> Candidate | None:
    return max(candidates, key=lambda candidate: candidate.score, default=None)


_NO_NAME = re.compile(
    r"receipt|invoice|tel|fax|gst|reg|date|no\b|welcome|rechnung|quittung", re.IGNORECASE
)


def merchants(lines: Sequence[Line]) -> list[Candidate]:
    """The merchant's name stands at the top, in large type, and is mostly letters."""
    top = [line for line in lines if len(line.text) > 3][:6]
    size = max((line.height for line in top), default=1)
    found = []
    for rank, line in enumerate(top):
        letters = sum(map(str.isalpha, line.text)) / len(line.text)
        score = line.confidence * letters * (0.5 + line.height / size / 2) - 0.1 * rank
        if _NO_NAME.search(line.text):
            score -= 0.5
        found.append(Candidate(line.text, score))
    return found


_DATE = re.compile(r"(?<!\d)(\d{1,4})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")


def dates(lines: Sequence[Line]) -> list[Candidate]:
    """Dates in figures, the day before the month unless the year comes first."""
    found = []
    for line in lines:
        for match in _DATE.finditer(line.text):
            first, second, third = (int(part) for part in match.groups())
            year, month, day = (
                (first, second, third) if len(match[1]) == 4 else (third, second, first)
            )
            try:
                date = dt.date(year + (2000 if year < 100 else 0), month, day)
            except ValueError:
                continue
            clear = day > 12 or len(match[1]) == 4 or day == month
            named = re.search(r"date|datum", line.text, re.IGNORECASE) is not None
            found.append(Candidate(date, line.confidence * (0.8 + 0.1 * clear + 0.1 * named)))
    return found


_TOTAL = re.compile(r"total|summe|gesamt|amount due|zu zahlen|betrag", re.IGNORECASE)
_NOT_TOTAL = re.compile(r"sub|zwischen|qty|items|tax|gst|mwst|disc|saving", re.IGNORECASE)


def totals(lines: Sequence[Line]) -> list[Candidate]:
    """Amounts beside a word for total, better if they stand on the paper more than once."""
    all_amounts = [(line, one.value) for line in lines for one in amounts.find(line.text)]
    often = Counter(value for _, value in all_amounts)
    largest = max(often, default=Decimal())
    found = []
    for line, value in all_amounts:
        score = 0.2 + 0.1 * min(often[value] - 1, 2) + 0.1 * (value == largest)
        if _TOTAL.search(line.text):
            score += 0.2 if _NOT_TOTAL.search(line.text) else 0.5
        found.append(Candidate(value, score * line.confidence))
    return found


def currencies(lines: Sequence[Line]) -> list[Candidate]:
    """The codes and signs beside the amounts."""
    codes = [one.currency for line in lines for one in amounts.find(line.text) if one.currency]
    return [Candidate(code, 0.6 + 0.3 * n / len(codes)) for code, n in Counter(codes).items()]
