"""Every single change to the example's template is caught, or listed with why not."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import diagram_check
from diagram_check.check import held
from diagram_check.recorder import Recorded, record
from diagram_check.template.sam_template import from_document, plain
from helpers.single_changes import deletions, redirections

EXAMPLE = Path(diagram_check.__file__).parent / "examples" / "url_shortener"
TEMPLATE = (EXAMPLE / "template.yaml").read_text()
SURVIVE = {
    r".*Alarm.*": "an alarm needs no node: nothing flows through it",
    r"delete LinksTable\.(Attr|Key).*": "how it keeps things, not what reaches it",
    r"delete ReportTopic\.Subscription\.0": "a mail address is no resource",
}


@pytest.fixture(scope="module")
def drawn() -> Recorded:
    return record(EXAMPLE / "architecture.py")


Lines = dict[tuple[str, ...], int]


def parsed(text: str) -> tuple[dict[str, Any], Lines]:
    lines: Lines = {}
    tree = yaml.compose(text, yaml.CSafeLoader)
    assert tree is not None
    return plain(tree, (), lines), lines


def kinds(drawn: Recorded, document: dict[str, Any], lines: Lines) -> set[str]:
    template = from_document(document, lines, "template.yaml")
    return {it.kind for it in held([drawn], template).differences}


def test_every_mutation_is_caught_or_listed(drawn: Recorded) -> None:
    document, lines = parsed(TEMPLATE)
    assert kinds(drawn, document, lines) == set()
    mutants = [*deletions(document), *redirections(document)]
    assert len(mutants) > 50
    found = [name for name, mutant in mutants if not kinds(drawn, mutant, lines)]
    assert [it for it in found if not any(re.fullmatch(p, it) for p in SURVIVE)] == []
    assert [p for p in SURVIVE if not any(re.fullmatch(p, it) for it in found)] == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("SQSSendMessagePolicy", "SQSPollerPolicy", "arrow-points-back"),
        ("dynamodb:UpdateItem", "dynamodb:DescribeTable", "arrow-not-deployed"),
        ("dynamodb:Scan", "dynamodb:PutItem", "arrow-points-back"),
        ("  ClickQueue:\n", "  VisitQueue:\n", "part-not-deployed"),
        ("  ClickDlq:\n", "  DeadClicks:\n", "part-not-drawn"),
        ("Type: Schedule,", "Type: Unscheduled,", "arrow-not-deployed"),
        ("REPORT_TOPIC: !Ref ReportTopic", "REPORT_TOPIC: none", "arrow-not-allowed"),
        ("RedrivePolicy", "Redriven", "arrow-not-deployed"),
    ],
)
def test_a_change_is_told_as_what_it_is(drawn: Recorded, old: str, new: str, kind: str) -> None:
    assert old in TEMPLATE
    assert kind in kinds(drawn, *parsed(TEMPLATE.replace(old, new, 1)))
