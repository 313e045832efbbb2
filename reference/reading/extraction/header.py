"""Classifies the lines at the head of a receipt: name, address, phone number and so on."""

import re
from collections.abc import Callable
from functools import lru_cache

from reading.extraction import amounts, dates
from reading.extraction.lines import Line

MAX_HEAD_LINES = 14
"""No head of a receipt has more lines."""

_PHONE = re.compile(
    r"\b(?:tel(?:ephone|efon)?|fax|phone|hotline|h/?p|mobile|ph|whats\s?apps?|handy)\b"
    r"[\s.:#/a-z]*(?=[+(\d]|$)|\btel\b|\bfax\b"
    r"|^\W*\+?\(?\d[\d\s()./-]{6,}\d\W*$",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"\b(?:gst|vat|sst|tax|ust|tin|abn|ein)\W{0,3}(?:id|reg|no|nr|number|idnr)|\bust-?id"
    r"|\b(?:co|company|br|bus|business|roc)\W{1,3}(?:reg(?:istration)?|no|rn)\b|\breg(?:istration|\W*no)\b"
    r"|\bsteuer-?n|\bgst\s*:|\bgst\b.*\d{6}"
    r"|\b(?:siret|siren|rcs|tva|p(?:artita)?\W{0,2}iva|[cn]\.?i\.?f|nipc?|kvk|cvr|org\W{0,2}nr|uen|gstin|che)\b"
    r"(?=.*\d{3})",
    re.IGNORECASE,
)
_ONLY_NUMBER = re.compile(
    r"^\W*(?:no|reg|co)?[\W.]*[A-Z]{0,3}\d[\dA-Z]{3,}(?:\s?-\s?[A-Z0-9]{1,2})?\W*$", re.IGNORECASE
)
_ONLY_POSTCODE = re.compile(r"^\d{5}[.,]?$")
WEB = re.compile(r"www\.|https?:|@\w|\.com\b|e-?mail|website", re.IGNORECASE)
_TITLE = re.compile(
    r"\b(?:(?:tax)?invo[il]ce|receipts?|bills?|rechnung|quittung|beleg|bon|welcome|willkommen|order|table|"
    r"tisch|cashier|kasse|kassierer|counter|terminal|guest|check|chk|doc|slip|trn|trans|pos|pax|"
    r"customer|member|server|served|operator|salesperson|description|items?|qty|date|datum|time|"
    r"cash|thanks?|danke|copy|kunde|deliver\w*|hours?|hrs|öffnungszeiten|owned)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"^\W*(?:formerly|previously|vormals|anciennement|t/a|trading as|dba|c/o|(?:a )?member of"
    r"|licen[sc]ee|licensed|powered by|incorporated in|reg(?:istere)?d\.? office|head office:"
    r"|(?:bill|sold|ship|invoiced?) to|to:)|\bau capital de\b"
    r"|\bthank(?:s| you)\b|\bcome again\b|\bvielen dank\b|\bmerci\b",
    re.IGNORECASE,
)
"""What a company is called besides, where it is registered, to whom it sold, that it thanks."""
SHOP_LABEL = (
    r"(?:shop|store|merchant|supplier|seller|vendor|retailer|company|business|from|firma|händler"
    r"|verkäufer|vendeur|commerçant|comercio|esercente)(?: name)?\s?:"
)
_OTHER_LABEL = re.compile(rf"^\W*(?!{SHOP_LABEL})[^\W\d_][\w .-]{{1,20}}:\s*\S", re.IGNORECASE)
_SHOP_OR_PERSON = re.compile(
    r"^\W*(?:store\s?(?:#|no\b|nr\b|id\b|\d)|filiale|site\s?[:#]|branch\b(?!.*\d)|inh(?:aber(?:in)?)?\b"
    r"|famil(?:ie|y)\b|president|manager)",
    re.IGNORECASE,
)
COMPANY = re.compile(
    r"\b(?:sdn|bhd|s/b|gmbh|ag|kg|ohg|e\.?k|ltd|limited|inc|llc|corp|plc|pte|pty|co\.?$|s\.?a\.?r?\.?l|"
    r"s\.?p\.?a|s\.?r\.?l|b\.?v|enterprise|trading|restaurant|restoran|cafe|café|store|shop|mart|"
    r"market|markt|stationery|hardware|pharmacy|apotheke|bakery|bäckerei|hotel|books?|"
    r"supermarket|drogerie|tankstelle|bistro|kedai|pasaraya|perniagaan)\b",
    re.IGNORECASE,
)
_ABROAD = (
    r"s\.?r\.?[lo]\b|s\.?p\.?a\b|s\.?a\.?s\b|s\.?[al]\b|b\.?v\b|n\.?v\b|a[bs]\b|a/s|aps|oyj?|kft|zrt"
    r"|sp\.? z [o0]\.?[o0]|ltda|lda|a\.s\b|s\.?a\.? de c\.?v"
)
"""Legal forms that are words, or parts of words, elsewhere: they count at the end of a line."""
LEGAL = re.compile(
    r"\b(?:sdn\.?\s*bhd|bhd|berhad|s/b|gmbh|ag|kg|ohg|e\. ?k|ltd|limited|inc|llc|plc|pte|pty|pvt"
    r"|sarl|selarl|eurl)\b\.?"
    rf"|(?<=[\w.)] )(?:{_ABROAD})\.?$",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?<![^\W\d_])(?:no[.,]?\s?\d+\w*|lot|jalan|jln|taman|tmn|street|st\.|road|rd|avenue|ave|"
    r"lane|drive|blvd|square|highway|persiaran|lorong|kampung|bandar|seksyen|section|level|block|blok|floor|suite|unit|"
    r"plaza|mall|km|batu|kawasan|pusat|ground|building|bangunan|platz|allee|weg|gasse|ring|ufer|"
    r"via|rue|boulevard|calle|avenida|paseo|viale|piazza|rua|avda|plein|ulica|ul)"
    r"\b|\w*(?:stra(?:ss|[ßBf8])e|str|straat)\b|\w+(?:weg|platz|gasse|allee|laan|gracht)\b"
    r"|^\W*\d+[A-Z]?(?:\s?[-&/]\s?\d+[A-Z]?)*\s?,",
    re.IGNORECASE,
)
POSTCODE = re.compile(
    r"(?<![\d-])\d{5}(?![\d-])|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2} \d{5}\b"
    r"|\b[A-Z]\d[A-Z] \d[A-Z]\d\b|(?i:singapore|s\()\W*\d{6}\b|^\d{4} [A-Z]{2}\b|^\d\d-\d{3} [A-Z]"
    r"|^\d{3} \d\d [A-Z]|^(?:[A-Z]{1,2}-)?\d{4} [A-Z][a-zäöüéè]+"
    r"|\b(?:NSW|VIC|QLD|WA|SA|TAS|ACT) \d{4}$"
    r"|, [A-Z][a-z]+\W+\d{6}$"
)
"""Five figures, as in Malaysia, Germany and the US; or as in Britain, Canada, Singapore, the
Netherlands, Poland, Sweden, Austria, Switzerland, Australia and India."""
_UNIT = re.compile(
    r"\b[A-Z]{1,3} ?\d{1,2}[A-Z]?/\d{1,2}[A-Z]?\b"
    r"|^\W*(?:[A-Z]{1,2}-){1,2}[A-Z]?\d{1,3}[A-Z]?\b"
)
"""The code of a unit in a building, or of a street: "A-G-03", "PJU 1A/4B"."""
_PLACE = re.compile(
    r"\b(?:tingkat|aras|dataran|kompleks|complex|wisma|menara|medan|lrg|precinct|presint|lebuh(?:raya)?"
    r"|(?:walk|wharf|court|way|close|terrace|crescent|quay|parade|arcade|cent(?:er|re))(?=[,.]?$))\b",
    re.IGNORECASE,
)
"""Words of buildings and streets that are in names as well."""
_MISREAD_SIGNS = [
    (re.compile(r"(?<=[\w.])¥|¥(?=\w)"), "Y"),
    (re.compile(r"[$§](?=[A-Z]|\d{2})"), "S"),
    (re.compile(r"\{"), "("),
    (re.compile(r"\}"), ")"),
    (re.compile(r"(?<=[A-Z]{2})1(?=[A-Z])|(?<![A-Z\d])1(?=[A-Z]{3})"), "I"),
    (re.compile(r"(?<=[A-Z]{2})0(?=[A-Z])"), "O"),
    (re.compile(r"(?<=[a-z])[I1](?=[a-z1I])|(?<=[a-z])[I1](?=\b)|(?<=\b[A-Z])I(?=[a-z])"), "l"),
    (re.compile(r"(?<=\d)O(?=[\dO]|\b)"), "0"),
    (re.compile(r"(?<=\b[A-Z])0(?=[A-Z]{3})"), "O"),
    (re.compile(r"(?<=\b[A-Z])1(?=[A-Z]{4})"), "I"),
    (re.compile(r"(?<=\bN)0(?=[.:]?\s?\d)"), "O"),
    (re.compile(r"(?<=\s\d)l\b"), "1"),
    (re.compile(r"(?<=\b[Ss]tra)[Bf8](?=e\b)|(?<=\w[Ss]tra)[Bf8](?=e\b)"), "\u00df"),
    (re.compile(r"(?<=\(K)[I1l|](?=\))"), "L"),
    (re.compile(r"(?<=\b[A-Z]\.)1(?=\.[A-Z])"), "I"),  # initials
    (re.compile(r"\bS(?=\d{4}\b\W+[A-Za-z])"), "5"),  # a postcode before its town
    (re.compile(r"(?<=\b[A-Z])S(?=/[A-Z\d])"), "5"),  # the code of a street
    (re.compile(r"(?<=\b[A-Z])I(?=\d{1,2}/)"), "1"),
    (re.compile(r"(?<=\bSEKSYEN [A-Z])S\b|(?<=\bSECTION [A-Z])S\b", re.IGNORECASE), "5"),
]
"""Characters misread within names and addresses, and the right ones."""


@lru_cache(maxsize=64)
def correct_signs(text: str) -> str:
    """Correct characters that engines read in place of letters, and letters in place of digits."""
    for misread, right in _MISREAD_SIGNS:
        text = misread.sub(right, text)
    return text


def line_kind(line: Line) -> str:
    """The kind of a line: the first of `_KINDS` that it looks like, else "name"."""
    return kind_of(line.text)


@lru_cache(maxsize=256)
def kind_of(text: str) -> str:
    """The kind of a line with this text."""
    return next((name for name, looks_like in _KINDS if looks_like(text)), "name")


def _has_legal_form(text: str) -> bool:
    """Whether a name stands before "GmbH" or "Ltd"; then the line names a company."""
    legal = LEGAL.search(text)
    return legal is not None and sum(map(str.isalpha, text[: legal.start()])) > 3


def _is_place(text: str) -> bool:
    return _PLACE.search(text) is not None and COMPANY.search(text) is None


def _is_mostly_signs(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters < 3 or letters < len(text) / 3


_KINDS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("web", WEB.search),
    ("aside", _ASIDE.search),
    ("name", _has_legal_form),
    ("title", _SHOP_OR_PERSON.search),
    ("registration", _REGISTRATION.search),
    ("address", _ONLY_POSTCODE.match),
    ("registration", _ONLY_NUMBER.match),
    ("phone", _PHONE.search),
    ("date", dates.has_date),
    ("amount", amounts.find_amounts),
    ("title", _TITLE.search),
    ("address", _STREET.search),
    ("address", POSTCODE.search),
    ("address", _UNIT.search),
    ("address", _is_place),
    ("title", _OTHER_LABEL.match),
    ("other", _is_mostly_signs),
)
"""Kinds of lines and how to recognize them, the surest first."""


def alike(one: Line, two: Line) -> bool:
    """Whether two lines stand close together and in type of the same size."""
    return abs(one.height - two.height) < 0.2 * max(one.height, two.height) and gap(one, two) < 0.5


def gap(above: Line, below: Line) -> float:
    """The space between two lines, from 0 to 2 heights of the upper one."""
    return max(0.0, min(2.0, (below.top - above.bottom) / above.height))
