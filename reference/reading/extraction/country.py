"""Recognizes the country, which tells the currency and whether dates start with the month."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from reading.extraction import lexicon
from reading.extraction.amounts import SUMS, find_amounts
from reading.extraction.currencies import codes_in, signs_in
from reading.extraction.evidence import Candidate
from reading.extraction.lines import Line

DOLLAR = "$"
DOLLARS = frozenset({"USD", "CAD", "AUD", "SGD", "NZD", "HKD"})


class Country(Struct, frozen=True):
    """A country's currency, the `marks` by which its receipts are known, and its orders of dates.

    `orders` are those in use for dates in figures, with spaces between; see `context.DateOrder`.
    """

    currency: str
    marks: re.Pattern[str]
    orders: str = "dmy"


_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
).replace(" ", "|")
_STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho"
    "|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan"
    "|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico"
    "|New York|(?:North|South) Carolina|(?:North|South) Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming"
)
"""Without Georgia, which is a country too."""

COUNTRIES = [
    Country(
        "MYR", re.compile(r"\bsdn\.?\s?bhd\b|\bringgit\b|malaysia|\bs/b\b|\bjalan\b", re.IGNORECASE)
    ),
    Country("SGD", re.compile(r"\bpte\.?\s?ltd\b|\bsingapore\b", re.IGNORECASE)),
    Country(
        "USD",
        re.compile(
            rf"\b(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?\b|(?i:sales tax)"
            rf"|[A-Za-z]{{3}}, (?:{_STATES})$"
            rf"|(?i:\b(?:{_STATE_NAMES}),? \d{{5}}\b|[a-z]{{3}}, (?:{_STATE_NAMES})\b)",
            re.MULTILINE,
        ),
        orders="mdy",
    ),
    Country(
        "CAD",
        re.compile(r"\b(?i:hst|gst/hst|pst|qst|tps|tvq)\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b"),
        orders="dmy mdy ymd",
    ),
    Country("AUD", re.compile(r"\bABN\b|(?<!\()\bPty\b|australia", re.IGNORECASE)),
    Country("GBP", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\bVAT\b.{0,12}\bGB\b")),
    Country("CHF", re.compile(r"\bCHE-\d{3}|schweiz|suisse|svizzera", re.IGNORECASE)),
    Country("CLP", re.compile(r"\bR\.?U\.?T\.?\W{0,3}\d{1,2}\.?\d{3}\.?\d{3}-", re.IGNORECASE)),
    Country("COP", re.compile(r"\bNIT\.?\W{0,3}\d{3}|\bcolombia\b", re.IGNORECASE)),
    Country("MXN", re.compile(r"\bRFC\W{0,3}[A-Z&]{3,4}\d{6}|\bm[eé]xico\b", re.IGNORECASE)),
    Country("BRL", re.compile(r"\bCNPJ\b", re.IGNORECASE)),
    Country("INR", re.compile(r"\bGSTIN\b|\bCGST\b", re.IGNORECASE)),
    Country(
        "ZAR",
        re.compile(
            r"\(pty\)\.? ltd|south africa|\b(?:total|due|vat|cash|card|change)\W{1,3}R\s?\d",
            re.IGNORECASE,
        ),
    ),
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
    return Counter(_marks("\n".join(line.text for line in lines)))


@lru_cache(maxsize=2)
def _marks(text: str) -> dict[str, int]:
    """What `countries` counts, in a text. Several fields ask it of the same paper."""
    found = {one.currency: len(one.marks.findall(text)) for one in COUNTRIES}
    return {currency: n for currency, n in found.items() if n}


_ORDERS_BY_CURRENCY = {one.currency: one.orders for one in COUNTRIES} | {
    "SEK": "ymd dmy", "JPY": "ymd", "CNY": "ymd", "KRW": "ymd", "TWD": "ymd", "HUF": "ymd",
    "ZAR": "dmy ymd", "PHP": "dmy mdy", "THB": "thai dmy",
}  # fmt: skip
"""The orders of dates where a currency is in use; day first where nothing else is said."""

_THAI = re.compile(r"[\u0e00-\u0e7f]|\bthailand\b|\bbangkok\b", re.IGNORECASE)
_DAY_FIRST = re.compile(r"\b(?:fecha|tarikh|data da|data di|uhr|godz)\b", re.IGNORECASE)
_NORTH_AMERICAN_PHONE = re.compile(
    r"(?<!\d)(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4}(?!\d)"
)


def date_orders(lines: Sequence[Line]) -> frozenset[str]:
    """The orders in which this paper's country writes dates in figures; none where it is silent.

    The country is known by its marks and by the currency beside the amounts, or by the language.
    Where these point to several countries, all their orders are possible.
    """
    text = "\n".join(line.text for line in lines)
    if _THAI.search(text):
        return frozenset({"thai", "dmy"})
    signs = {one.value: one.evidence["share of all signs"] for one in candidates(lines)}
    hints = [
        frozenset(
            order
            for currency, count in found.items()
            if count == max(found.values())
            for order in orders_of(currency)
        )
        for found in (countries(lines), signs)
        if any(found.values())
    ]
    if not hints:
        is_day_first = is_german(lines) or _DAY_FIRST.search(text)
        return frozenset({"dmy"}) if is_day_first else frozenset()
    return frozenset.intersection(*hints) or frozenset.union(*hints)


def orders_of(currency: str) -> list[str]:
    """The orders of dates where this currency is in use, the commonest first."""
    return _ORDERS_BY_CURRENCY.get(currency, "dmy").split()


def is_north_american(lines: Sequence[Line]) -> bool:
    """Whether a telephone number is written as in North America: a weak hint."""
    return any(_NORTH_AMERICAN_PHONE.search(line.text) for line in lines)


def is_german(lines: Sequence[Line]) -> bool:
    """Whether two or more words on the paper are German."""
    return sum(len(_GERMAN.findall(line.text)) for line in lines) > 1


def currency_counts(lines: Sequence[Line]) -> Counter[str]:
    """How often each currency's signs (ISO 4217) are on the paper."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(_signs_beside(line.columns))
    return counts


