"""How a field is chosen: candidates, named evidence for and against each, and their probabilities.

The model is a conditional logit (McFadden 1974). The evidence for a candidate is weighted and
summed. The probabilities of all candidates, and of the possibility that none of them is right, add
up to one. So two good candidates make each other doubtful, and a weak one stays weak even alone.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

NONE = "none"
"""The key, among a field's weights, of the possibility that no candidate is right."""


class Candidate(Struct, frozen=True, kw_only=True):
    """One possible value of a field.

    `evidence` maps the name of each piece of evidence to its strength, which is 1 for a plain yes.
    `lines` holds the numbers of the lines that the value was read from.
    """

    value: Any
    evidence: Mapping[str, float]
    lines: tuple[int, ...] = ()


class Choice(Struct, frozen=True):
    """A candidate and the probability, from 0 to 1, that it is right."""

    candidate: Candidate
    probability: float


def weigh(
    candidates: Iterable[Candidate], weights: Mapping[str, float], most: int | None = None
) -> list[Choice]:
    """Give each candidate its probability, or the `most` likely ones; the likeliest comes first."""
    scored = [
        (sum(weights.get(name, 0.0) * by for name, by in one.evidence.items()), one)
        for one in candidates
    ]
    scored = sorted(scored, key=lambda one: -one[0])[:most]
    top = max([weights[NONE], *(score for score, _ in scored)])
    whole = math.exp(weights[NONE] - top) + sum(math.exp(score - top) for score, _ in scored)
    choices = [Choice(one, math.exp(score - top) / whole) for score, one in scored]
    return sorted(choices, key=lambda choice: -choice.probability)
