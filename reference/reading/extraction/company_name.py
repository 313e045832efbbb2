"""A merchant's name without what stands around it: labels, numbers, branches, who owns the shop.

Where the paper names the company that runs a shop, the company is the merchant: it sold. Of a shop
with a person behind it the shop's own name is the merchant.
"""

import re
from functools import partial

from reading.extraction.header import COMPANY, LEGAL, SHOP_LABEL
from reading.extraction.spelling import COMMON

_LEGAL_FORMS = [
    (
        re.compile(
            r"\b[S5][DOBEU0]?[NHM][\s.]{0,2}(?:[B8S][HNILU]{1,2}[DOEAU0]|BH|Bod)\b", re.IGNORECASE
        ),
        "SDN BHD",
    ),
    (re.compile(r"(?<=\s)[S5$][/7][B8D3](?=[\s(\[]|\d{5}|$)"), "S/B "),
    (re.compile(r"\bG[mn]b[HN]\b"), "GmbH"),
    (re.compile(r"\b[PF]TE[\s.]{1,2}L[TI][DO]\b"), "PTE LTD"),
]
"""Legal forms as engines misread them, and the right ones. There are so few that the nearest one is
meant."""
_TRAILING_NUMBER = re.compile(
    r"[\s\[({]*(?:(?:co|reg|br|roc)[\s.:]*)?(?:no)?[\s.:]*"
    r"(?:(?:(?<![A-Z])[A-Z]{1,2}|(?<![\dA-Z])|(?<=BHD))\d{5,}[\dA-Z ]*)"
    r"(?:\s?[-·.~]\s?\w{1,2})?\s*[\])}]*(?:\s*\(\w{1,5}\))?\W*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"^\W*(?:{SHOP_LABEL}|\(?(?:hq|head office)\b[):]*|[^\W\d_]+\s?:\s?\d+\s)\s*(?=\w)",
    re.IGNORECASE,
)
_ANY_LABEL = re.compile(r"^\W*[^\W\d_][^\W\d_ ]*(?: [^\W\d_]+){0,2}\s?:\s*(?=\w)")
"""Before a company, whatever it says: "Parking operator: Metro Ltd"."""

_OWNER = re.compile(
    r"(?:\b(?:(?:owned|operated|managed|run) by|dimi ?liki(?: ?oleh)?|franchisee|(?:a )?division of"
    r"|(?:a )?unit of|betreiber(?:in)?|betrieben von|inh(?:aber(?:in)?)?|exploit[ée]e? par"
    r"|gestito da|operado por)\b|^\W*by\b)[\s.:]*(?=\w)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\W*\b(?:t/a|trading as|d/?b/?a|formerly|previously|vormals|anciennement)\b.*$", re.IGNORECASE
)
"""What a company is called besides, or was called before."""

_BRANCH = re.compile(r"\s?[-,\u2013]\s.*$|,.*$")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def clean_name(text: str) -> str:
    """Remove the label before a name, the number or branch behind it, and the ornaments around it.

    In "Corner Café, owned by: Corner Ltd" the owner is the merchant.
    """
    text = _of_owner_and_shop(_LABEL.sub("", text))
    label = _ANY_LABEL.match(text)
    if label and _is_company(text[label.end() :]):
        text = text[label.end() :]
    for misread, form in _LEGAL_FORMS:
        text = misread.sub(partial(_correct_legal_form, form), text)
    text = _TRAILING_NUMBER.sub("", text)
    legal = list(LEGAL.finditer(text))
    if legal and _is_debris(text[legal[-1].end() :]):
        text = text[: legal[-1].end()]
    return text.strip(" -*=~_.,:;|'\"«»<>\u2018\u2019\u201c\u201d").removeprefix("(")


def own_words(name: str) -> list[str]:
    """The words, in capitals, that other merchants don't share."""
    words = (word.upper() for word in _LETTERS.findall(LEGAL.sub(" ", name)))
    return [word for word in words if word not in COMMON and not COMPANY.fullmatch(word)]


def _of_owner_and_shop(text: str) -> str:
    owner = _OWNER.search(text)
    if owner and (_is_company(text[owner.end() :]) or not _LETTERS.search(text[: owner.start()])):
        text = text[owner.end() :]
    elif owner:
        text = text[: owner.start()]
    aside = _ASIDE.search(text)
    return text[: aside.start()] if aside and _LETTERS.search(text[: aside.start()]) else text


def _is_company(text: str) -> bool:
    return LEGAL.search(text) is not None or COMPANY.search(text) is not None


def _correct_legal_form(form: str, found: re.Match[str]) -> str:
    """Correct a misread legal form; leave it as printed if only its case or its points differ."""
    letters = "".join(filter(str.isalnum, found[0]))
    return found[0] if letters.upper() == form.replace(" ", "").replace("/", "").upper() else form


def _is_debris(behind: str) -> bool:
    """Whether the text behind a legal form is a number, a branch or a scrap: not the name's."""
    letters = sum(map(str.isalpha, behind))
    return (
        any(map(str.isdigit, behind))
        or (0 < letters <= 5 and "(" not in behind)
        or _BRANCH.match(behind) is not None
    )
