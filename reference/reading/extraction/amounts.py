"""Finds amounts of money in a line of text, in the notations of many countries."""

import re
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

CURRENCIES = {
    "RM": "MYR",
    "MYR": "MYR",
    "€": "EUR",
    "EUR": "EUR",
    "£": "GBP",
    "GBP": "GBP",
    "US$": "USD",
    "USD": "USD",
    "S$": "SGD",
    "SGD": "SGD",
    "A$": "AUD",
    "AUD": "AUD",
    "C$": "CAD",
    "CAD": "CAD",
    "NZD": "NZD",
    "HK$": "HKD",
    "HKD": "HKD",
    "CHF": "CHF",
    "SFR": "CHF",
    "FR.": "CHF",
    "PLN": "PLN",
    "ZŁ": "PLN",
    "CZK": "CZK",
    "KČ": "CZK",
    "SEK": "SEK",
    "NOK": "NOK",
    "DKK": "DKK",
    "R$": "BRL",
    "BRL": "BRL",
    "INR": "INR",
    "₹": "INR",
    "RS.": "INR",
    "¥": "JPY",
    "JPY": "JPY",
    "THB": "THB",
    "฿": "THB",
    "PHP": "PHP",
    "₱": "PHP",
    "ZAR": "ZAR",
    "AED": "AED",
}
"""ISO 4217 codes by the signs that stand beside amounts, in capitals. A bare "$" is left out on
purpose: two dozen currencies use it, and on Malaysian paper it means ringgit."""

_MARK = "|".join(sorted((re.escape(mark) for mark in CURRENCIES), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,:/@%-])(?P<minus>[-(]\s?)?(?P<before>{_MARK}|\$)?[\s:]?"
    r"(?P<number>\d{1,3}(?:[.,'\u2019]\d{3})+[.,]\s?\d{2}|\d*[.,]\s?\d{2}|\d+\s[.,]\d{2})"
    rf"(?P<after>-|\)|(?(before)(?!)|\s?(?:{_MARK})(?!\w)))?(?![\w.,:/]*\d)(?!\s?%)",
    re.IGNORECASE,
)
_CONFUSED = str.maketrans("OoQDlI|!SsBZ", "000011115582")
"""Letters that engines read in place of digits."""
_LOST_POINT = re.compile(r"(?<=[A-Za-z:])(\D*?(?<![\w,./-])\d{1,4})[ -](\d{2})\s*$")
"""An amount whose faint decimal point the engine missed, if it is the only number on its line."""
_LOOKS_NUMERIC = re.compile(r"(?<!\S)(?=\S*\d)[\dOoQDlI|!SsBZ.,]*[.,][\dOoQDlI|!SsBZ]{2}(?!\S)")


MAX_DIGITS = 10
"""The most digits of an amount, cents included: 99 million of any currency. A longer number is
something else, and would not fit into the database's column."""


class Amount(Struct, frozen=True, kw_only=True):
    """One amount in the text of a line, from character `start` to `end`.

    It is `mended` if letters or a lost decimal point had to be corrected to read it.
    """

    value: Decimal
    start: int
    end: int
    currency: str | None = None
    mended: bool = False


@lru_cache(maxsize=2048)
def find_amounts(text: str) -> tuple[Amount, ...]:
    """Find the amounts with two decimals in a line's text, from left to right.

    "1,234.56", "1.234,56", "1'234.56", "RM12.50", "12,50 €", "(5.00)", "5.00-" and ".20" are
    amounts; percentages, dates, times and longer numbers are not. Letters that an engine read in
    place of digits are corrected first: "l2.5O" is 12.50.
    """
    written = text
    text = _LOOKS_NUMERIC.sub(lambda match: match[0].translate(_CONFUSED), text)
    text = _LOST_POINT.sub(r"\1.\2", text)
    found = []
    for match in _AMOUNT.finditer(text):
        digits = re.sub(r"\D", "", match["number"])
        if len(digits) > MAX_DIGITS:
            continue
        value = Decimal(digits).scaleb(-2)
        if match["minus"] or (match["after"] or "").strip() in {"-", ")"}:
            value = -value
        marks = (match["before"] or "", (match["after"] or "").strip())
        currency = next((CURRENCIES[m.upper()] for m in marks if m.upper() in CURRENCIES), None)
        span = slice(match.start(), match.end())
        found.append(
            Amount(
                value=value,
                start=span.start,
                end=span.stop,
                currency=currency,
                mended=text[span] != written[span],
            )
        )
    return tuple(found)
