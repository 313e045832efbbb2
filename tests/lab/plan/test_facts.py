"""Facts tagged `B` are read again from the botocore that is installed."""

import botocore.session
import pytest

from lab.plan import facts


@pytest.mark.parametrize(
    ("shape", "end", "fact"),
    [
        ("MaximumConcurrency", "min", facts.MAXIMUM_CONCURRENCY_LOW),
        ("MaximumConcurrency", "max", facts.MAXIMUM_CONCURRENCY_HIGH),
        ("MinimumNumberOfPollers", "max", facts.POLLERS_HIGH),
    ],
)
def test_lambdas_own_ranges_are_those_of_its_service_model(
    shape: str, end: str, fact: facts.Fact[int]
) -> None:
    model = botocore.session.get_session().get_service_model("lambda").shape_for(shape)
    assert model.metadata[end] == fact.value
    assert fact.tag == "B"


def test_every_fact_has_a_source_a_date_and_words() -> None:
    known = [fact for fact in vars(facts).values() if isinstance(fact, facts.Fact)]
    assert len(known) > 20
    for fact in known:
        assert fact.tag in "BDWMAU"
        assert fact.date.startswith("202")
        assert fact.description
