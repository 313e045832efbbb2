"""Rules for what AWS alone refuses or does: linters and emulators pass it; see `template_rules`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from helpers.template_parts import Template, listed, of_type, referred, statements

_EC2_TAKES = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")
"""What EC2 takes as the description of a security group's rule; an apostrophe is refused."""


def rules_are_described_as_ec2_takes_it(template: Template) -> Iterator[str]:
    """A refused description fails the whole stack, when it is created."""
    for name, group in of_type(template, "AWS::EC2::SecurityGroup").items():
        rules = group.get("SecurityGroupIngress", []) + group.get("SecurityGroupEgress", [])
        for text in (group["GroupDescription"], *(rule.get("Description", "") for rule in rules)):
            if not _EC2_TAKES.fullmatch(text):
                yield f"{name}: EC2 takes no description {text!r}"


def a_stack_is_looked_up_by_its_name(template: Template) -> Iterator[str]:
    """Asked for by name it is judged as `stack/NAME/*`, which no right on its id covers."""
    for name, statement in statements(template):
        if "cloudformation:DescribeStacks" in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                if not resource.get("Fn::Sub", "").endswith(":stack/${AWS::StackName}/*"):
                    yield f"{name}: may not look the stack up by its name"


def logs_have_a_group_before_the_first_line(template: Template) -> Iterator[str]:
    """Each function logs into a group of the template, and its role may write there.

    A name put together from the stack's fits no longer when CloudFormation shortens that.
    """
    allowed = {
        (whose, referred(resource))
        for whose, statement in statements(template)
        if "logs:PutLogEvents" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    groups = of_type(template, "AWS::Logs::LogGroup")
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        group = referred(function.get("LoggingConfig", {}).get("LogGroup"))
        if "RetentionInDays" not in groups.get(group, {}):
            yield f"{name}: its logs are kept for ever"
        if (referred(function.get("Role")), group) not in allowed:
            yield f"{name}: may not write its logs"


def what_is_kept_stays_closed(template: Template) -> Iterator[str]:
    """A bucket or queue that outlives the stack keeps its policy."""
    resources: dict[str, Any] = template["Resources"]
    for name, one in resources.items():
        properties = one.get("Properties", {})
        for it in [properties.get("Bucket"), *properties.get("Queues", [])]:
            kept = resources.get(referred(it), {}).get("DeletionPolicy")
            if one["Type"].endswith("Policy") and kept and kept != one.get("DeletionPolicy"):
                yield f"{name}: {referred(it)} stays without it"


def a_person_hears_of_a_broken_front_door(template: Template) -> Iterator[str]:
    """What an API answers with 5xx reaches no queue, and no queue's alarm."""
    watched = {
        referred(dimension["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "5xx"
        for dimension in alarm["Dimensions"]
    }
    for name in of_type(template, "AWS::ApiGatewayV2::Api").keys() - watched:
        yield f"{name}: no alarm on its errors"


DIMENSIONS = {
    "AWS/ApiGateway": ("ApiId", {"AWS::ApiGatewayV2::Api"}),
    "AWS/Kinesis": ("StreamName", {"AWS::Kinesis::Stream"}),
    "AWS/Lambda": ("FunctionName", {"AWS::Serverless::Function"}),
    "AWS/SQS": ("QueueName", {"AWS::SQS::Queue"}),
    "Receipts": ("Stack", set()),
}
"""By namespace: the one dimension that its metrics are told with, and what that names. With another
name or value CloudWatch has no such metric, and nobody says so."""


def metrics_of(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The metrics that an alarm watches, one or several."""
    if "MetricName" in alarm:
        yield alarm
    for one in alarm.get("Metrics", []):
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"] | {"Period": one["MetricStat"]["Period"]}


def an_alarm_can_ring(template: Template) -> Iterator[str]:
    """It watches a metric that there is, for at most a day; by periods of an hour, a week."""
    resources: dict[str, Any] = template["Resources"]
    elsewhere = template.get("Metadata", {}).get("ExternalResources", {})
    outside = {by for one in elsewhere.values() for by in one["NamedBy"]}
    for name, alarm in of_type(template, "AWS::CloudWatch::Alarm").items():
        periods = alarm["EvaluationPeriods"]
        if alarm.get("DatapointsToAlarm", 1) > periods:
            yield f"{name}: wants more data points than it looks at"
        for metric in metrics_of(alarm):
            wanted, kinds = DIMENSIONS[metric["Namespace"]]
            [dimension] = metric["Dimensions"]
            of = referred(dimension["Value"])
            its = resources.get(of, {}).get("Type")
            if metric["MetricName"] not in METRICS[metric["Namespace"]]:
                yield f"{name}: no metric {metric['MetricName']}"
            if dimension["Name"] != wanted or (kinds and its not in kinds and of not in outside):
                yield f"{name}: no {metric['MetricName']} of {dimension['Name']} {of}"
            if not kinds and of != "AWS::StackName":
                yield f"{name}: our metrics are told by the stack's name"
            if metric["Period"] * periods > (86_400 if metric["Period"] < 3600 else 604_800):
                yield f"{name}: CloudWatch looks at no such long time"


def a_schedule_that_stops_is_heard(template: Template) -> Iterator[str]:
    """No run fails no alarm: one on what is missing does, after more than one period."""
    silent = [
        alarm
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm.get("Namespace") == "Receipts"
        and alarm["TreatMissingData"] == "breaching"
        and alarm["ComparisonOperator"] == "LessThanThreshold"
        and alarm["Threshold"] > 0
    ]
    for name, schedule in of_type(template, "AWS::Scheduler::Schedule").items():
        often = re.fullmatch(r"rate\((\d+) hours?\)", schedule["ScheduleExpression"])
        every_s = 3600 * int(often[1]) if often else float("inf")
        waits_s = [alarm["Period"] * alarm["EvaluationPeriods"] for alarm in silent]
        if not any(2 * every_s <= wait_s <= 86_400 for wait_s in waits_s):
            yield f"{name}: nobody hears when it stops"
        target = schedule["Target"]
        retry = target.get("RetryPolicy", {})
        if retry.get("MaximumEventAgeInSeconds", 86_400) > every_s:
            yield f"{name}: what is late would come with the next"


METRICS = {
    "AWS/ApiGateway": {"Count", "4xx", "5xx", "Latency", "IntegrationLatency", "DataProcessed"},
    "AWS/Kinesis": {"GetRecords.IteratorAgeMilliseconds"},
    "AWS/Lambda": {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"},
    "AWS/SQS": {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfEmptyReceives",
        "NumberOfMessagesDeleted",
        "NumberOfMessagesReceived",
        "NumberOfMessagesSent",
    },
    "Receipts": {"Unaccounted"},
}
"""By namespace, as documented: an HTTP API's metrics have other names than a REST API's."""


def shown(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each widget of each dashboard; what a `Sub` sets in is its logical name in angle brackets."""
    for name, dashboard in of_type(template, "AWS::CloudWatch::Dashboard").items():
        text = re.sub(r"\$\{(\w+)(?:\.(\w+))?\}", r"<\1>", dashboard["DashboardBody"]["Fn::Sub"])
        text = text.replace("${AWS::Region}", "<Region>").replace("${AWS::StackName}", "<Stack>")
        for widget in json.loads(text)["widgets"]:
            yield name, widget


def a_dashboard_shows_what_there_is(template: Template) -> Iterator[str]:
    """Metrics that exist, of resources that exist; all alarms, and each queue and function."""
    resources: dict[str, Any] = template["Resources"]
    seen: set[str] = set()
    dashboards = {name for name, _ in shown(template)}
    for name, widget in shown(template):
        its = widget["properties"]
        seen |= {alarm.strip("<>") for alarm in its.get("alarms", [])}
        if widget["type"] == "metric" and its["region"] != "<Region>":
            yield f"{name}: a region of its own"
        for namespace, metric, dimension, value, *_ in its.get("metrics", []):
            of = value.strip("<>")
            seen.add(of)
            wanted, kinds = DIMENSIONS[namespace]
            known = resources.get(of, {}).get("Type") in kinds if kinds else of == "Stack"
            if metric not in METRICS[namespace] or dimension != wanted or not known:
                yield f"{name}: no {namespace} {metric} of {dimension} {of}"
    kinds = {"AWS::SQS::Queue", "AWS::Serverless::Function", "AWS::CloudWatch::Alarm"}
    for missing in {it for it in resources if resources[it]["Type"] in kinds} - seen:
        if dashboards:
            yield f"{missing} is on no dashboard"


def a_certificate_is_not_enough(template: Template) -> Iterator[str]:
    """A role for certificates wants our anchor and the subject's name: else any of them will do."""
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            if statement["Principal"].get("Service") != "rolesanywhere.amazonaws.com":
                continue
            condition = statement.get("Condition", {})
            anchor = condition.get("ArnEquals", {}).get("aws:SourceArn")
            if of_type(template, "AWS::RolesAnywhere::TrustAnchor").keys() != {referred(anchor)}:
                yield f"{name}: takes any trust anchor's certificates"
            if "aws:PrincipalTag/x509Subject/CN" not in condition.get("StringEquals", {}):
                yield f"{name}: takes every certificate of its authority"
            if missing := _NEEDED_TO_ASSUME - set(listed(statement["Action"])):
                yield f"{name}: no session without {', '.join(sorted(missing))}"


_NEEDED_TO_ASSUME = {"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"}


RULES = (
    a_certificate_is_not_enough,
    a_dashboard_shows_what_there_is,
    an_alarm_can_ring,
    a_schedule_that_stops_is_heard,
    rules_are_described_as_ec2_takes_it,
    a_stack_is_looked_up_by_its_name,
    logs_have_a_group_before_the_first_line,
    what_is_kept_stays_closed,
    a_person_hears_of_a_broken_front_door,
)
