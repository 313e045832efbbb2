"""Finds a number by which the merchant is known, whatever its name: of a tax, a register, a phone.

Many have a check digit, so that one misread figure shows. Of the others only the engine's
confidence tells.
"""

import re
from collections.abc import Iterator, Sequence

from stdnum import get_cc_module

from reading.agreement import MIN_FIGURES
from reading.extraction.lines import Line

CHECKED = 0.99
"""The confidence in a number whose check digit is right. One misread figure shows in all but one of
fifty, two do in nine of ten."""

UNCHECKED = 0.97
"""The most confidence in a number without one. Of those that an engine was sure of (0.9 and more),
so many stood on the paper: 307 of 315, by two engines on 164 scans and photos."""

_NUMBER = (
    r"(?:\b[A-Z]{1,3}[\s:.-]*)?\d[\d\s./-]*\d(?:[A-Z]\d{0,3})?(?![A-Z\d])|"
    r"\b\d\d[A-Z]{5}\d{4}[A-Z]\d[A-Z][A-Z\d]\b"  # India's
)
_PREFIXED = re.compile(
    r"\b(?:AT\s?U|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
    r"\s?[\dA-Z][\d .]{6,13}\d(?:[A-Z]\d\d)?\b"
)
_LABELS = [
    (re.compile(rf"(?i:\b(?:{label})\b)[^\d\n]{{0,20}}?({_NUMBER})"), kinds)
    for label, *kinds in (
        (r"vat|v\.a\.t", "gb.vat", "za.tin"),
        (r"a\.?b\.?n", "au.abn"),
        (r"nip", "pl.nip"),
        (r"p(?:art(?:ita)?)?\W{0,2}iva", "it.iva"),
        (r"siret", "fr.siret"),
        (r"siren|r\.?c\.?s", "fr.siren"),
        (r"[nc]\.?i\.?f|nipc|contribuinte", "es.nif", "pt.nif"),
        (r"gst(?:in)?|uen|co|reg", "sg.uen", "in.gstin", "nz.ird", "ca.bn"),
        (r"uid|mwst|che", "ch.uid", "at.uid"),
        (r"org\W{0,2}nr", "se.orgnr", "no.orgnr"),
        (r"cvr", "dk.cvr"),
        (r"cnpj", "br.cnpj"),
        (r"btw", "nl.btw", "be.vat"),
    )
]
_UNCHECKED = re.compile(
    r"\b(?:tel(?:e(?:phone|fon))?|phone|fon|ph|mobile|h/?p|hotline|steuer\W{0,2}(?:nr|nummer)|"
    r"(?:gst|sst|tax|ust|vat|roc|ssm|reg|co|br|company|business)\W{0,2}(?:reg\w*\W{0,2})?"
    r"(?:id\W{0,2})?(?:no|nr|number|idnr)?)\b\W{0,4}(?=[+(\dA-Z])"
    rf"\W{{0,2}}({_NUMBER})",
    re.IGNORECASE,
)


def best(lines: Sequence[Line]) -> tuple[str, float] | None:
    """The surest number, letters and figures alone, and its confidence from 0 to 1."""
    found = [number for line in lines for number in numbers(line)]
    return max(found, key=lambda number: number[1], default=None)


def numbers(line: Line) -> Iterator[tuple[str, float]]:
    """Every such number in a line, each with its confidence; one may come twice."""
    for found in _PREFIXED.finditer(line.text):
        if _is_valid("eu.vat", found[0]):
            yield _plain(found[0]), CHECKED
    for label, kinds in _LABELS:
        for found in label.finditer(line.text):
            bare = found[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ:. -")  # "VAT No 1234": no prefix
            for number in {found[1], bare}:
                if any(_is_valid(kind, number) for kind in kinds):
                    yield _plain(number), CHECKED
    for found in _UNCHECKED.finditer(line.text):
        if sum(map(str.isdigit, found[1])) >= MIN_FIGURES:
            yield _plain(found[1]), min(UNCHECKED, line.least_confidence)


def _is_valid(kind: str, number: str) -> bool:
    checks = get_cc_module(*kind.split("."))
    return checks is not None and checks.is_valid(number)


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number))
