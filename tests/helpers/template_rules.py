"""Rules for templates: what AWS refuses or what fails there, and an emulator accepts.

Each rule takes the parsed YAML and yields what is wrong, with the resource's name.
"""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import structs

from helpers import aws_alone_rules, delivery_rules
from helpers.template_parts import (
    Rule,
    Template,
    listed,
    of_type,
    referred,
    statements,
)

READ_BY_LIBRARIES = {"POWERTOOLS_LOG_LEVEL", "OMP_THREAD_LIMIT"}
"""Environment variables that no code of ours reads: the logger does, and Tesseract."""


def functions_are_within_what_aws_takes(template: Template) -> Iterator[str]:
    """Timeout <= 900 s, behind the API < 30 s; memory 128 to 10,240 MB."""
    integrations = of_type(template, "AWS::ApiGatewayV2::Integration").values()
    behind_api = {referred(integration["IntegrationUri"]) for integration in integrations}
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        longest = 29 if name in behind_api else 900
        if not 1 <= function["Timeout"] <= longest:
            yield f"{name}: a timeout of {function['Timeout']} s; at most {longest}"
        if not 128 <= function["MemorySize"] <= 10_240:
            yield f"{name}: {function['MemorySize']} MB"


UNNARROWED = {"cloudwatch:PutMetricData"}
"""Actions that know no resource; a condition must narrow them."""

TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
"""Actions that know neither a resource nor a condition: they are an option."""


INTERFACES = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}
"""What a function in a VPC needs, on no resource that could be named beforehand."""


ENDINGS = (
    "/uploads/*",
    "/results/*",
    "/corrections/*",
    "/operations/*",
    ":stack/${AWS::StackName}/*",
    "/GET/batches/*",
)
"""Where a resource may end in a wildcard: a folder of ours, a stack of any id, a route of ours."""


def no_right_is_wider_than_a_name(template: Template) -> Iterator[str]:
    """No wildcard in an action; in a resource only at its end, after a prefix of ours."""
    for name, statement in statements(template):
        actions = set(listed(statement["Action"]))
        for action in actions:
            if "*" in action:
                yield f"{name}: may do {action}"
        for resource in listed(statement["Resource"]):
            text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else str(resource)
            if resource == "*" and actions <= UNNARROWED and "Condition" in statement:
                continue
            if resource == "*" and actions == TRACES and "Condition" in template["Resources"][name]:
                continue
            if resource == "*" and actions == INTERFACES and _in_a_vpc(template, name):
                continue
            if text.rstrip("*") != text and not text.endswith(ENDINGS):
                yield f"{name}: {', '.join(sorted(actions))} on {text}"
            if "*" in text[:-1]:
                yield f"{name}: a wildcard within {text}"


def _in_a_vpc(template: Template, role: str) -> bool:
    functions = of_type(template, "AWS::Serverless::Function").values()
    return all("VpcConfig" in it for it in functions if referred(it.get("Role")) == role)


def each_function_has_a_role_of_its_own(template: Template) -> Iterator[str]:
    """Two functions with one role have the rights of both."""
    roles = [
        referred(function.get("Role"))
        for function in of_type(template, "AWS::Serverless::Function").values()
    ]
    for role in {role for role in roles if roles.count(role) > 1 or role == "None"}:
        yield f"{role} is the role of {roles.count(role)} functions"


def settings_and_environment_agree(template: Template) -> Iterator[str]:
    """Every variable that the code reads is set, and every one that is set is read."""
    everywhere = template.get("Globals", {}).get("Function", {})
    shared = everywhere.get("Environment", {}).get("Variables", {})
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        module = importlib.import_module(function["Handler"].rpartition(".")[0])
        own = function.get("Environment", {}).get("Variables", {})
        given = {**shared, **own}.keys() - READ_BY_LIBRARIES
        fields = structs.fields(vars(module)["Settings"])
        read = {one.name.upper() for one in fields}
        needed = {one.name.upper() for one in fields if one.required}
        if missing := needed - given:
            yield f"{name}: not set: {', '.join(sorted(missing))}"
        if unread := given - read:
            yield f"{name}: set and never read: {', '.join(sorted(unread))}"


