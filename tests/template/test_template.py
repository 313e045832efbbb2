"""The template keeps what no emulator checks; a planted fault shows that each rule bites."""

import datetime as dt
from typing import Any

import pytest

from helpers import template_rules as rules
from helpers.deployed import TEMPLATE
from helpers.template_faults import FAULTS
from helpers.template_mutations import ABSENT, mutated
from helpers.template_parts import Rule, listed, of_type, referred, statements
from receipts.agent.writer import MAX_IN_HAND_S
from receipts.batch import FORM_LIFETIME
from receipts.reconcile import NOT_STORED_AFTER


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_template_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(TEMPLATE)) == []


@pytest.mark.parametrize(
    ("rule", "place", "value", "complaint"),
    FAULTS,
    ids=[f"{place}={'absent' if value is ABSENT else value}" for _, place, value, _ in FAULTS],
)
def test_a_planted_fault_is_found(rule: Rule, place: str, value: Any, complaint: str) -> None:
    assert complaint in "\n".join(rule(mutated(place, value, TEMPLATE)))


def seconds(queue: str, name: str) -> dt.timedelta:
    return dt.timedelta(seconds=TEMPLATE["Resources"][queue]["Properties"][name])


def test_copy_and_ledger_outlive_every_queue_also_after_a_result_was_put_back() -> None:
    shortest = dt.timedelta(days=TEMPLATE["Parameters"]["RetentionDays"]["MinValue"])
    for queue in of_type(TEMPLATE, "AWS::SQS::Queue"):
        assert shortest > seconds(queue, "MessageRetentionPeriod") + NOT_STORED_AFTER, queue


def test_the_operator_is_told_of_a_copy_that_is_gone() -> None:
    """S3 says 404 only to those who may list the bucket as such; with a condition it says 403."""
    [listing] = [
        statement
        for whose, statement in statements(TEMPLATE)
        if whose == "OperatorPolicy" and "s3:ListBucket" in listed(statement["Action"])
    ]
    assert "Condition" not in listing


def test_no_queue_takes_or_gives_anything_in_the_clear() -> None:
    closed = {
        (referred(policy["Queues"][0]), referred(statement["Resource"]))
        for policy in of_type(TEMPLATE, "AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if (statement["Effect"], statement["Principal"], statement["Action"])
        == ("Deny", "*", "sqs:*")
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert closed == {(queue, queue) for queue in of_type(TEMPLATE, "AWS::SQS::Queue")}


def test_what_the_agent_holds_is_not_on_its_way_to_another() -> None:
    assert seconds("WriteQueue", "VisibilityTimeout").total_seconds() >= 2 * MAX_IN_HAND_S


def test_an_unfinished_upload_is_dropped_only_when_its_form_is_no_longer_good() -> None:
    rules = TEMPLATE["Resources"]["ReceiptsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    [days] = [
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for rule in rules
        if "AbortIncompleteMultipartUpload" in rule
    ]
    assert dt.timedelta(days=days) > FORM_LIFETIME
