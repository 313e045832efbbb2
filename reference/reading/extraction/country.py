"""Recognizes the country, which tells the currency and whether dates start with the month."""

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from reading.extraction import lexicon
from reading.extraction.amounts import SUMS, find_amounts
from reading.extraction.currencies import signs_in
from reading.extraction.evidence import Candidate
from reading.extraction.lines import Line

DOLLAR = "$"


class Country(Struct, frozen=True):
    """A country's currency, the `marks` by which its receipts are known, and its order of dates."""

    currency: str
    marks: re.Pattern[str]
    month_first: bool = False


_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
).replace(" ", "|")

COUNTRIES = [
    Country(
        "MYR", re.compile(r"\bsdn\.?\s?bhd\b|\bringgit\b|malaysia|\bs/b\b|\bjalan\b", re.IGNORECASE)
    ),
    Country("SGD", re.compile(r"\bpte\.?\s?ltd\b|\bsingapore\b", re.IGNORECASE)),
    Country(
        "USD",
        re.compile(rf"\b(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?\b|(?i:sales tax)"),
        month_first=True,
    ),
    Country("CAD", re.compile(r"\b(?:hst|gst/hst|pst|qst)\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b")),
    Country("AUD", re.compile(r"\bABN\b|\bPty\b|australia", re.IGNORECASE)),
    Country("GBP", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\bVAT\b.{0,12}\bGB\b")),
    Country("CHF", re.compile(r"\bCHE-\d{3}|schweiz|suisse|svizzera", re.IGNORECASE)),
    Country("CLP", re.compile(r"\bR\.?U\.?T\.?\W{0,3}\d{1,2}\.?\d{3}\.?\d{3}-", re.IGNORECASE)),
    Country("COP", re.compile(r"\bNIT\.?\W{0,3}\d{3}|\bcolombia\b", re.IGNORECASE)),
    Country("MXN", re.compile(r"\bRFC\W{0,3}[A-Z&]{3,4}\d{6}|\bm[eé]xico\b", re.IGNORECASE)),
    Country("BRL", re.compile(r"\bCNPJ\b", re.IGNORECASE)),
    Country("INR", re.compile(r"\bGSTIN\b|\bCGST\b", re.IGNORECASE)),
    Country("ZAR", re.compile(r"\(pty\)\.? ltd|south africa", re.IGNORECASE)),
    Country(
        "EUR",
        re.compile(
            r"\bgmbh\b|\bmwst\b|\bust-?id|stra(?:ss|ß)e\b|\bs\.?a\.?r\.?l\b|\btva\b|\biva\b|\bbtw\b",
            re.IGNORECASE,
        ),
    ),
]
"""Countries (those with the euro count as one) and marks that occur in no other."""

_GERMAN = re.compile(
    r"\b(?:summe|mwst|ust|gesamt\w*|betrag|rechnung|quittung|datum|bar|gegeben|steuer\w*|netto|"
    r"brutto|zahlen|kasse|beleg|uhr|danke|gmbh|tisch|menge|preis|r\w{1,2}ckgeld|zur\w{1,2}ck|und)\b",
    re.IGNORECASE,
)


def countries(lines: Sequence[Line]) -> Counter[str]:
    """Count the marks of each country, by the country's currency."""
    text = "\n".join(line.text for line in lines)
    found = {one.currency: len(one.marks.findall(text)) for one in COUNTRIES}
    return Counter({currency: n for currency, n in found.items() if n})


def is_month_first(lines: Sequence[Line]) -> bool:
    """Whether dates in figures start with the month in the country that left the most marks."""
    marks = countries(lines)
    lead = marks.most_common(1)
    return bool(lead) and any(one.month_first and one.currency == lead[0][0] for one in COUNTRIES)


def is_german(lines: Sequence[Line]) -> bool:
    """Whether two or more words on the paper are German."""
    return sum(len(_GERMAN.findall(line.text)) for line in lines) > 1


def currency_counts(lines: Sequence[Line]) -> Counter[str]:
    """How often each currency's signs (ISO 4217) are on the paper."""
    counts: Counter[str] = Counter()
    for line in lines:
        beside = Counter(one.currency for one in find_amounts(line.columns) if one.currency)
        counts += Counter(signs_in(line.columns)) | beside
    return counts


def main_currency(lines: Sequence[Line]) -> frozenset[str]:
    """The currency in whose notation the paper's amounts are, or nothing if it doesn't say.

    It is the commonest one; a single sign that isn't beside a sum may be misread. Where "$" is the
    only sign, the marks of countries tell whose it is.
    """
    counts = currency_counts(lines)
    if not counts and any(DOLLAR in line.text for line in lines):
        return frozenset(one for one, _ in countries(lines).most_common(1))
    beside_sums = {
        one.currency
        for line in lines
        if lexicon.roles(line.text) & SUMS
        for one in find_amounts(line.columns)
    }
    main = counts.most_common(1)
    return frozenset(one for one, count in main if count > 1 or one in beside_sums)


def candidates(lines: Sequence[Line], beside: str | None = None) -> list[Candidate]:
    """Every currency whose sign is on the paper, or whose country left marks, is a candidate.

    `beside` is the one whose sign stands beside the total.
    """
    codes = currency_counts(lines)
    dollars = sum(line.text.count(DOLLAR) for line in lines)
    marks = countries(lines)
    if dollars and not codes and not marks:
        marks["USD"] = 0
    sign_count = sum(codes.values()) or 1
    return [
        Candidate(
            value=currency,
            evidence={
                "share of all signs": codes[currency] / sign_count,
                "a sign": min(codes[currency], 3) / 3,
                "beside the total": float(currency == beside),
                "marks of its country": min(marks[currency], 3) / 3,
                "a dollar sign": float(dollars > 0 and currency in {"USD", "CAD", "AUD", "SGD"}),
            },
        )
        for currency in dict.fromkeys([*codes, *marks])
    ]