def nobody_asks_without_a_token_or_too_often(template: Template) -> Iterator[str]:
    """Every route has the authorizer; every stage is throttled."""
    for name, route in of_type(template, "AWS::ApiGatewayV2::Route").items():
        tokens = route.get("AuthorizerId", {}).get("Fn::If", [None, None])
        if _kinds(template, route.get("AuthorizationType")) - {"JWT", "AWS_IAM"}:
            yield f"{name}: lets somebody in whom nobody has checked"
        elif tokens[0] != "TokensAreChecked" or not referred(tokens[1]):
            yield f"{name}: no authorizer"
    for name, authorizer in of_type(template, "AWS::ApiGatewayV2::Authorizer").items():
        configured = authorizer.get("JwtConfiguration", {})
        if not configured.get("Issuer") or not configured.get("Audience"):
            yield f"{name}: checks no issuer or no audience"
    for name, stage in of_type(template, "AWS::ApiGatewayV2::Stage").items():
        limits = stage.get("DefaultRouteSettings", {})
        if not limits.get("ThrottlingRateLimit") or not limits.get("ThrottlingBurstLimit"):
            yield f"{name}: not throttled"


def _kinds(template: Template, asked: Any) -> set[Any]:
    """What a value may be: itself, or what its parameter allows."""
    allowed = template["Parameters"].get(referred(asked) or "", {}).get("AllowedValues")
    return set(allowed) if allowed else {str(asked)}


def images_are_kept_closed_and_not_for_ever(template: Template) -> Iterator[str]:
    """The bucket: private, encrypted, not in the clear, and emptied after a time."""
    denied = {
        referred(policy["Bucket"])
        for policy in of_type(template, "AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"
        and len(listed(statement["Resource"])) == 2
    }
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        blocked = bucket.get("PublicAccessBlockConfiguration", {})
        if len(blocked) != 4 or not all(value is True for value in blocked.values()):
            yield f"{name}: public access is not blocked"
        if "BucketEncryption" not in bucket:
            yield f"{name}: not encrypted"
        if name not in denied:
            yield f"{name}: may be read in the clear"
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        kept = {rule.get("Prefix") for rule in rules if "ExpirationInDays" in rule}
        for prefix in {"uploads/", "results/", "corrections/"} - kept:
            yield f"{name}: {prefix} is kept for ever"


SECRET: dict[str, Callable[[dict[str, Any]], bool]] = {
    "AWS::SQS::Queue": lambda it: it.get("SqsManagedSseEnabled") is True,
    "AWS::DynamoDB::Table": lambda it: bool(it.get("SSESpecification", {}).get("SSEEnabled")),
    "AWS::SNS::Topic": lambda it: "KmsMasterKeyId" in it,
    "AWS::Kinesis::Stream": lambda it: "StreamEncryption" in it,
}
"""By type: whether it is encrypted."""


PASSING: dict[str, Callable[[dict[str, Any]], bool]] = {
    "AWS::DynamoDB::Table": lambda it: bool(it.get("TimeToLiveSpecification", {}).get("Enabled")),
    "AWS::Events::Archive": lambda it: bool(it.get("RetentionDays")),
}
"""By type: whether what it keeps is dropped after a time."""


def the_rest_is_kept_closed_and_not_for_ever(template: Template) -> Iterator[str]:
    """Queues, topics, streams and ledger: encrypted, and dropped after a time."""
    for demand, complaint in ((SECRET, "not encrypted"), (PASSING, "is kept for ever")):
        for kind, kept in demand.items():
            for name, one in of_type(template, kind).items():
                if not kept(one):
                    yield f"{name}: {complaint}"


RULES: tuple[Rule, ...] = (
    delivery_rules.a_slow_run_is_not_delivered_twice,
    delivery_rules.a_dead_letter_outlives_its_queue,
    delivery_rules.concurrency_is_within_what_aws_takes,
    delivery_rules.batches_are_within_what_aws_takes,
    functions_are_within_what_aws_takes,
    delivery_rules.only_its_source_may_send_to_a_queue,
    delivery_rules.what_is_tried_in_vain_is_kept,
    no_right_is_wider_than_a_name,
    each_function_has_a_role_of_its_own,
    settings_and_environment_agree,
    nobody_asks_without_a_token_or_too_often,
    images_are_kept_closed_and_not_for_ever,
    the_rest_is_kept_closed_and_not_for_ever,
    delivery_rules.a_person_hears_of_what_waits_and_what_is_dead,
    *aws_alone_rules.RULES,
    delivery_rules.the_reader_stops_its_engine_and_gives_up_in_time,
)
