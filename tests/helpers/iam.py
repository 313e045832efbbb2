"""IAM rights, as a role has them in the template and as calls need them."""

import re
from collections.abc import Iterable
from typing import Any

from helpers.deployed import RESOURCES, TEMPLATE, Call
from helpers.template_parts import Template, deployed_by_default, listed, referred, statements

Right = tuple[str, str, str]
"""Whose, which action, on what: a logical name, for the bucket with its folder."""

_SCHEDULE = "AWS::Scheduler::Schedule"

NEEDED_FOR = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "dynamodb:BatchExecuteStatement": "dynamodb:PartiQLUpdate",
    "s3:HeadObject": "s3:GetObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:ListObjectsV2": "s3:ListBucket",
}
"""Operations whose right has another name."""

OPERATOR = "OperatorPolicy"
BESIDE = ("CorrectionPolicy", "DeadLetterPolicy", "ErasurePolicy")
"""Policies that are given beside the operator's: they hold what that one lacks."""


def allowed(template: Template) -> set[Right]:
    """What the roles and policies of the template allow, options apart."""
    return {
        (whose, action, _named(resource))
        for whose, statement in statements(deployed_by_default(template))
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def needed(calls: Iterable[Call]) -> set[Right]:
    """The rights that these calls need, and those that services use in a role's name."""
    roles = {name: referred(one["Properties"]["Role"]) for name, one in _functions().items()}
    rights = {
        (roles.get(who, who), action, "ReceiptsBucket" if action == "s3:ListBucket" else target)
        for who, operation, target in calls
        for action in [NEEDED_FOR.get(operation, operation)]
    }
    operators = {right[1:] for right in allowed(TEMPLATE) if right[0] == OPERATOR}
    rights -= {right for right in rights if right[0] in BESIDE and right[1:] in operators}
    return rights | _used_by_lambda(roles) | _used_by_scheduler()


def _used_by_lambda(roles: dict[str, str]) -> set[Right]:
    """Its mappings receive and delete with the function's role, its runtime writes logs with it."""
    polled = {
        (roles[referred(mapping["FunctionName"])], action, referred(mapping["EventSourceArn"]))
        for mapping in (
            one["Properties"]
            for one in RESOURCES.values()
            if one["Type"] == "AWS::Lambda::EventSourceMapping"
        )
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    }
    logged = {
        (roles[name], action, referred(function["Properties"]["LoggingConfig"]["LogGroup"]))
        for name, function in _functions().items()
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    }
    return polled | logged


def _used_by_scheduler() -> set[Right]:
    """Each schedule invokes its target with the role that it is given for it."""
    schedules = (it["Properties"] for it in RESOURCES.values() if it["Type"] == _SCHEDULE)
    targets = (it["Target"] for it in schedules)
    return {
        (referred(it["RoleArn"]), "lambda:InvokeFunction", referred(it["Arn"])) for it in targets
    }


def _functions() -> dict[str, Any]:
    return {n: one for n, one in RESOURCES.items() if one["Type"] == "AWS::Serverless::Function"}


def _named(resource: Any) -> str:
    text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else ""
    if found := re.search(r"(?:ReceiptsBucket\.Arn\}|s3:::.*\})/(\w+)/\*$", text):
        return f"ReceiptsBucket/{found[1]}"
    if text.endswith(":stack/${AWS::StackName}/*"):
        return "a stack by its name"
    return referred(resource)
