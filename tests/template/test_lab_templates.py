"""The lab's templates keep the same rules as the one that is deployed; planted faults are found."""

from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from helpers import aws_alone_rules, delivery_rules, template_faults
from helpers import template_rules as rules
from helpers.template_mutations import ABSENT, mutated
from helpers.template_parts import Rule, Template
from lab.support.paths import LAB

TEMPLATES: dict[str, Template] = {
    path.name: yaml_parse(path.read_text()) for path in sorted(LAB.rglob("*.yaml"))
}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_each_template_keeps_the_rule(rule: Rule, name: str) -> None:
    assert list(rule(TEMPLATES[name])) == []


FAULTS: list[tuple[Rule, str, str, Any, str]] = [
    (
        aws_alone_rules.rules_are_described_as_ec2_takes_it,
        "lambda_over_vpn.yaml",
        "StoreSecurityGroup.SecurityGroupEgress.0.Description",
        "The client's PostgreSQL",
        "EC2 takes no description",
    ),
    (
        delivery_rules.what_is_tried_in_vain_is_kept,
        "sns.yaml",
        "ReadFunction.EventInvokeConfig.DestinationConfig",
        ABSENT,
        "fails on is lost",
    ),
    (
        delivery_rules.what_is_tried_in_vain_is_kept,
        "sns_sqs.yaml",
        "QueueSubscription.RedrivePolicy",
        ABSENT,
        "QueueSubscription",
    ),
    (
        delivery_rules.what_is_tried_in_vain_is_kept,
        "eventbridge.yaml",
        "ReceiptRule.Targets.0.DeadLetterConfig",
        ABSENT,
        "ReceiptRule",
    ),
    (
        delivery_rules.what_is_tried_in_vain_is_kept,
        "kinesis.yaml",
        "ReadMapping.MaximumRetryAttempts",
        ABSENT,
        "holds up its shard",
    ),
    (
        delivery_rules.what_is_tried_in_vain_is_kept,
        "kinesis.yaml",
        "ReadMapping.DestinationConfig",
        ABSENT,
        "nobody learns",
    ),
    (
        delivery_rules.concurrency_is_within_what_aws_takes,
        "sns.yaml",
        "ReadFunction.ReservedConcurrentExecutions",
        ABSENT,
        "nothing holds that back",
    ),
    (
        delivery_rules.only_its_source_may_send_to_a_queue,
        "eventbridge.yaml",
        "ReceiptDlqPolicy.PolicyDocument.Statement.0.Condition",
        ABSENT,
        "ReceiptDlqPolicy",
    ),
    (rules.the_rest_is_kept_closed_and_not_for_ever, "sns.yaml", "ReceiptTopic", {}, "Topic: not"),
    (
        rules.the_rest_is_kept_closed_and_not_for_ever,
        "kinesis.yaml",
        "ReceiptStream.StreamEncryption",
        ABSENT,
        "ReceiptStream",
    ),
    (
        rules.the_rest_is_kept_closed_and_not_for_ever,
        "eventbridge.yaml",
        "ReceiptArchive.RetentionDays",
        ABSENT,
        "for ever",
    ),
    (
        delivery_rules.a_person_hears_of_what_waits_and_what_is_dead,
        "kinesis.yaml",
        "ReceiptsLateAlarm.MetricName",
        "IncomingRecords",
        "no alarm on the age",
    ),
    (
        delivery_rules.a_slow_run_is_not_delivered_twice,
        "lambda_over_vpn.yaml",
        "StoreFunction.Timeout",
        20,
        "WriteQueueArn needs",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "lambda_over_vpn.yaml",
        "StoreFunction.VpcConfig",
        ABSENT,
        "ec2:CreateNetworkInterface",
    ),
]


@pytest.mark.parametrize(
    ("rule", "name", "place", "value", "complaint"),
    FAULTS,
    ids=[f"{name}:{place}" for _, name, place, *_ in FAULTS],
)
def test_a_fault_planted_in_another_template_is_found(
    rule: Rule, name: str, place: str, value: Any, complaint: str
) -> None:
    assert complaint in "\n".join(rule(mutated(place, value, TEMPLATES[name])))


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, *_ in (*template_faults.FAULTS, *FAULTS)} == set(rules.RULES)
