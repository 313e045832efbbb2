"""Finds amounts of money in a line of text, in the notations of many countries."""

import re
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from reading.extraction import lexicon
from reading.extraction.currencies import CURRENCIES, WORDS_TOO, places

_SAME = str.maketrans(
    "\u00a0\u2009\u202f\ufffd\u2010\u2011\u2012\u2013\u2014\u2212~\u00ac`\u2018\u2019",
    "    --------'''",
)
"""Spaces, dashes and apostrophes of all kinds, and what engines take them for. U+FFFD stands for
what couldn't be printed."""
_GROUPS = r"(?:\d{1,3}(?:\s?[.,']\s?\d{3})+|\d{1,3}(?: \d{3})+|\d{1,2}(?:,\s?\d{2})+,\s?\d{3})"
"""Thousands, or lakh and crore, with their separators."""
_NUMBER = re.compile(
    rf"(?P<cents>{_GROUPS}\s?[.,]\s?\d{{2}}(?!\d)|\d*[.,]\s?\d{{2}}(?!\d)|\d+\s[.,]\d{{2}}(?!\d))"
    rf"|(?P<mils>(?:{_GROUPS}|\d+)[.,]\d{{3}}(?![\d.,]))"
    rf"|(?P<dash>(?:{_GROUPS}|\d+)(?:[.,]--?|/-)(?!\w))"
    rf"|(?P<whole>(?:{_GROUPS}|\d+)(?![\d]|[.,]\d))"
)
_MARK = "|".join(sorted((re.escape(mark) for mark in CURRENCIES), key=len, reverse=True))
_MARK += r"|\$|KR"
_BEFORE = re.compile(
    r"(?<![\w.,/@%-])(?<!\d:)(?P<one>[-(]\s?)?"
    rf"(?:(?P<mark>{_MARK})[\s:]?|(?P<rand>R\s?)|[\s:])?(?P<two>[-(]\s?)?$",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w.,:/@%-])(?P<one>\s?)(?P<mark>)(?P<rand>)(?P<two>)$")
_NOT_ON = r"(?![\w.,:/]*\d)(?!\s?%)"
_LAST_SIGN = r"(?P<two>-(?!\d)|\)|\s?CR\b|\s-$)?"
_AFTER = re.compile(
    rf"(?P<one>-(?!\d)|\))?(?:\s?(?P<mark>{_MARK})(?!\w))?{_LAST_SIGN}{_NOT_ON}", re.IGNORECASE
)
_AFTER_MARKED = re.compile(rf"(?P<one>){_LAST_SIGN}{_NOT_ON}", re.IGNORECASE)
_LONGEST_BEFORE = 10
"""The most characters of a sign, its spaces and the minuses around it."""
_FIGURES_BEFORE = re.compile(r"(?:(?<![\d.,/:%-])\d+|(?<!\S)[lI|])[ .,']{1,2}$")
_FIRST_GROUP = re.compile(r"\d+(?:\s?[.,']?\s|\s[.,'])(?=[1-9]\d\d(?!\d))")
_LOOSE = re.compile(r"-\s")
_LEAST = re.compile(r"\d+|.")
_PART_OF_A_CODE = re.compile(r"-\w")
_DIGIT = re.compile(r"\d")
_ENDS_IN_THREE = re.compile(r"[.,]\d{3}$")
_CONFUSED = str.maketrans("OoQDlI|!SsBZ", "000011115582")
"""Letters that engines read in place of digits."""
_LOST_POINT = re.compile(r"(?<=[A-Za-z:])(\D*?(?<![\w,./-])\d{1,4})[ -](\d{2})\s*$")
"""An amount whose faint decimal point the engine missed, if it is the only number on its line."""
_LOOKS_NUMERIC = re.compile(r"(?<!\S)(?=\S*\d)[\dOoQDlI|!SsBZ.,]*[.,][\dOoQDlI|!SsBZ]{2}(?!\S)")
SUMS = {"total", "payable", "sub", "tax", "paid", "change"}
"""The roles of lines that hold a sum, by which signs that are words too are told from words."""


MAX_DIGITS = 10
"""The most digits of an amount, cents included: 99 million of any currency. A longer number is
something else, and would not fit into the database's column."""


class Amount(Struct, frozen=True, kw_only=True):
    """One amount in the text of a line, from character `start` to `end`.

    It is `mended` if letters or a lost decimal point had to be corrected to read it, `marked` if a
    currency's sign stands right before it, `loose` if its minus stands a space before it and may be
    a dash, and `crowded` if other figures do: they may belong to
    it. In "2 120.50" the 2 may be thousands or a quantity: the amount is 2120.50, and `apart` is
    what it is without the 2.
    """

    value: Decimal
    start: int
    end: int
    currency: str | None = None
    mended: bool = False
    marked: bool = False
    loose: bool = False
    crowded: bool = False
    apart: "Amount | None" = None


