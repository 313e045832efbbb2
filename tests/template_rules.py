"""What AWS would refuse, or what would fail there one day, and an emulator lets pass.

Each rule takes the template as YAML says it and yields what is wrong, with the resource's name.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import structs

Template = dict[str, Any]
Rule = Callable[[Template], Iterator[str]]

READ_BY_LIBRARIES = {"POWERTOOLS_LOG_LEVEL", "OMP_THREAD_LIMIT"}
"""Environment variables that no code of ours reads: the logger does, and Tesseract."""


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Logical name to properties."""
    resources = template["Resources"].items()
    return {name: one.get("Properties", {}) for name, one in resources if one["Type"] == kind}


def referred(value: Any) -> str:
    """The logical name in a `Ref`, `GetAtt` or, at its start, `Sub`."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), _]}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            found = re.match(r"\$\{(\w+)[.}]", text)
            return found[1] if found else text
    return str(value)


def mappings(template: Template) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Each event source mapping: name, properties, queue, function."""
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        yield name, mapping, referred(mapping["EventSourceArn"]), referred(mapping["FunctionName"])


def a_slow_run_is_not_delivered_twice(template: Template) -> Iterator[str]:
    """Visibility timeout >= 6 x function timeout + batching window."""
    queues = of_type(template, "AWS::SQS::Queue")
    functions = of_type(template, "AWS::Serverless::Function")
    for name, mapping, queue, function in mappings(template):
        least = 6 * functions[function]["Timeout"] + mapping.get(
            "MaximumBatchingWindowInSeconds", 0
        )
        if queues[queue].get("VisibilityTimeout", 30) < least:
            yield f"{name}: {queue} needs a visibility timeout of {least} s"


def a_dead_letter_outlives_its_queue(template: Template) -> Iterator[str]:
    """A DLQ keeps the first enqueue time: its retention must be longer than the source's."""
    queues = of_type(template, "AWS::SQS::Queue")
    dead_letter_queues = set()
    for name, queue in queues.items():
        if redrive := queue.get("RedrivePolicy"):
            dlq = referred(redrive["deadLetterTargetArn"])
            dead_letter_queues.add(dlq)
            if queues[dlq].get("MessageRetentionPeriod", 345600) <= queue["MessageRetentionPeriod"]:
                yield f"{name}: {dlq} must keep messages longer"
            if int(redrive["maxReceiveCount"]) < 5:
                yield f"{name}: maxReceiveCount under 5; throttled deliveries count too"
    for name in queues.keys() - dead_letter_queues:
        if "RedrivePolicy" not in queues[name]:
            yield f"{name} has no dead-letter queue"


def concurrency_is_within_what_aws_takes(template: Template) -> Iterator[str]:
    """MaximumConcurrency 2 to 1,000, a number; reserved concurrency covers it."""
    functions = of_type(template, "AWS::Serverless::Function")
    total: dict[str, int] = {}
    for name, mapping, _, function in mappings(template):
        most = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if not isinstance(most, int) or not 2 <= most <= 1000:
            yield f"{name}: MaximumConcurrency must be a number from 2 to 1000"
            continue
        total[function] = total.get(function, 0) + most
    for function, most in total.items():
        reserved = functions[function].get("ReservedConcurrentExecutions")
        if reserved is not None and reserved < most:
            yield f"{function}: reserves {reserved}, its mappings take up to {most}"
    if sum(total.values()) > 1000:
        yield "the mappings together take more than the account's 1,000"


def batches_are_within_what_aws_takes(template: Template) -> Iterator[str]:
    """Over ten messages need a window; a failed message must not fail its batch."""
    for name, mapping, _, _ in mappings(template):
        size = mapping.get("BatchSize", 10)
        window = mapping.get("MaximumBatchingWindowInSeconds", 0)
        if not 1 <= size <= 10_000 or (size > 10 and window < 1):
            yield f"{name}: a batch of {size} with a window of {window} s"
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one failed message would fail its whole batch"


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


