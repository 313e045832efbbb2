"""Grants: who may do what to which resource, by IAM roles, policies and SAM's policy templates."""

import functools
import importlib.resources
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from diagram_check.template.references import OWN_NAMES, Value, references, spelled_out
from diagram_check.template.resource import Resource
from diagram_check.template.sam_template import Place, Template

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_READS = ("Get", "BatchGet", "Query", "Scan", "List", "Receive", "Select", "Condition", "Describe")
# Needed with an action that moves data; they move none themselves.
_AUXILIARY = {
    "sqs:DeleteMessage",
    "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
    "dynamodb:DescribeTable",
    "s3:ListBucket",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:FilterLogEvents",
}


# The resource types that each service's actions apply to; on others they allow nothing.
_TYPES_BY_SERVICE = {
    "dynamodb": ("AWS::DynamoDB::", "AWS::Serverless::SimpleTable"),
    "events": ("AWS::Events::",),
    "kinesis": ("AWS::Kinesis::",),
    "lambda": FUNCTIONS,
    "s3": ("AWS::S3::",),
    "sns": ("AWS::SNS::",),
    "sqs": ("AWS::SQS::",),
}


def has_resources(service: str) -> bool:
    """Whether the service's actions are on resources that templates declare."""
    return service in _TYPES_BY_SERVICE


class Grant(msgspec.Struct, frozen=True):
    """`who` may do `action` (as `sqs:SendMessage`) to `target`; both are logical ids.

    A target without a resource in the template is `aws:` and the service, as `aws:textract`.
    """

    who: str
    action: str
    target: str
    place: Place

    def applies_to(self, type_: str) -> bool:
        """Whether the action means anything for a resource of that type."""
        service = self.action.split(":")[0]
        return type_.startswith(_TYPES_BY_SERVICE.get(service, ("AWS::",)))

    @property
    def moves(self) -> str:
        """The direction in which the action moves data: "read", "write", "both", or "" for none."""
        if self.action in _AUXILIARY:
            return ""
        verb = self.action.split(":")[-1]
        if verb.startswith("*"):
            return "both"
        return "read" if verb.startswith(_READS) else "write"


@functools.lru_cache(maxsize=8)
def grants(template: Template) -> tuple[Grant, ...]:
    """Everything that the template's policies allow."""
    everything = {
        name: its
        for name, it in template.resources.items()
        if (its := {key: it.properties[key] for key in OWN_NAMES if key in it.properties})
    }
    return tuple(
        Grant(who, action, target, place)
        for who, statement, place in _statements(template)
        if statement.get("Effect", "Allow") == "Allow"
        for action in _listed(statement.get("Action"))
        for target in sorted(_targets(template, everything, statement.get("Resource"), action))
    )


# Managed policies of AWS that give a function nothing but its logs, network and traces.
_HARMLESS = (
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess",
)


def knows_rights(template: Template, function: Resource) -> bool:
    """Whether the template says all that a function may do.

    It doesn't where a policy is given by its name or ARN, or the role is of another stack.
    """
    held = _listed(function.properties.get("Policies"))
    if "Role" in function.properties:
        roles = references(function.properties["Role"]) & template.resources.keys()
        if not roles:
            return False
        for role in roles:
            held = held + _listed(template.resources[role].properties.get("ManagedPolicyArns"))
    return all(_is_readable(template, it) for it in held)


def _is_readable(template: Template, policy: Value) -> bool:
    if references(policy) & template.resources.keys():
        return True
    text = policy if isinstance(policy, str) else str(policy.get("Fn::Sub", ""))
    if text:
        return text.rsplit("/", 1)[-1] in _HARMLESS
    return "Ref" not in policy and not any(key.startswith("Fn::") for key in policy)


def _targets(
    template: Template, named: dict[str, dict[str, Any]], resource: Value, action: str
) -> set[str]:
    found = {it for it in references(resource) if it in template} | spelled_out(resource, named)
    service = action.split(":", maxsplit=1)[0]
    return found or ({f"aws:{service}"} if service not in ("logs", "xray") else set())


