"""Faults that the template's rules must find: rule, place, value set there, complaint."""

from typing import Any

from helpers import aws_alone_rules, delivery_rules
from helpers import template_rules as rules
from helpers.template_mutations import ABSENT
from helpers.template_parts import Rule, owner


def dashboard(before: str, after: str) -> str:
    """The dashboard's text with something else in a place."""
    text: str = owner()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert before in text
    return text.replace(before, after)


FAULTS: list[tuple[Rule, str, Any, str]] = [
    (
        aws_alone_rules.a_certificate_is_not_enough,
        "AgentRole.AssumeRolePolicyDocument.Statement.0.Condition.ArnEquals",
        ABSENT,
        "any trust anchor's",
    ),
    (
        aws_alone_rules.a_certificate_is_not_enough,
        "AgentRole.AssumeRolePolicyDocument.Statement.0.Condition.StringEquals",
        ABSENT,
        "every certificate",
    ),
    (
        aws_alone_rules.a_certificate_is_not_enough,
        "AgentRole.AssumeRolePolicyDocument.Statement.0.Action",
        "sts:AssumeRole",
        "sts:TagSession",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "TracingPolicy.PolicyDocument.Statement.0.Action",
        ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetTraceSummaries"],
        "TracingPolicy",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "SenderPolicy.PolicyDocument.Statement.0.Resource.1",
        {"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:1:${BatchesApi}/*"},
        "SenderPolicy",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "AgentRole.ManagedPolicyArns",
        ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"],
        "managed policy",
    ),
    (
        aws_alone_rules.an_alarm_can_ring,
        "UploadDlqAlarm.Dimensions.0.Name",
        "Queue",
        "UploadDlqAlarm: no ApproximateNumberOfMessagesVisible of Queue",
    ),
    (
        aws_alone_rules.an_alarm_can_ring,
        "ReconcileFailsAlarm.Dimensions.0.Value",
        {"Ref": "ReconcileRole"},
        "ReconcileFailsAlarm: no Errors",
    ),
    (
        aws_alone_rules.an_alarm_can_ring,
        "LedgerImbalanceAlarm.Dimensions.0.Value",
        {"Ref": "AWS::StackId"},
        "LedgerImbalanceAlarm: our metrics",
    ),
    (
        aws_alone_rules.an_alarm_can_ring,
        "FunctionsFailAlarm.Metrics.1.MetricStat.Metric.Dimensions.0.Name",
        "Function",
        "FunctionsFailAlarm: no Errors",
    ),
    (aws_alone_rules.an_alarm_can_ring, "ReconcileFailsAlarm.DatapointsToAlarm", 4, "wants more"),
    (aws_alone_rules.an_alarm_can_ring, "UploadsLateAlarm.EvaluationPeriods", 1441, "long time"),
    (
        aws_alone_rules.an_alarm_can_ring,
        "FrontDoorAlarm.MetricName",
        "5XXError",  # a REST API's
        "FrontDoorAlarm: no metric 5XXError",
    ),
    *(
        (
            aws_alone_rules.a_dashboard_shows_what_there_is,
            "Dashboard.DashboardBody",
            {"Fn::Sub": dashboard(before, after)},
            complaint,
        )
        for before, after, complaint in (
            ('"5xx"', '"5XXError"', "no AWS/ApiGateway 5XXError"),
            ('"QueueName", "${WriteDlq.', '"Queue", "${WriteDlq.', "Queue WriteDlq"),
            ("${SplitFunction}", "${SplitRole}", "FunctionName SplitRole"),
            ('"Stack", "${AWS::StackName}"', '"Stack", "${AWS::StackId}"', "Unaccounted of Stack"),
            ("${AWS::Region}", "us-east-1", "a region of its own"),
            ('"${WriteDlqAlarm.Arn}", ', "", "WriteDlqAlarm is on no dashboard"),
        )
    ),
    (
        aws_alone_rules.a_schedule_that_stops_is_heard,
        "ReconcileSilentAlarm.TreatMissingData",
        "notBreaching",
        "nobody hears when it stops",
    ),
    (
        aws_alone_rules.a_schedule_that_stops_is_heard,
        "ReconcileSilentAlarm.EvaluationPeriods",
        1,
        "nobody hears when it stops",
    ),
    (
        aws_alone_rules.a_schedule_that_stops_is_heard,
        "ReconcileSchedule.ScheduleExpression",
        "rate(1 day)",
        "nobody hears when it stops",
    ),
    (
        aws_alone_rules.a_schedule_that_stops_is_heard,
        "ReconcileSchedule.Target.RetryPolicy",
        ABSENT,
        "would come with the next",
    ),
    (
        delivery_rules.a_slow_run_is_not_delivered_twice,
        "ReceiptQueue.VisibilityTimeout",
        359,
        "ReadMapping",
    ),
    (delivery_rules.a_slow_run_is_not_delivered_twice, "ReadFunction.Timeout", 61, "366"),
    (
        delivery_rules.a_slow_run_is_not_delivered_twice,
        "SplitMapping.MaximumBatchingWindowInSeconds",
        1,
        "UploadQueue",
    ),
    (
        delivery_rules.a_dead_letter_outlives_its_queue,
        "WriteDlq.MessageRetentionPeriod",
        864000,
        "WriteDlq",
    ),
    (
        delivery_rules.a_dead_letter_outlives_its_queue,
        "WriteQueue.RedrivePolicy",
        ABSENT,
        "WriteQueue",
    ),
    (
        delivery_rules.a_dead_letter_outlives_its_queue,
        "UploadQueue.RedrivePolicy.maxReceiveCount",
        4,
        "5",
    ),
    (
        delivery_rules.concurrency_is_within_what_aws_takes,
        "ReadMapping.ScalingConfig.MaximumConcurrency",
        1,
        "ReadMapping",
    ),
    (
        delivery_rules.concurrency_is_within_what_aws_takes,
        "ReadMapping.ScalingConfig.MaximumConcurrency",
        {"Ref": "Concurrency"},
        "number",
    ),
    (
        delivery_rules.concurrency_is_within_what_aws_takes,
        "ReadMapping.ScalingConfig.MaximumConcurrency",
        1000,
        "account",
    ),
    (
        delivery_rules.concurrency_is_within_what_aws_takes,
        "ReadFunction.ReservedConcurrentExecutions",
        199,
        "reserves 199",
    ),
    (delivery_rules.batches_are_within_what_aws_takes, "SplitMapping.BatchSize", 11, "window"),
    (
        delivery_rules.batches_are_within_what_aws_takes,
        "ReadMapping.FunctionResponseTypes",
        ABSENT,
        "whole",
    ),
    (rules.functions_are_within_what_aws_takes, "AcceptFunction.Timeout", 30, "at most 29"),
    (rules.functions_are_within_what_aws_takes, "SplitFunction.Timeout", 901, "at most 900"),
    (rules.functions_are_within_what_aws_takes, "StatusFunction.MemorySize", 64, "64 MB"),
    (
        delivery_rules.only_its_source_may_send_to_a_queue,
        "UploadQueuePolicy.PolicyDocument.Statement.0.Principal",
        "*",
        "UploadQueuePolicy",
    ),
    (
        delivery_rules.only_its_source_may_send_to_a_queue,
        "UploadQueuePolicy.PolicyDocument.Statement.0.Condition.StringEquals",
        ABSENT,
        "more than our own source",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "SplitRole.Policies.0.PolicyDocument.Statement.0.Action",
        "sqs:*",
        "sqs:*",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "StatusRole.Policies.0.PolicyDocument.Statement.0.Resource",
        "*",
        "StatusRole",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "ReadRole.Policies.0.PolicyDocument.Statement.1.Resource",
        {"Fn::Sub": "${ReceiptsBucket.Arn}/*"},
        "ReadRole",
    ),
    (
        rules.no_right_is_wider_than_a_name,
        "ReadRole.ManagedPolicyArns",
        ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        "managed policy",
    ),
    (
        rules.each_function_has_a_role_of_its_own,
        "SplitFunction.Role",
        {"Fn::GetAtt": ["ReadRole", "Arn"]},
        "ReadRole",
    ),
    (rules.each_function_has_a_role_of_its_own, "SplitFunction.Role", ABSENT, "None"),
    (
        rules.settings_and_environment_agree,
        "ReadFunction.Environment.Variables.OCR_ENGINE",
        ABSENT,
        "not set: OCR_ENGINE",
    ),
    (
        rules.settings_and_environment_agree,
        "StatusFunction.Environment",
        {"Variables": {"WRITE_QUEUE_URL": "x"}},
        "never read: WRITE_QUEUE_URL",
    ),
    (
        rules.nobody_asks_without_a_token_or_too_often,
        "BatchRoute.AuthorizationType",
        "NONE",
        "BatchRoute",
    ),
    (
        rules.nobody_asks_without_a_token_or_too_often,
        "BatchRoute.AuthorizerId",
        ABSENT,
        "no authorizer",
    ),
    (
        rules.nobody_asks_without_a_token_or_too_often,
        "BatchesAuthorizer.JwtConfiguration.Audience",
        [],
        "BatchesAuthorizer",
    ),
    (
        rules.nobody_asks_without_a_token_or_too_often,
        "BatchesStage.DefaultRouteSettings",
        ABSENT,
        "throttled",
    ),
    (
        rules.images_are_kept_closed_and_not_for_ever,
        "ReceiptsBucket.PublicAccessBlockConfiguration.BlockPublicAcls",
        False,
        "public",
    ),
    (
        rules.images_are_kept_closed_and_not_for_ever,
        "ReceiptsBucket.BucketEncryption",
        ABSENT,
        "not encrypted",
    ),
    (
        rules.images_are_kept_closed_and_not_for_ever,
        "ReceiptsBucketPolicy.PolicyDocument.Statement.0.Resource",
        {"Fn::GetAtt": ["ReceiptsBucket", "Arn"]},
        "in the clear",
    ),
    (
        rules.images_are_kept_closed_and_not_for_ever,
        "ReceiptsBucket.LifecycleConfiguration.Rules.0",
        ABSENT,
        "uploads/",
    ),
    (
        rules.the_rest_is_kept_closed_and_not_for_ever,
        "WriteDlq.SqsManagedSseEnabled",
        ABSENT,
        "WriteDlq",
    ),
    (
        rules.the_rest_is_kept_closed_and_not_for_ever,
        "Ledger.TimeToLiveSpecification",
        ABSENT,
        "for ever",
    ),
    (
        aws_alone_rules.logs_have_a_group_before_the_first_line,
        "ReadLogs.RetentionInDays",
        ABSENT,
        "ReadFunction: its logs are kept for ever",
    ),
    (
        aws_alone_rules.logs_have_a_group_before_the_first_line,
        "ReadFunction.LoggingConfig.LogGroup",
        {"Ref": "SplitLogs"},
        "ReadFunction: may not write its logs",
    ),
    (
        aws_alone_rules.a_stack_is_looked_up_by_its_name,
        "OperatorPolicy.PolicyDocument.Statement.3.Resource",
        {"Ref": "AWS::StackId"},
        "OperatorPolicy: may not look",
    ),
    (
        aws_alone_rules.what_is_kept_stays_closed,
        "UploadDlqPolicy.Queues",
        [{"Ref": "WriteDlq"}],
        "WriteDlq stays without it",
    ),
    (
        aws_alone_rules.a_person_hears_of_a_broken_front_door,
        "FrontDoorAlarm.MetricName",
        "4xx",
        "BatchesApi",
    ),
    (
        delivery_rules.a_person_hears_of_what_waits_and_what_is_dead,
        "WriteDlqAlarm.Threshold",
        5,
        "every dead letter",
    ),
    (
        delivery_rules.a_person_hears_of_what_waits_and_what_is_dead,
        "ResultsLateAlarm.Threshold",
        800_000,
        "half",
    ),
    (
        delivery_rules.a_person_hears_of_what_waits_and_what_is_dead,
        "UploadsLateAlarm.MetricName",
        "NumberOfMessagesSent",
        "no alarm",
    ),
    (
        delivery_rules.the_reader_stops_its_engine_and_gives_up_in_time,
        "ReadFunction.Environment.Variables.OCR_TIMEOUT_SECONDS",
        "60",
        "engine",
    ),
    (
        delivery_rules.the_reader_stops_its_engine_and_gives_up_in_time,
        "ReadFunction.MemorySize",
        884,
        "engine may run for 60",
    ),
    (
        delivery_rules.the_reader_stops_its_engine_and_gives_up_in_time,
        "ReadFunction.Environment.Variables.MAX_RECEIVES",
        "11",
        "says why",
    ),
]
