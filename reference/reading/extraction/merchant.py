"""Finds the merchant's name among the lines of the head."""

import re
from collections.abc import Iterator, Sequence

from reading.extraction.amounts import find_amounts
from reading.extraction.company_name import clean_name, own_words
from reading.extraction.evidence import Candidate, Choice
from reading.extraction.header import (
    COMPANY,
    LEGAL,
    MAX_HEAD_LINES,
    WEB,
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


MIN_WEB_LETTERS = 4
"""The fewest letters of a word that is in a web address by no chance."""

_OWNED_BY = re.compile(r"\b(?:(?:own|operat|manag)ed by|dimi ?liki(?: ?oleh)?)\b", re.IGNORECASE)
_TILL_MAKER = re.compile(r"\b(?:powered|software|systems?|solutions?|pos)\b", re.IGNORECASE)
_FIRST_WORDS = ("RESTORAN ", "KEDAI ", "SYARIKAT ", "PERNIAGAAN ", "PASARAYA ", "HOTEL ")
"""Words that many merchants share and that begin their names; others, as "trading", go on one."""

_FOOT_COMPANY = re.compile(
    r"[^\W\d_]{3}.*(?i:\bsdn\.?\s*bhd\b|\b(?:gmbh|ltd|limited|inc|llc|plc)\b)"
    r"|[^\W\d_]{3}.* (?:AG|KG|OHG|oHG|S/B)\b"
)


def candidates(lines: Sequence[Line]) -> list[Candidate]:
    """Every run of one to three lines of the head is a candidate, and every company below it."""
    head = [correct_spelling(line) for line in lines[:MAX_HEAD_LINES]]
    kinds = [line_kind(line) for line in head]
    heights = sorted(line.height for line in lines)
    median = heights[len(heights) // 2] if heights else 1
    web = "".join(line.text for line in lines if WEB.search(line.text)).upper()
    found = []
    for first in range(len(head)):
        for count in range(1, MAX_NAME_LINES + 1):
            span = range(first, first + count)
            if span.stop > len(head) or kinds[span.stop - 1] not in {"name", "address", "title"}:
                break
            name = clean_name(" ".join(correct_signs(head[i].text) for i in span))
            if _may_be_a_name(name):
                evidence = _name_evidence(name, span, head, kinds, median)
                evidence |= _own_evidence(name, web)
                found.append(Candidate(value=name, evidence=evidence, lines=tuple(span)))
    return [*found, *_companies_below(lines, head, web)]


def _may_be_a_name(name: str) -> bool:
    """Whether it has a length that names have, and is more than a legal form."""
    letters = sum(map(str.isalpha, LEGAL.sub("", name)))
    return letters >= 3 and len(name) <= MAX_NAME_LETTERS


def _companies_below(lines: Sequence[Line], head: Sequence[Line], web: str) -> Iterator[Candidate]:
    """The companies that are named below the head: who owns the shop is often printed last."""
    said = _letters("".join(line.text for line in head))
    for at in range(MAX_HEAD_LINES, len(lines)):
        if not _FOOT_COMPANY.search(lines[at].text):
            continue
        line = correct_spelling(lines[at])
        around = lines[at - 1].text + " " + line.text
        name = clean_name(correct_signs(line.text))
        if (
            line_kind(line) == "name"
            and _may_be_a_name(name)
            and own_words(name)
            and _letters(name) not in said
            and not find_amounts(line.text)
            and not _TILL_MAKER.search(around)
        ):
            evidence = {
                "below the head": 1.0,
                "a doubtful word": 1 - line.least_confidence,
                "doubtful letters": 1 - line.confidence,
                "named as the owner": float(_OWNED_BY.search(around) is not None),
            }
            evidence = {key: by for key, by in evidence.items() if by}
            yield Candidate(value=name, evidence=evidence | _own_evidence(name, web), lines=(at,))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _own_evidence(name: str, web: str) -> dict[str, float]:
    """Evidence from a name's own words; `web` are the web addresses on the paper, in capitals."""
    own = own_words(name)
    evidence = {}
    if not own:
        evidence["no word of its own"] = 1.0
    if any(len(word) >= MIN_WEB_LETTERS and word in web for word in own):
        evidence["in a web address"] = 1.0
    return evidence


def lines_in_head(choices: Sequence[Choice]) -> Sequence[int]:
    """The lines of the best name that was read in the head."""
    spans = (one.candidate.lines for one in choices)
    return next((span for span in spans if span[0] < MAX_HEAD_LINES), ())


def agreeing(choices: Sequence[Choice]) -> list[Choice]:
    """The best choice of each name, with the probability of all that are spelt alike.

    Two lines of the head may both say it: then it is one name that was read twice.
    """
    alike: dict[str, list[Choice]] = {}
    for one in choices:
        alike.setdefault(_letters(one.candidate.value), []).append(one)
    merged = [
        Choice(some[0].candidate, sum(c.probability for c in some)) for some in alike.values()
    ]
    return sorted(merged, key=lambda choice: -choice.probability)


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
        and (head[span.start - 1].text.rstrip()[-1:] in {"&", "-", "("} or name[:1] == "&"),
        "cut at a join": name.rstrip()[-1:] == "&" or head[span[-1]].text.rstrip().endswith("&"),
        "a doubtful word": 1 - min(head[i].least_confidence for i in span),
        "doubtful letters": 1 - sum(head[i].confidence for i in span) / len(span),
        "short": len(name) < 6,
        "a call": head[span[-1]].text.rstrip()[-1:] in {"?", "!"},
        "another name before its company": len(span) > 1
        and _is_whole_company(head[span[-1]], head[span[-2]]),
    }
    return {key: float(by) for key, by in evidence.items() if by}


def _is_whole_company(line: Line, before: Line) -> bool:
    """Whether a line names a company by itself, which the line before it doesn't begin."""
    if before.text.rstrip()[-1:] in {*"&-,(/"} or not line.text[:1].isalnum():
        return False
    name = clean_name(correct_signs(line.text))
    own = own_words(name)
    begins = own and name.upper().startswith((own[0], *_FIRST_WORDS))
    return bool(begins) and LEGAL.search(name) is not None


def _goes_on(head: Sequence[Line], kinds: Sequence[str], at: int) -> bool:
    """Whether the name on line `at` seems to go on in the next line."""
    return kinds[at] == "name" == kinds[at + 1] and alike(head[at], head[at + 1])
