"""Finds the merchant's name among the lines of the head."""

import re
from collections.abc import Sequence
from functools import partial

from reading.extraction.evidence import Candidate, Choice
from reading.extraction.header import (
    COMPANY,
    LEGAL,
    MAX_HEAD_LINES,
    alike,
    correct_signs,
    gap,
    line_kind,
)
from reading.extraction.lines import Line
from reading.extraction.spelling import correct_spelling

MAX_NAME_LINES = 3
"""No merchant's name has more lines."""

MAX_NAME_LETTERS = 100
"""No merchant's name is longer: what is longer is print that melted together."""

_LEGAL_FORMS = [
    (
        re.compile(
            r"\b[S5][DOBEU0]?[NHM][\s.]{0,2}(?:[B8S][HNIL]{1,2}[DOEAU0]|BH|Bod)\b", re.IGNORECASE
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
    r"[\s\[({]*(?:(?:co|reg|br|roc)[\s.:]*)?(?:no)?[\s.:]*(?:[A-Z]{0,2}\d{5,}[\dA-Z ]*)"
    r"(?:\s?[-·.~]\s?\w{1,2})?\s*[\])}]*(?:\s*\(\w{1,5}\))?\W*$",
    re.IGNORECASE,
)

_OWNER = re.compile(
    r"^.*\b(?:owned by|operated by|dimiliki(?: oleh)?|inhaber(?:in)?)\b[\s:]*(?=\w)", re.IGNORECASE
)


def candidates(lines: Sequence[Line]) -> list[Candidate]:
    """Every run of one to three lines of the head is a candidate."""
    head = [correct_spelling(line) for line in lines[:MAX_HEAD_LINES]]
    kinds = [line_kind(line) for line in head]
    heights = sorted(line.height for line in lines)
    median = heights[len(heights) // 2] if heights else 1
    found = []
    for first in range(len(head)):
        for count in range(1, MAX_NAME_LINES + 1):
            span = range(first, first + count)
            if span.stop > len(head) or kinds[span.stop - 1] not in {"name", "address", "title"}:
                break
            name = clean_name(" ".join(head[i].text for i in span))
            if sum(map(str.isalpha, name)) >= 3 and len(name) <= MAX_NAME_LETTERS:
                found.append(
                    Candidate(
                        value=name,
                        evidence=_name_evidence(name, span, head, kinds, median),
                        lines=tuple(span),
                    )
                )
    return found


def agreeing(choices: Sequence[Choice]) -> list[Choice]:
    """The best choice of each name, with the probability of all that are spelt alike.

    The head and the foot may both say it: then it is one name that was read twice.
    """
    alike: dict[str, list[Choice]] = {}
    for one in choices:
        letters = "".join(filter(str.isalnum, one.candidate.value.upper()))
        alike.setdefault(letters, []).append(one)
    merged = [
        Choice(some[0].candidate, sum(c.probability for c in some)) for some in alike.values()
    ]
    return sorted(merged, key=lambda choice: -choice.probability)


def clean_name(text: str) -> str:
    """Remove the registration number behind a name and the ornaments around it.

    In "Corner Café, owned by: Corner Ltd" the owner is the merchant.
    """
    text = _OWNER.sub("", correct_signs(text))
    for misread, form in _LEGAL_FORMS:
        text = misread.sub(partial(_correct_legal_form, form), text)
    text = _TRAILING_NUMBER.sub("", text)
    legal = list(LEGAL.finditer(text))
    if legal and _is_debris(text[legal[-1].end() :]):
        text = text[: legal[-1].end()]
    return text.strip(" -*=~_.,:;|'\"«»<>\u2018\u2019\u201c\u201d").removeprefix("(")


def _correct_legal_form(form: str, found: re.Match[str]) -> str:
    """Correct a misread legal form; leave it as printed if only its case or its points differ."""
    letters = "".join(filter(str.isalnum, found[0]))
    return found[0] if letters.upper() == form.replace(" ", "").replace("/", "").upper() else form


def _is_debris(behind: str) -> bool:
    """Whether the text behind a legal form is a number or a scrap, and no part of the name."""
    letters = sum(map(str.isalpha, behind))
    return any(map(str.isdigit, behind)) or (0 < letters <= 5 and "(" not in behind)


def _name_evidence(
    name: str, span: range, head: Sequence[Line], kinds: Sequence[str], median: int
) -> dict[str, float]:
    size = sum(head[i].height for i in span) / len(span)
    after = kinds[span.stop] if span.stop < len(head) else ""
    before = kinds[span.start - 1] if span.start else ""
    legal = [match.end() for match in LEGAL.finditer(name)]
    sizes = [head[i].height for i in span]
    opening, closing = name.find("("), name.find(")")
    evidence = {
        "first line": span.start == 0,
        "depth": min(span.start, 10) / 10,
        "names before it": kinds[: span.start].count("name") / 3,
        "two lines": len(span) == 2,
        "three lines": len(span) == 3,
        "a company word": COMPANY.search(name) is not None,
        "a legal form": bool(legal),
        "ends with its legal form": bool(legal) and legal[-1] >= len(name) - 1,
        "more behind its legal form": bool(legal) and legal[-1] < len(name) - 2,
        "cut before its legal form": not legal
        and span.stop < len(head)
        and LEGAL.search(head[span.stop].text) is not None,
        "reads like an address": sum(kinds[i] == "address" for i in span) / len(span),
        "reads like a title": sum(kinds[i] == "title" for i in span) / len(span),
        "a title within": any(kinds[i] == "title" for i in span),
        "an address follows": after == "address",
        "a registration follows": after == "registration",
        "a name follows": after == "name",
        "a title follows": after == "title",
        "an address before": "address" in kinds[: span.start],
        "a title before": before == "title",
        "large type": max(-1.0, min(1.0, size / median - 1)),
        "uneven type": min(1.0, max(sizes) / max(1, min(sizes)) - 1),
        "capitals": sum(map(str.isupper, name)) / max(1, sum(map(str.isalpha, name))),
        "figures": sum(map(str.isdigit, name)) / len(name),
        "starts within brackets": closing >= 0 and (opening < 0 or closing < opening),
        "goes on from a like line": span.start > 0 and _goes_on(head, kinds, span.start - 1),
        "a like line goes on": span.stop < len(head) and _goes_on(head, kinds, span.stop - 1),
        "a gap below": span.stop < len(head) and gap(head[span.stop - 1], head[span.stop]),
        "a gap above": span.start > 0 and gap(head[span.start - 1], head[span.start]),
        "gaps within": sum(gap(head[i], head[i + 1]) for i in span[:-1]),
        "open bracket": name.count("(") != name.count(")"),
        "joins": len(span) > 1 and any(head[i].text.rstrip()[-1:] in "&-," for i in span[:-1]),
        "the line before runs on": span.start > 0
        and head[span.start - 1].text.rstrip()[-1:] in {"&", "-", "("},
        "cut at a join": name.rstrip()[-1:] == "&" or head[span[-1]].text.rstrip().endswith("&"),
        "a doubtful word": 1 - min(head[i].least_confidence for i in span),
        "doubtful letters": 1 - sum(head[i].confidence for i in span) / len(span),
        "short": len(name) < 6,
    }
    return {key: float(by) for key, by in evidence.items() if by}


def _goes_on(head: Sequence[Line], kinds: Sequence[str], at: int) -> bool:
    """Whether the name on line `at` seems to go on in the next line."""
    return kinds[at] == "name" == kinds[at + 1] and alike(head[at], head[at + 1])
