"""Finds the merchant's address among the lines below the name."""

import itertools
import re
from collections.abc import Sequence

from reading.extraction.evidence import Candidate
from reading.extraction.header import (
    MAX_HEAD_LINES,
    POSTCODE,
    alike,
    correct_signs,
    gap,
    kind_of,
    line_kind,
)
from reading.extraction.lines import Line
from reading.extraction.spelling import correct_spelling

MAX_LINES = 7
"""No address on a till receipt has more lines."""

_STARTS = re.compile(
    r"^\W*(?:(?:no|lot|level|unit|suite|block|g)\b|\d|[A-Z]{1,2}-?\d)", re.IGNORECASE
)

_COUNTRY = re.compile(
    r"\b(?:malaysia|singapore|deutschland|germany|österreich|austria|schweiz|switzerland|usa|"
    r"united kingdom|uk|australia|canada|france|italia|españa|nederland)\b",
    re.IGNORECASE,
)
"""If an address names its country, it ends with it."""


_REGION = re.compile(
    r"\b(?:selangor|johor|perak|pahang|kedah|kelantan|terengganu|melaka|negeri sembilan"
    r"|pulau pinang|penang|perlis|sabah|sarawak|putrajaya|kuala lumpur|kl|wilayah persekutuan"
    r"|darul \w+)\b",
    re.IGNORECASE,
)
"""The states of Malaysia, and how they are called besides: an address ends with one, or with the
country behind it."""

_LABEL = re.compile(
    r"^\W*(?:address|addr|branch|alamat|adresse|anschrift|direcci[oó]n|indirizzo|adres)\s?:\s*"
    r"(?=\w)",
    re.IGNORECASE,
)
_NUMBER_BEHIND = re.compile(
    r"\W*\b(?:tel(?:ephone|efon)?|fax|phone|hotline|h/?p|mobile|gst|sst|vat|ust|reg)\b.*$",
    re.IGNORECASE,
)
"""It begins what stands behind an address on its last line."""

_REGISTER_NUMBER = re.compile(r"\s\(?\d{5,7}-[A-Z]\)?$")
"""It stands at the right of an address where a name runs over several lines."""


def candidates(lines: Sequence[Line], merchant: Sequence[int]) -> list[Candidate]:
    """Every run of lines below the name is a candidate; `merchant` are the name's line numbers."""
    head = [correct_spelling(line) for line in lines[: MAX_HEAD_LINES + 2]]
    kinds = [line_kind(line) for line in head]
    texts = [_LABEL.sub("", _REGISTER_NUMBER.sub("", line.text.strip())) for line in head]
    for at, kind in enumerate(kinds):
        bare = _NUMBER_BEHIND.sub("", texts[at]) if kind in {"phone", "registration"} else ""
        if bare and kind_of(bare) == "address":
            texts[at], kinds[at] = bare, "address"
    start = merchant[-1] + 1 if merchant else 0
    usable = [i for i in range(start, len(head)) if kinds[i] in {"address", "name", "title"}]
    name = _letters("".join(lines[i].text for i in merchant))
    found = []
    for at, _first in enumerate(usable[:6]):
        for count in range(1, MAX_LINES + 1):
            span = usable[at : at + count]
            if len(span) < count:
                break
            text = " ".join(correct_signs(texts[i]) for i in span).strip(" |_~*\"'«»")
            found.append(
                Candidate(
                    value=text,
                    evidence=_evidence(text, span, start, head, kinds)
                    | ({"says the name again": 1.0} if name and name in _letters(text) else {}),
                    lines=tuple(span),
                )
            )
    return found


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _is_region(text: str) -> bool:
    rest = _COUNTRY.sub("", _REGION.sub("", text))
    return rest != text and not any(map(str.isalnum, rest))


def _goes_on_behind_region(text: str) -> bool:
    found = list(_REGION.finditer(text))
    return bool(found) and any(map(str.isalnum, _COUNTRY.sub("", text[found[-1].end() :])))


def _evidence(
    text: str, span: Sequence[int], start: int, head: Sequence[Line], kinds: Sequence[str]
) -> dict[str, float]:
    first, last = span[0], span[-1]
    inside = [kinds[i] for i in range(first, last + 1) if i not in span]
    skipped = list(range(start, first))
    its_country = list(_COUNTRY.finditer(text))
    follows = kinds[last + 1] if last + 1 < len(kinds) else "end"
    evidence = {
        "starts like an address": _STARTS.search(head[first].text) is not None,
        "first is a street": kinds[first] == "address",
        "last is a street": kinds[last] == "address",
        "streets in it": min(4, sum(kinds[i] == "address" for i in span)) / 4,
        "names in it": sum(kinds[i] == "name" for i in span),
        "titles in it": sum(kinds[i] == "title" for i in span),
        "a postcode": POSTCODE.search(text) is not None,
        "a postcode in the last two": any(POSTCODE.search(head[i].text) for i in span[-2:]),
        "a street skipped": sum(kinds[i] == "address" for i in skipped),
        "a name skipped": sum(kinds[i] == "name" for i in skipped),
        "a number or date inside": bool(inside),
        "a phone inside": "phone" in inside,
        "a name behind a number": any(
            kinds[i] == "name" and i - 1 not in span and i != first for i in span
        ),
        "a street behind a number": any(
            kinds[i] == "address" and i - 1 not in span and i != first for i in span
        ),
        "a street follows": follows == "address",
        "a name follows": follows == "name" and alike(head[last], head[last + 1]),
        "a title follows": follows == "title",
        "a phone follows": follows == "phone",
        "a registration follows": follows == "registration",
        "ends with its country": bool(its_country)
        and its_country[-1].end() == len(text.rstrip(". ")),
        "goes on behind its country": any(
            match.end() < len(text.rstrip(". )")) for match in its_country
        ),
        "its region follows": last + 1 < len(head) and _is_region(head[last + 1].text),
        "goes on behind its region": _goes_on_behind_region(text),
        "ends with a comma": head[last].text.rstrip()[-1:] in {",", "&", "-"},
        "ends with a stop": head[last].text.rstrip()[-1:] == ".",
        "the line before runs on": first > start and head[first - 1].text.rstrip()[-1:] == ",",
        "brackets": sum(head[i].text.strip()[:1] in {"(", "["} for i in span),
        "gaps within": sum(
            gap(head[a], head[b]) for a, b in itertools.pairwise(span) if b == a + 1
        ),
        "gap below": gap(head[last], head[last + 1]) if last + 1 < len(head) else 1.0,
        "lines": len(span) / MAX_LINES,
        "one line": len(span) == 1,
        "a doubtful word": 1 - min(head[i].least_confidence for i in span),
        "doubtful letters": 1 - sum(head[i].confidence for i in span) / len(span),
    }
    return {name: float(by) for name, by in evidence.items() if by}
