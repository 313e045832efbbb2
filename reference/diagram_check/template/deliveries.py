"""Wirings by AWS services: routes, events, subscriptions, redrives, alarms."""

from collections.abc import Iterator
from typing import Any

from diagram_check.template.grants import FUNCTIONS, grants, knows_rights
from diagram_check.template.references import Value, references, spelled_out
from diagram_check.template.sam_deliveries import sam_deliveries
from diagram_check.template.sam_template import Place, Template
from diagram_check.template.wiring import OUTSIDE, How, Wiring

# The rights that a mapping's poller needs, by AWS's documentation of each event source.
_TO_POLL = {
    "AWS::SQS::Queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "AWS::Kinesis::Stream": (
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:DescribeStream",
        "kinesis:ListShards",
    ),
}
# Properties that name the target of a delivery: (type, property, sending service, kind).
_NAMED: tuple[tuple[str, str, str, How], ...] = (
    ("AWS::S3::Bucket", "NotificationConfiguration", "s3.amazonaws.com", "event"),
    ("AWS::SNS::Topic", "Subscription", "sns.amazonaws.com", "event"),
    ("AWS::SQS::Queue", "RedrivePolicy", "", "redrive"),
    ("AWS::Serverless::Function", "DeadLetterQueue", "", "redrive"),
    ("AWS::Serverless::Function", "EventInvokeConfig", "", "redrive"),
    ("AWS::CloudWatch::Alarm", "AlarmActions", "", "signal"),
)


def deliveries(template: Template) -> Iterator[Wiring]:
    """Everything that services deliver by themselves, with what is missing for it."""
    yield from _routes(template)
    yield from _mappings(template)
    yield from sam_deliveries(template)
    yield from _methods(template)
    yield from _origins(template)
    yield from _buses(template)
    yield from _schedules(template)
    for kind, key, sender, how in _NAMED:
        for it in template.of_type(kind):
            for target in sorted(references(it.properties.get(key)) & template.resources.keys()):
                missing, allowed = (
                    _permit(template, sender, it.name, target) if sender else ("", ())
                )
                places = (template.place(it.name, key), *allowed)
                yield Wiring(it.name, target, how, places, missing)
    for it in template.of_type("AWS::SNS::Subscription"):
        for topic in sorted(references(it.properties.get("TopicArn"))):
            for target in sorted(references(it.properties.get("Endpoint"))):
                missing, allowed = _permit(template, "sns.amazonaws.com", topic, target)
                places = (template.place(it.name, "Endpoint"), *allowed)
                yield Wiring(topic, target, "event", places, missing)
            for target in sorted(references(it.properties.get("RedrivePolicy"))):
                missing, allowed = _permit(template, "sns.amazonaws.com", topic, target)
                places = (template.place(it.name, "RedrivePolicy"), *allowed)
                yield Wiring(topic, target, "redrive", places, missing)
    for it in template.of_type("AWS::CloudWatch::Alarm"):
        key = "Metrics" if "Metrics" in it.properties else "Dimensions"
        for source in sorted(references(it.properties.get(key)) & template.resources.keys()):
            yield Wiring(source, it.name, "signal", (template.place(it.name, key),))


def _routes(template: Template) -> Iterator[Wiring]:
    staged = {
        api: template.place(it.name, "ApiId")
        for it in template.of_type("AWS::ApiGatewayV2::Stage")
        for api in sorted(references(it.properties.get("ApiId")))
    }
    for route in template.of_type("AWS::ApiGatewayV2::Route"):
        for api in sorted(references(route.properties.get("ApiId"))):
            place = template.place(route.name, "RouteKey")
            if api in staged:
                yield Wiring(OUTSIDE, api, "request", (place, staged[api]))
            else:
                yield Wiring(OUTSIDE, api, "request", (place,), f"no stage deploys {api}")
            for name in sorted(references(route.properties.get("Target"))):
                integration = template.resources.get(name)
                if integration is None:
                    continue
                keys = ("IntegrationUri", "RequestParameters")
                for target in sorted(references([integration.properties.get(k) for k in keys])):
                    missing, allowed = _permit(template, "apigateway.amazonaws.com", api, target)
                    if api not in references(integration.properties.get("ApiId")):
                        missing = missing or f"{name} belongs to another API than {route.name}"
                    evidence = (
                        template.place(route.name, "Target"),
                        template.place(name, "IntegrationUri"),
                        *allowed,
                    )
                    yield Wiring(api, target, "request", evidence, missing)


