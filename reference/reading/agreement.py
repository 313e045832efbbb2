"""Puts a merchant's name right, by a letter or two, as a client's other receipts read it.

Receipts with the same number (of a tax, a register, a phone) are of the same merchant. Each has a
vote: its name as it was read, never as it was put right, so that a wrong majority doesn't feed
itself. Of the last `LAST` votes those count that differ from the reading by a letter or two at
most. So a wrong majority of any size is outvoted by five right readings, and spoils none from then
on. A really different name (a new one, a franchise's) neither changes nor counts.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

MIN_FIGURES = 7
"""The fewest figures by which a business is known; local phone numbers have fewer."""

LAST = 9
"""Votes that are looked at: the latest, the receipt's own among them."""

LEAST_VOTES = 2
"""For a name that outvotes a reading whose own vote has gone already."""

MOST_LETTERS = 2
"""Letters in which a misread name differs; one in names shorter than `LONG`."""

LONG = 12
"""Letters of a name in which two may be misread."""

LEAST_CONFIDENCE = 0.5
"""Of the number. A misread one does no harm: other receipts lack it, or have quite other names."""


class Vote(Struct, frozen=True, kw_only=True):
    """What one receipt said: the merchant's `number`, figures alone, and `name` as it was read."""

    number: str
    name: str


class Majority(Struct, frozen=True, kw_only=True):
    """The name that stands, which `votes` of `others` read: receipts with nearly this name."""

    name: str
    votes: int
    others: int


def vote_of(
    name: str | None, number: str | None, confidence_in_number: float | None
) -> Vote | None:
    """The vote of a receipt with these fields; None without a name, or a number read well."""
    figures = "".join(filter(str.isdecimal, number or ""))
    if not name or len(figures) < MIN_FIGURES or (confidence_in_number or 0) < LEAST_CONFIDENCE:
        return None
    return Vote(number=figures, name=name)


def majority(name: str, names: Sequence[str]) -> Majority | None:
    """The name that more than half of the last `names` near `name` agree on; None if it stands.

    `names` are in order of arrival, with `name` itself among them. Names are the same that differ
    in case, spaces and signs alone. Figures are never put right: "Unit 12" and "Unit 13" are two.
    """
    own = _plain(name)
    letters = MOST_LETTERS if len(own) >= LONG else 1
    near = [one for one in names[-LAST:] if _differ_by(own, _plain(one), letters)]
    counts = Counter(map(_plain, near))
    agreed, votes = max(counts.items(), key=lambda count: count[1], default=(own, 0))
    if agreed == own or votes < LEAST_VOTES or 2 * votes <= len(near):
        return None
    spelt = Counter(one for one in near if _plain(one) == agreed)
    others = len(near) - (name in near)
    return Majority(name=spelt.most_common(1)[0][0], votes=votes, others=others)


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))


def _differ_by(one: str, other: str, letters: int) -> bool:
    """Whether exchanging, dropping or adding at most so many letters makes `other` of `one`.

    A letter may be exchanged for a figure of its shape, but no figure for another one.
    """
    pairs = zip(one, other, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    a, b = one[same : same + 1], other[same : same + 1]
    if not a and not b:
        return True
    if letters == 0:
        return False
    rest, other_rest = one[same + 1 :], other[same + 1 :]
    exchanged = a and b and not (a.isdigit() and b.isdigit())
    return bool(
        (exchanged and _differ_by(rest, other_rest, letters - 1))
        or (a.isalpha() and _differ_by(rest, other[same:], letters - 1))
        or (b.isalpha() and _differ_by(one[same:], other_rest, letters - 1))
    )
