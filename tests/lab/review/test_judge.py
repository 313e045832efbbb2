"""The judge: worst first, nothing without what it needs, and nothing hidden by saying more."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.publish.pages.teaching import criteria
from lab.review.catalogue import DesignError, catalogue, impossible
from lab.review.judge import Design, applies, checked, derive, judge, next_question, unanswered

KNOWN = catalogue()


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    """A design that says some of it: any options, any numbers."""
    said: dict[str, Any] = {}
    for question in KNOWN.questions:
        if draw(st.booleans()):
            options = [it.id for it in question.options]
            number = st.floats(0.001, min(1e6, question.most))
            said[question.id] = draw(st.sampled_from(options) if options else number)
    return said


@settings(max_examples=50)
@given(designs())
def test_every_verdict_but_not_judged_names_a_rule_of_its_word(design: dict[str, Any]) -> None:
    for verdict in judge(design):
        assert bool(verdict.rules) == (verdict.word != "not judged")
        assert {it.verdict for it in verdict.rules} <= {verdict.word}


@settings(max_examples=50)
@given(designs())
def test_what_holds_or_depends_has_said_all_that_it_needs(design: dict[str, Any]) -> None:
    for prop, verdict in zip(KNOWN.properties, judge(design), strict=True):
        if verdict.word in {"holds", "depends"}:
            for name in prop.needs:
                assert name in design or not applies(KNOWN.question(name), design)
                assert name in design or KNOWN.question(name).only.keys() <= design.keys()


CHOSEN = [it for it in KNOWN.questions if it.options]


@settings(max_examples=50)
@given(designs(), st.sampled_from(CHOSEN), st.data())
def test_saying_more_never_turns_what_breaks_into_what_holds(
    design: dict[str, Any], question: Any, data: st.DataObject
) -> None:
    design.pop(question.id, None)
    before = {it.property: it.word for it in judge(design)}
    option = data.draw(st.sampled_from(question.options)).id
    for verdict in judge(design | {question.id: option}):
        if before[verdict.property] == "breaks":
            assert verdict.word in {"breaks", "n/a"}


@given(st.floats(0.01, 1e4), st.floats(1.01, 100))
def test_a_higher_rate_never_drains_worse(rate: float, times: float) -> None:
    order = ["fits", "close", "over"]
    said: Design = {"waits": "sqs", "receipts": 200_000.0, "retention_days": 4.0}
    slow, fast = (derive({**said, "rate": it})["drain"] for it in (rate, rate * times))
    assert order.index(fast) <= order.index(slow)


def test_what_nobody_said_is_asked_and_what_does_not_apply_is_not() -> None:
    asked = [it.id for it in unanswered({"cutter": "one_function", "waits": "files"})]
    assert {"intake", "writer", "key"} <= {*asked}
    assert not {"fanout", "retention_days", "tries", "receipts", "cutter"} & {*asked}


def test_an_empty_design_is_not_judged_and_told_what_to_say() -> None:
    verdicts = judge({})
    assert {it.word for it in verdicts} == {"not judged"}
    assert all(it.missing for it in verdicts)
    assert next_question(verdicts) == KNOWN.properties[0].ask


def test_what_no_evidence_covers_is_not_judged_although_all_was_said() -> None:
    design = {"writer": "other", "pace": "concurrency"}
    words = {it.property: (it.word, it.missing) for it in judge(design)}
    assert words["rate"] == ("not judged", ())


def test_a_line_may_be_left_out_on_the_score_sheet_where_it_may_not_apply_on_the_bench() -> None:
    unbuildable = [when for when, _ in impossible(KNOWN.questions)]
    lapse = {
        prop.id
        for prop in KNOWN.properties
        for rule in prop.rules
        if rule.verdict == "n/a" and rule.when not in unbuildable
    }
    assert lapse == {it.name for it in criteria() if it.without}


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("colour", "red", "no question is called 'colour'; there are: intake,"),
        ("writer", "pigeon", "writer must be one of reader, reader_pooled"),
        ("rate", "fast", "rate must be a number of rows/s over 0; got fast"),
        ("rate", -1, "over 0; got -1"),
        ("rate", "nan", "over 0; got nan"),
        ("rate", "inf", "over 0; got inf"),
        ("tries", 1001, "over 0, at most 1000; got 1001"),
    ],
)
def test_a_wrong_answer_is_named_with_what_would_be_right(
    name: str, answer: object, says: str
) -> None:
    with pytest.raises(DesignError, match=says.replace("(", r"\(")):
        checked(name, answer)