@lru_cache(maxsize=2048)
def find_amounts(text: str, paper: frozenset[str] = frozenset()) -> tuple[Amount, ...]:
    """Find the amounts in a line's text, from left to right.

    "1,234.56", "1.234,56", "1 234,56", "1'234.56", "1,23,600.00", "RM12.50", "12,50 \u20ac", "25,-"
    "(5.00)", "5.00-", "5.00 CR" and ".20" are amounts; percentages, dates, times and longer numbers
    are not. Without decimals, or with three, a number is an amount if its own sign, or a currency
    of the `paper` (ISO 4217), has such. Letters that an engine read in place of digits are
    corrected first: "l2.5O" is 12.50.
    """
    written = text.translate(_SAME)
    text = _LOOKS_NUMERIC.sub(lambda match: match[0].translate(_CONFUSED), written)
    if 0 not in places(paper):
        text = _LOST_POINT.sub(r"\1.\2", text)
    found, at = [], 0
    while number := _NUMBER.search(text, at):
        one = _amount(text, number, paper)
        if one is None:
            at = _LEAST.match(text, number.start()).end()  # type: ignore[union-attr]
        else:
            at = one.end
            span = slice(one.start, one.end)
            found.append(replace(one, mended=text[span] != written[span]))
    return tuple(found)


def _amount(text: str, number: re.Match[str], paper: frozenset[str]) -> Amount | None:
    start, end = number.span()
    before = _BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
    if before is None:
        return None
    marked = before["mark"] is not None and _is_sign(before["mark"], text, paper)
    if before["mark"] and not marked:
        before = _BARE.search(text, start - 1, start)
    after = (_AFTER_MARKED if marked else _AFTER).match(text, end)
    if before is None or after is None:
        return None
    behind = None if marked else after["mark"]
    if behind and not _is_sign(behind, text, paper):
        behind, after = None, _AFTER_MARKED.match(text, end)
    if after is None:
        return None
    mark = (before["mark"] or behind or "").upper()
    currency = CURRENCIES.get(mark)
    if currency == "JPY" and number["cents"]:
        currency = "CNY"  # its sign is the yen's, which has no cents
    decimals = _decimals(text, number, currency, paper)
    value = None if decimals is None else _value(number[0], decimals)
    if value is None or decimals is None:
        return None
    signs = {(it or "").strip().upper() for it in (before["one"], before["two"])}
    signs_behind = {(after[name] or "").strip().upper() for name in ("one", "two")}
    minus = "-" in signs | signs_behind or "CR" in signs_behind
    opened, closed = "(" in signs, ")" in signs_behind
    minus |= opened and (closed or ")" not in text[end:])
    minus |= closed and (opened or "(" not in text[:start])
    marked = marked or bool(before["rand"])
    crowded = (
        not marked
        and not signs - {""}
        and _FIGURES_BEFORE.search(text, 0, before.start()) is not None
    )
    one = Amount(
        value=-value if minus else value,
        start=before.start(),
        end=after.end(),
        currency=currency,
        marked=marked,
        loose=minus and not signs_behind - {""} and _LOOSE.search(before[0]) is not None,
        crowded=crowded,
    )
    first = _FIRST_GROUP.match(number[0])
    if first is None or signs - {""}:
        return one
    apart = _value(number[0][first.end() :], decimals) or Decimal()
    return replace(
        one,
        apart=replace(
            one,
            value=-apart if minus else apart,
            start=start + first.end(),
            marked=False,
            crowded=True,
        ),
    )


def _is_sign(mark: str, text: str, paper: frozenset[str]) -> bool:
    mark = mark.upper()
    if mark not in WORDS_TOO or CURRENCIES[mark] in paper:
        return True
    return bool(lexicon.roles(text) & SUMS)


def _decimals(
    text: str, number: re.Match[str], currency: str | None, paper: frozenset[str]
) -> int | None:
    """How many of the number's digits are decimals; None if it is no amount of money."""
    if number["cents"]:
        return 2
    if number["dash"]:
        return 0
    roles = lexicon.roles(text)
    named = bool(roles & SUMS)
    if _PART_OF_A_CODE.match(text, number.end()) or (currency and not named | (currency in paper)):
        return None  # one sign off the sums may be misread
    possible = places([currency] if currency else paper)
    if _ENDS_IN_THREE.search(number[0]):
        return 0 if possible & {0, 3} == {0} else 3 if possible & {0, 3} == {3} else None
    last = "quantity" not in roles and not _DIGIT.search(text, number.end())
    is_money = currency or not number[0].isdigit() or (named and last)
    return 0 if 0 in possible and is_money else None


def _value(number: str, decimals: int) -> Decimal | None:
    digits = re.sub(r"\D", "", number)
    return Decimal(digits).scaleb(-decimals) if len(digits) <= MAX_DIGITS else None