def _methods(template: Template) -> Iterator[Wiring]:
    """REST APIs: each method with the function behind it."""
    for it in template.of_type("AWS::ApiGateway::Method"):
        place = template.place(it.name, "Integration")
        integration = it.properties.get("Integration")
        for api in sorted(references(it.properties.get("RestApiId")) & template.resources.keys()):
            yield Wiring(OUTSIDE, api, "request", (place,))
            for target in sorted(references(integration) & template.resources.keys()):
                if template.resources[target].type.startswith("AWS::IAM::"):
                    continue
                missing, allowed = _permit(template, "apigateway.amazonaws.com", api, target)
                yield Wiring(api, target, "request", (place, *allowed), missing)


def _origins(template: Template) -> Iterator[Wiring]:
    """CloudFront: what each distribution fetches from."""
    for it in template.of_type("AWS::CloudFront::Distribution"):
        origins = it.properties.get("DistributionConfig", {}).get("Origins")
        place = template.place(it.name, "DistributionConfig", "Origins")
        yield Wiring(OUTSIDE, it.name, "request", (place,))
        for target in sorted(references(origins) & template.resources.keys()):
            if not template.resources[target].type.startswith("AWS::CloudFront::"):
                yield Wiring(it.name, target, "request", (place,))


def _mappings(template: Template) -> Iterator[Wiring]:
    allowed = grants(template)
    for it in template.of_type("AWS::Lambda::EventSourceMapping"):
        for source in sorted(references(it.properties.get("EventSourceArn"))):
            for function in sorted(references(it.properties.get("FunctionName"))):
                needs = (
                    _TO_POLL.get(template.resources[source].type, ())
                    if (source in template)
                    else ()
                )
                has = {g.action: g for g in allowed if (g.who, g.target) == (function, source)}
                lacks = [action for action in needs if action not in has]
                missing = f"{function} polls {source} and lacks {', '.join(lacks)}" if lacks else ""
                its = template.resources.get(function)
                missing = missing if its and knows_rights(template, its) else ""
                places = (
                    template.place(it.name, "EventSourceArn"),
                    *(g.place for g in has.values()),
                )
                yield Wiring(source, function, "event", tuple(dict.fromkeys(places)), missing)
        for function in sorted(references(it.properties.get("FunctionName"))):
            for target in sorted(references(it.properties.get("DestinationConfig"))):
                place = template.place(it.name, "DestinationConfig")
                yield Wiring(function, target, "redrive", (place,))


def _buses(template: Template) -> Iterator[Wiring]:
    for it in template.of_type("AWS::Events::Rule"):
        buses = references(it.properties.get("EventBusName")) or {"aws:events"}
        if "ScheduleExpression" in it.properties:
            buses = {it.name}
        for index, target in enumerate(it.properties.get("Targets", [])):
            place = template.place(it.name, "Targets", index)
            for bus in sorted(buses):
                yield from _target(template, it.name, bus, target, place)
    for it in template.of_type("AWS::Events::Archive"):
        for bus in sorted(references(it.properties.get("SourceArn"))):
            yield Wiring(bus, it.name, "event", (template.place(it.name, "SourceArn"),))
    for it in template.of_type("AWS::Pipes::Pipe"):
        for source in sorted(references(it.properties.get("Source"))):
            for target in sorted(references(it.properties.get("Target"))):
                yield Wiring(source, target, "event", (template.place(it.name, "Target"),))