def only_the_bucket_may_send_to_a_queue(template: Template) -> Iterator[str]:
    """Queue policies let S3 send, from our bucket and account, and nobody else anything."""
    for name, policy in of_type(template, "AWS::SQS::QueuePolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            condition = statement.get("Condition", {})
            narrowed = (
                statement["Principal"] == {"Service": "s3.amazonaws.com"}
                and statement["Action"] == "sqs:SendMessage"
                and "aws:SourceArn" in condition.get("ArnEquals", {})
                and "aws:SourceAccount" in condition.get("StringEquals", {})
            )
            if statement["Effect"] == "Allow" and not narrowed:
                yield f"{name}: lets more than our bucket send"


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each allowing statement of each role and managed policy."""
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement
        for managed in role.get("ManagedPolicyArns", []):
            yield (
                name,
                {"Effect": "Allow", "Action": f"managed policy {managed}: *", "Resource": "*"},
            )
    for name, policy in of_type(template, "AWS::IAM::ManagedPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement


def listed(value: Any) -> list[Any]:
    """A policy's single value or list, as a list."""
    return value if isinstance(value, list) else [value]


UNNARROWED = {"cloudwatch:PutMetricData"}
"""Actions that know no resource; a condition must narrow them."""


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
            if text.rstrip("*") != text and not text.endswith(("/uploads/*", "/results/*", "-*")):
                yield f"{name}: {', '.join(sorted(actions))} on {text}"
            if "*" in text[:-1]:
                yield f"{name}: a wildcard within {text}"


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
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
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
        for prefix in {"uploads/", "results/"} - kept:
            yield f"{name}: {prefix} is kept for ever"


def the_rest_is_kept_closed_and_not_for_ever(template: Template) -> Iterator[str]:
    """Queues, ledger and logs: encrypted, and dropped after a time."""
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        if queue.get("SqsManagedSseEnabled") is not True:
            yield f"{name}: not encrypted"
    for name, table in of_type(template, "AWS::DynamoDB::Table").items():
        if not table.get("SSESpecification", {}).get("SSEEnabled"):
            yield f"{name}: not encrypted"
        if not table.get("TimeToLiveSpecification", {}).get("Enabled"):
            yield f"{name}: is kept for ever"
    logged = {}
    for group in of_type(template, "AWS::Logs::LogGroup").values():
        text = group["LogGroupName"]["Fn::Sub"]
        logged[text.removeprefix("/aws/lambda/${").removesuffix("}")] = group
    for name in of_type(template, "AWS::Serverless::Function"):
        if "RetentionInDays" not in logged.get(name, {}):
            yield f"{name}: its logs are kept for ever"


def a_person_hears_of_what_waits_and_what_is_dead(template: Template) -> Iterator[str]:
    """An alarm on each working queue's age, below its retention, and on each DLQ's depth."""
    queues = of_type(template, "AWS::SQS::Queue")
    alarms = {
        (referred(alarm["Dimensions"][0]["Value"]), alarm["MetricName"]): alarm
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == "AWS/SQS"
    }
    for name, queue in queues.items():
        works = "RedrivePolicy" in queue
        metric = "ApproximateAgeOfOldestMessage" if works else "ApproximateNumberOfMessagesVisible"
        alarm = alarms.get((name, metric))
        if alarm is None:
            yield f"{name}: no alarm on {metric}"
        elif works and alarm["Threshold"] >= queue["MessageRetentionPeriod"] / 2:
            yield f"{name}: the alarm comes when half of the time is over"
        elif not works and alarm["Threshold"] != 0:
            yield f"{name}: every dead letter is a customer's receipt"


def the_reader_stops_its_engine_and_gives_up_in_time(template: Template) -> Iterator[str]:
    """The engine's limit is below the function's; the last receive is the reader's own."""
    for name, _, queue, function in mappings(template):
        properties = of_type(template, "AWS::Serverless::Function")[function]
        variables = properties.get("Environment", {}).get("Variables", {})
        engine_s = float(variables.get("OCR_TIMEOUT_SECONDS", 0))
        if engine_s >= properties["Timeout"] - 5:
            yield f"{function}: its engine may run for {engine_s:g} s of {properties['Timeout']}"
        redrive = of_type(template, "AWS::SQS::Queue")[queue]["RedrivePolicy"]
        receives = int(variables.get("MAX_RECEIVES", 0))
        if receives >= redrive["maxReceiveCount"]:
            yield f"{name}: the redrive policy would take a message before the reader says why"


RULES: tuple[Rule, ...] = (
    a_slow_run_is_not_delivered_twice,
    a_dead_letter_outlives_its_queue,
    concurrency_is_within_what_aws_takes,
    batches_are_within_what_aws_takes,
    functions_are_within_what_aws_takes,
    only_the_bucket_may_send_to_a_queue,
    no_right_is_wider_than_a_name,
    each_function_has_a_role_of_its_own,
    settings_and_environment_agree,
    nobody_asks_without_a_token_or_too_often,
    images_are_kept_closed_and_not_for_ever,
    the_rest_is_kept_closed_and_not_for_ever,
    a_person_hears_of_what_waits_and_what_is_dead,
    the_reader_stops_its_engine_and_gives_up_in_time,
)
