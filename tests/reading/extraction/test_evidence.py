"""Candidates share a probability of one with the possibility that none of them is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading.extraction.evidence import NONE, Candidate, weigh

WEIGHTS = {"named": 2.0, "doubtful": -3.0, NONE: 1.0}
strengths = st.dictionaries(st.sampled_from(["named", "doubtful", "unheard of"]), st.floats(-5, 5))


def candidate(value: str, **evidence: float) -> Candidate:
    return Candidate(value=value, evidence=evidence)


def test_better_evidence_is_more_probable() -> None:
    best, worst = weigh([candidate("b", doubtful=0.5), candidate("a", named=1)], WEIGHTS)
    assert (best.candidate.value, worst.candidate.value) == ("a", "b")


def test_a_rival_takes_from_the_probability() -> None:
    (alone,) = weigh([candidate("a", named=1)], WEIGHTS)
    first, second = weigh([candidate("a", named=1), candidate("b", named=1)], WEIGHTS)
    assert first.probability == pytest.approx(second.probability)
    assert first.probability < alone.probability


@given(st.lists(strengths, max_size=6))
def test_probabilities_never_add_up_to_more_than_one(evidence: list[dict[str, float]]) -> None:
    choices = weigh([Candidate(value=i, evidence=e) for i, e in enumerate(evidence)], WEIGHTS)
    assert sum(choice.probability for choice in choices) <= 1 + 1e-9
    ranked = [choice.probability for choice in choices]
    assert ranked == sorted(ranked, reverse=True)