def _schedules(template: Template) -> Iterator[Wiring]:
    """EventBridge Scheduler's: each invokes its target with a role."""
    allowed = {(it.who, it.target): it.place for it in grants(template) if it.action == _INVOKE}
    for it in template.of_type("AWS::Scheduler::Schedule"):
        place = template.place(it.name, "Target", "Arn")
        target = it.properties.get("Target", {})
        for name in sorted(references(target.get("Arn"))):
            by = allowed.get((it.name, name))
            missing = "" if by else f"no role of {it.name} may invoke {name}"
            yield Wiring(it.name, name, "event", (place, by) if by else (place,), missing)
        for name in sorted(references(target.get("DeadLetterConfig"))):
            yield Wiring(it.name, name, "redrive", (place,))


def _target(
    template: Template, rule: str, bus: str, target: dict[str, Any], place: Place
) -> Iterator[Wiring]:
    """A rule's delivery to its target, and to the dead-letter queue of that."""
    for name in sorted(references(target.get("Arn"))):
        by_role = "RoleArn" in target
        missing, allowed = (
            ("", ()) if by_role else _permit(template, "events.amazonaws.com", rule, name)
        )
        yield Wiring(bus, name, "event", (place, *allowed), missing)
    for name in sorted(references(target.get("DeadLetterConfig"))):
        missing, allowed = _permit(template, "events.amazonaws.com", rule, name)
        yield Wiring(bus, name, "redrive", (place, *allowed), missing)


_INVOKE = "lambda:InvokeFunction"

Permit = tuple[str, tuple[Place, ...]]


def _permit(template: Template, sender: str, source: str, target: str) -> Permit:
    """What a service lacks to deliver from `source` to `target`, and the places that allow it."""
    receiver = template.resources.get(target)
    if receiver is None:
        return f"{target} is not in the template", ()
    if receiver.type in FUNCTIONS:
        for it in template.of_type("AWS::Lambda::Permission"):
            if (
                target in references(it.properties.get("FunctionName"))
                and it.properties.get("Principal") == sender
                and it.properties.get("Action") == "lambda:InvokeFunction"
                and _matches(template, it.properties.get("SourceArn"), source)
            ):
                return "", (template.place(it.name, "Principal"),)
        return f"no AWS::Lambda::Permission lets {sender} invoke {target} for {source}", ()
    if receiver.type == "AWS::SQS::Queue":
        for it in template.of_type("AWS::SQS::QueuePolicy"):
            for index, statement in enumerate(
                it.properties.get("PolicyDocument", {}).get("Statement", [])
            ):
                applies = target in references(it.properties.get("Queues"))
                if applies and _allows(template, statement, sender, source, target):
                    return "", (template.place(it.name, "PolicyDocument", "Statement", index),)
        return f"no AWS::SQS::QueuePolicy lets {sender} send to {target} for {source}", ()
    return "", ()


def _allows(
    template: Template, statement: dict[str, Any], sender: str, source: str, target: str
) -> bool:
    actions = statement.get("Action")
    conditions = statement.get("Condition", {})
    arns = [
        value
        for test in conditions.values()
        for key, value in test.items()
        if key.lower() == "aws:sourcearn"
    ]
    return (
        statement.get("Effect") == "Allow"
        and sender in str(statement.get("Principal"))
        and "sqs:SendMessage" in (actions if isinstance(actions, list) else [actions])
        and target in references(statement.get("Resource"))
        and all(_matches(template, arn, source) for arn in arns)
    )


def _matches(template: Template, arn: Value, source: str) -> bool:
    """Whether a condition on the source's ARN matches `source`; no condition matches all."""
    if arn is None:
        return True
    its = template.resources.get(source)
    own = {source: its.properties} if its else {}
    return source in references(arn) or bool(spelled_out(arn, own))
