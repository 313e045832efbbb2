"""Rules about what is delivered, tried again, held back and set aside; see `template_rules`."""

from collections.abc import Iterator
from typing import Any

from helpers.template_parts import (
    Template,
    all_mappings,
    mappings,
    of_type,
    pushed,
    queues,
    referred,
    stream_mappings,
)


def a_slow_run_is_not_delivered_twice(template: Template) -> Iterator[str]:
    """Visibility timeout >= 6 x function timeout + batching window."""
    functions = of_type(template, "AWS::Serverless::Function")
    for name, mapping, queue, function in mappings(template):
        least = 6 * functions[function]["Timeout"] + mapping.get(
            "MaximumBatchingWindowInSeconds", 0
        )
        if queues(template)[queue].get("VisibilityTimeout", 30) < least:
            yield f"{name}: {queue} needs a visibility timeout of {least} s"


def a_dead_letter_outlives_its_queue(template: Template) -> Iterator[str]:
    """A DLQ keeps the first enqueue time: its retention must be longer than the source's."""
    own = of_type(template, "AWS::SQS::Queue")
    dead_letter_queues = {
        referred(target)
        for target in _told(template, ("deadLetterTargetArn", "DeadLetterConfig", "OnFailure"))
    }
    for name, queue in own.items():
        if redrive := queue.get("RedrivePolicy"):
            dlq = referred(redrive["deadLetterTargetArn"])
            if own[dlq].get("MessageRetentionPeriod", 345600) <= queue["MessageRetentionPeriod"]:
                yield f"{name}: {dlq} must keep messages longer"
            if int(redrive["maxReceiveCount"]) < 5:
                yield f"{name}: maxReceiveCount under 5; throttled deliveries count too"
    for name in own.keys() - dead_letter_queues:
        if "RedrivePolicy" not in own[name]:
            yield f"{name} has no dead-letter queue"


def _told(value: Any, keys: tuple[str, ...]) -> Iterator[Any]:
    """What stands under any of the keys, wherever; an `Arn` or `Destination` in it is meant."""
    match value:
        case dict():
            for key, inner in value.items():
                if key in keys:
                    yield inner.get("Arn", inner.get("Destination", inner))
                else:
                    yield from _told(inner, keys)
        case list():
            for inner in value:
                yield from _told(inner, keys)


def concurrency_is_within_what_aws_takes(template: Template) -> Iterator[str]:
    """MaximumConcurrency 2 to 1,000, a number or a parameter; what is reserved covers it."""
    functions = of_type(template, "AWS::Serverless::Function")
    total: dict[str, int] = {}
    for name, mapping, _, function in mappings(template):
        most = _number(template, mapping.get("ScalingConfig", {}).get("MaximumConcurrency"))
        if not isinstance(most, int) or not 2 <= most <= 1000:
            yield f"{name}: MaximumConcurrency must be a number from 2 to 1000"
            continue
        total[function] = total.get(function, 0) + most
    for function, most in total.items():
        reserved = functions[function].get("ReservedConcurrentExecutions")
        if reserved is not None and reserved < most:
            yield f"{function}: reserves {reserved}, its mappings take up to {most}"
    for function in pushed(template):
        total[function] = functions[function].get("ReservedConcurrentExecutions", 0)
        if not total[function]:
            yield f"{function}: is pushed to, and nothing holds that back"
    if sum(total.values()) > 1000:
        yield "the mappings together take more than the account's 1,000"


def _number(template: Template, value: Any) -> Any:
    """A parameter's default, where all that it may be is what AWS takes."""
    parameter = template.get("Parameters", {}).get(referred(value), {})
    within = parameter.get("MinValue", 0) >= 2 and parameter.get("MaxValue", 9999) <= 1000
    return parameter["Default"] if parameter.get("Type") == "Number" and within else value


def batches_are_within_what_aws_takes(template: Template) -> Iterator[str]:
    """Over ten messages need a window; a failed message must not fail its batch."""
    for name, mapping, _, _ in all_mappings(template):
        size = mapping.get("BatchSize", 10)
        window = mapping.get("MaximumBatchingWindowInSeconds", 0)
        if not 1 <= size <= 10_000 or (size > 10 and window < 1):
            yield f"{name}: a batch of {size} with a window of {window} s"
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one failed message would fail its whole batch"


SENDERS = {"s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com"}


