"""How a field is chosen: candidates, named evidence for and against each, one probability each.

A conditional logit (McFadden 1974): the evidence is weighed and summed, and candidates share a
probability of one with the possibility that none of them is right. So two good candidates make
each other doubtful, and a lone weak one stays weak.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

NONE = "none"
"""The name under which the weight of "none of these is right" stands among the weights."""


class Candidate(Struct, frozen=True, kw_only=True):
    """One reading of a field. `evidence` holds a strength by name, 1 for a plain yes.

    `lines` are the numbers of the lines it was read from.
    """

    value: Any
    evidence: Mapping[str, float]
    lines: tuple[int, ...] = ()


class Choice(Struct, frozen=True):
    """A candidate with the probability, 0 to 1, that it is the right one."""

    candidate: Candidate
    probability: float


def weigh(candidates: Iterable[Candidate], weights: Mapping[str, float]) -> list[Choice]:
    """The candidates with their probabilities, the most probable first."""
    scored = [
        (sum(weights.get(name, 0.0) * by for name, by in one.evidence.items()), one)
        for one in candidates
    ]
    top = max([weights[NONE], *(score for score, _ in scored)])
    whole = math.exp(weights[NONE] - top) + sum(math.exp(score - top) for score, _ in scored)
    choices = [Choice(one, math.exp(score - top) / whole) for score, one in scored]
    return sorted(choices, key=lambda choice: -choice.probability)
