"""Fits a conditional logit: weights that tell which candidate is right, or that none is.

Maximum likelihood with a Gaussian prior around weights chosen by common sense: rare evidence keeps
its prior, frequent evidence learns from the labelled receipts. McFadden,
Conditional logit analysis of qualitative choice behavior (1974).
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from reading.extraction.evidence import NONE, Candidate

STIFFNESS = 2.0
"""The prior's precision: how much contradiction from receipts moves a weight by one."""
STEPS = 600
RATE = 0.1

PRIOR: dict[str, dict[str, float]] = tomllib.loads(
    Path(__file__).with_name("priors.toml").read_text(encoding="utf-8")
)


class Example(msgspec.Struct, frozen=True):
    """The candidates of a field on one receipt, and which of them are right; none may be."""

    candidates: Sequence[Candidate]
    right: Sequence[bool]


def fit(
    examples: Sequence[Example], prior: Mapping[str, float], unweighed: Collection[str] = ()
) -> dict[str, float]:
    """The weights of all evidence in `examples`, by name, and of "none of them is right".

    Evidence that no example shows keeps the weight of `prior`; what is `unweighed` gets none.
    """
    seen = {name for one in examples for c in one.candidates for name in c.evidence}
    names = sorted((seen | set(prior)) - set(unweighed))
    rows, right, starts = _rows(examples, names)
    centre = np.array([prior.get(name, 0.0) for name in names] + [0.0])
    weights, speed, scale = centre.copy(), np.zeros_like(centre), np.zeros_like(centre)
    counts = np.diff([*starts, len(rows)])
    for step in range(1, STEPS + 1):
        chance = _shares(rows @ weights, starts, counts)
        among_right = chance * right
        wanted = among_right / np.repeat(np.add.reduceat(among_right, starts), counts)
        slope = rows.T @ (chance - wanted) + STIFFNESS * (weights - centre)
        # Adam, Kingma and Ba (2015): no step size to tune.
        speed = 0.9 * speed + 0.1 * slope
        scale = 0.99 * scale + 0.01 * slope**2
        weights -= RATE * (speed / (1 - 0.9**step)) / (np.sqrt(scale / (1 - 0.99**step)) + 1e-8)
    return dict(zip([*names, NONE], (float(w) for w in weights), strict=True))


def _rows(
    examples: Sequence[Example], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int]]:
    """A row for each candidate and one for "none" of each example; the right ones; the starts."""
    place = {name: column for column, name in enumerate(names)}
    size = sum(len(one.candidates) + 1 for one in examples)
    rows, right, starts = np.zeros((size, len(names) + 1)), np.zeros(size), []
    at = 0
    for one in examples:
        starts.append(at)
        for candidate, is_right in zip(one.candidates, one.right, strict=True):
            for name in candidate.evidence.keys() & place.keys():
                rows[at, place[name]] = candidate.evidence[name]
            right[at] = is_right
            at += 1
        rows[at, -1] = 1.0
        right[at] = not any(one.right)
        at += 1
    return rows, right, starts


def _shares(
    scores: NDArray[np.float64], starts: Sequence[int], counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    highest = np.repeat(np.maximum.reduceat(scores, starts), counts)
    powers = np.exp(scores - highest)
    shares: NDArray[np.float64] = powers / np.repeat(np.add.reduceat(powers, starts), counts)
    return shares