def _statements(template: Template) -> Iterator[tuple[str, dict[str, Any], Place]]:
    for resource in template.resources.values():
        own = resource.properties.get("Policies", [])
        if resource.type == "AWS::IAM::Role":
            for who in _bearers(template, resource.name):
                for index, policy in enumerate(own):
                    path = ("Policies", index, "PolicyDocument")
                    yield from _documented(
                        template, resource.name, who, policy.get("PolicyDocument", {}), path
                    )
        elif resource.type in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            document = resource.properties.get("PolicyDocument", {})
            for who in _holders(template, resource):
                yield from _documented(template, resource.name, who, document, ("PolicyDocument",))
        elif "Policies" in resource.properties:
            for index, policy in enumerate(_listed(own)):
                yield from _sam(template, resource.name, policy, ("Policies", index))


def _documented(
    template: Template,
    holder: str,
    who: str,
    document: dict[str, Any],
    path: tuple[str | int, ...],
) -> Iterator[tuple[str, dict[str, Any], Place]]:
    for index, statement in enumerate(_listed(document.get("Statement"))):
        yield who, statement, template.place(holder, *path, "Statement", index)


def _sam(
    template: Template, function: str, policy: Value, path: tuple[str | int, ...]
) -> Iterator[tuple[str, dict[str, Any], Place]]:
    """Policies of a SAM function: a document, or one of SAM's policy templates."""
    if not isinstance(policy, dict):
        return
    if "Statement" in policy:
        yield from _documented(template, function, function, policy, path)
        return
    for name, given in policy.items():
        known = _policy_templates().get(name)
        for statement in known["Definition"]["Statement"] if known else []:
            # Its ARNs are built from the parameters; the resources that those refer to are enough.
            named = {**statement, "Resource": list((given or {}).values()) or "*"}
            yield function, named, template.place(function, *path)


def _bearers(template: Template, role: str) -> list[str]:
    """Resources that have the role."""
    trusted = json.dumps(template.resources[role].properties.get("AssumeRolePolicyDocument"))
    return [
        name
        for name in _naming_roles(template).get(role, ())
        # A role that doesn't trust Lambda is useless to a function.
        if template.resources[name].type not in FUNCTIONS or _trusts_lambda(trusted)
    ]


@functools.lru_cache(maxsize=8)
def _naming_roles(template: Template) -> dict[str, list[str]]:
    """By role: the resources that name it as theirs."""
    bears = ("Role", "RoleArn", "CredentialsArn", "ExecutionRoleArn")
    found: dict[str, list[str]] = {}
    for name, it in template.resources.items():
        given = [holder[key] for key in bears for holder in _holds(it) if key in holder]
        for role in references(given):
            found.setdefault(role, []).append(name)
    return found


def _holds(it: Resource) -> list[dict[str, Any]]:
    """Where a resource names its role: among its properties, a schedule in its target's."""
    schedules = it.type == "AWS::Scheduler::Schedule"
    return [it.properties, it.properties.get("Target", {})] if schedules else [it.properties]


def _trusts_lambda(trust: str) -> bool:
    return all(f'"{it}"' in trust for it in ("Allow", "lambda.amazonaws.com", "sts:AssumeRole"))


def _holders(template: Template, policy: Resource) -> list[str]:
    """Resources with a role that has the policy; the policy itself if it is attached to nothing."""
    attached = references(policy.properties.get("Roles")) | {
        it.name
        for it in template.of_type("AWS::IAM::Role")
        if policy.name in references(it.properties.get("ManagedPolicyArns"))
    }
    direct = [
        it.name
        for it in template.of_type("AWS::Serverless::Function")
        if policy.name in references(it.properties.get("Policies"))
    ]
    bearers = [who for role in sorted(attached) for who in _bearers(template, role)]
    on_premises = all(_is_for_outside(template, role) for role in attached)
    return direct + bearers if direct or not on_premises else [policy.name]


def _is_for_outside(template: Template, role: str) -> bool:
    """Whether nothing of the template bears the role: a process elsewhere takes it on."""
    trusted = json.dumps(template.resources[role].properties.get("AssumeRolePolicyDocument"))
    return "rolesanywhere.amazonaws.com" in trusted


@functools.cache
def _policy_templates() -> dict[str, Any]:
    folder = importlib.resources.files("samtranslator.policy_templates_data")
    known: dict[str, Any] = json.loads((folder / "policy_templates.json").read_text())["Templates"]
    return known


def _listed(value: Value) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