@lru_cache(maxsize=512)
def _signs_beside(columns: str) -> dict[str, int]:
    beside = Counter(one.currency for one in find_amounts(columns) if one.currency)
    return Counter(signs_in(columns)) | beside | Counter(_codes_of_a_sum(columns))


def _codes_of_a_sum(columns: str) -> list[str]:
    text = columns.replace("\t", " ")
    is_sum = lexicon.roles(text) & SUMS and any(map(str.isdigit, text))
    return codes_in(text) if is_sum else []


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
    } | {code for line in lines for code in _codes_of_a_sum(line.columns)}
    main = counts.most_common(1)
    return frozenset(one for one, count in main if count > 1 or one in beside_sums)


def candidates(
    lines: Sequence[Line], beside: str | None = None, home: str | None = None
) -> list[Candidate]:
    """Every currency whose sign is on the paper, or whose country left marks, is a candidate.

    `beside` is the one whose sign stands beside the total. `home`, the client's own, is one where
    no sign stands on the paper and no mark of another country (a bare dollar sign: no other
    dollar).
    """
    codes = currency_counts(lines)
    dollars = sum(line.text.count(DOLLAR) for line in lines)
    marks = countries(lines)
    if dollars and not codes and not marks:
        marks["USD"] = 0
    is_home = not codes and (home in marks or not marks or (dollars and home in DOLLARS))
    silent = [home] if home is not None and is_home else []
    sign_count = sum(codes.values()) or 1
    return [
        Candidate(
            value=currency,
            evidence={
                "share of all signs": codes[currency] / sign_count,
                "a sign": min(codes[currency], 3) / 3,
                "beside the total": float(currency == beside),
                "marks of its country": min(marks[currency], 3) / 3,
                "a dollar sign": float(dollars > 0 and currency in DOLLARS),
                "the client's home": float(currency in silent),
            },
        )
        for currency in dict.fromkeys([*codes, *marks, *silent])
    ]