def only_its_source_may_send_to_a_queue(template: Template) -> Iterator[str]:
    """Queue policies let one service send, from one resource of ours, and nobody else anything."""
    for name, policy in of_type(template, "AWS::SQS::QueuePolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            condition = statement.get("Condition", {})
            sender = statement["Principal"]
            service = sender.get("Service") if isinstance(sender, dict) else None
            narrowed = (
                service in SENDERS
                and statement["Action"] == "sqs:SendMessage"
                and "aws:SourceArn" in condition.get("ArnEquals", {})
                # A bucket's ARN has no account in it; a topic's and a rule's have.
                and (
                    service != "s3.amazonaws.com"
                    or "aws:SourceAccount" in condition.get("StringEquals", {})
                )
            )
            if statement["Effect"] == "Allow" and not narrowed:
                yield f"{name}: lets more than our own source send"


def what_is_tried_in_vain_is_kept(template: Template) -> Iterator[str]:
    """Whatever a service gives up on goes to a queue; a bad record doesn't hold up its shard."""
    functions = of_type(template, "AWS::Serverless::Function")
    for function in pushed(template):
        configured = functions[function].get("EventInvokeConfig", {})
        if not configured.get("DestinationConfig", {}).get("OnFailure"):
            yield f"{function}: what it fails on is lost after {configured} retries"
    for name, subscription in of_type(template, "AWS::SNS::Subscription").items():
        if "RedrivePolicy" not in subscription:
            yield f"{name}: what can't be delivered is lost"
    for name, rule in of_type(template, "AWS::Events::Rule").items():
        if any("DeadLetterConfig" not in target for target in rule["Targets"]):
            yield f"{name}: what can't be delivered is lost"
    for name, mapping, _, _ in stream_mappings(template):
        tries, age = (
            mapping.get("MaximumRetryAttempts", -1),
            mapping.get("MaximumRecordAgeInSeconds", -1),
        )
        if tries < 0 or age < 0 or not mapping.get("BisectBatchOnFunctionError"):
            yield f"{name}: one bad record holds up its shard"
        if not mapping.get("DestinationConfig", {}).get("OnFailure"):
            yield f"{name}: nobody learns what was set aside"


def a_person_hears_of_what_waits_and_what_is_dead(template: Template) -> Iterator[str]:
    """An alarm on each working queue's age, below its retention, and on each DLQ's depth."""
    alarms = {
        (referred(alarm["Dimensions"][0]["Value"]), alarm["MetricName"]): alarm
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm.get("Namespace") in {"AWS/SQS", "AWS/Kinesis"}
    }
    for name, stream in of_type(template, "AWS::Kinesis::Stream").items():
        late = alarms.get((name, "GetRecords.IteratorAgeMilliseconds"))
        if late is None:
            yield f"{name}: no alarm on the age of its records"
        elif late["Threshold"] >= stream["RetentionPeriodHours"] * 3_600_000 / 2:
            yield f"{name}: the alarm comes when half of the time is over"
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        works = "RedrivePolicy" in queue
        metric = "ApproximateAgeOfOldestMessage" if works else "ApproximateNumberOfMessagesVisible"
        alarm = alarms.get((name, metric))
        if alarm is None:
            yield f"{name}: no alarm on {metric}"
        elif works and alarm["Threshold"] >= queue["MessageRetentionPeriod"] / 2:
            yield f"{name}: the alarm comes when half of the time is over"
        elif not works and alarm["Threshold"] != 0:
            yield f"{name}: every dead letter is a customer's receipt"


ONE_VCPU_MB = 1769
"""Lambda's memory that comes with one processor; with less a CPU second takes longer."""


def the_reader_stops_its_engine_and_gives_up_in_time(template: Template) -> Iterator[str]:
    """One limit for all passes, with time left to write; the last receive is the reader's own."""
    for name, _, queue, function in mappings(template):
        properties = of_type(template, "AWS::Serverless::Function")[function]
        variables = properties.get("Environment", {}).get("Variables", {})
        cpu_s = float(variables.get("OCR_TIMEOUT_SECONDS", 0))
        engine_s = cpu_s * max(1.0, ONE_VCPU_MB / properties["MemorySize"])
        if engine_s >= properties["Timeout"] - 5:
            yield f"{function}: its engine may run for {engine_s:g} s of {properties['Timeout']}"
        redrive = queues(template)[queue]["RedrivePolicy"]
        receives = int(variables.get("MAX_RECEIVES", 0))
        if receives >= redrive["maxReceiveCount"]:
            yield f"{name}: the redrive policy would take a message before the reader says why"
