"""Wires the operators' commands to a deployed stack: its queues, bucket, ledger and audit trail."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from commands.audit_trail import AuditTrail
from commands.letters.queues import Depth, LetterQueue, depth
from commands.traces import Traces
from commands.way import LogLine
from receipts.aws.patience import COMMAND
from receipts.errors import ReconcileError, SettingsError
from receipts.handlers.reconcile import Settings, Stack, wired
from receipts.handlers.wiring import utc_now
from receipts.ports import Clock
from receipts.settings import from_mapping


class Outputs(Settings, frozen=True, kw_only=True):
    """The outputs of the template that are needed here, by the names of the functions' settings."""

    receipt_queue_url: str


class Opened(Struct, frozen=True, kw_only=True):
    """A stack that was found: behind its ports, its outputs, and the time."""

    stack: Stack
    outputs: Outputs
    clock: Clock


@contextlib.contextmanager
def opened(name: str) -> Iterator[Opened]:
    """The stack of this name. Region, endpoint and credentials are the SDK's own settings.

    Raises `SettingsError` where there is no such stack, or one that is not of this template, and
    `ReconcileError` where AWS refuses what is done within.
    """
    try:
        stacks = boto3.client("cloudformation", config=COMMAND)
        found = stacks.describe_stacks(StackName=name)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise SettingsError(f"the stack {name!r} can't be looked up: {error}") from error
    given = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    # The name as the alarm knows it, also where an ARN was given.
    given["StackName"] = found["StackName"]
    outputs = from_mapping(Outputs, given, f"among the outputs of the stack {name!r}", _output)
    try:
        yield Opened(stack=wired(outputs), outputs=outputs, clock=utc_now)
    except (ClientError, BotoCoreError) as error:
        raise ReconcileError(f"{error}. What is printed above is done; run it again") from error


def _output(setting: str) -> str:
    """The output of the template with a setting: `write_queue_url` is `WriteQueueUrl`."""
    return setting.title().replace("_", "") + ("Name" if setting == "receipts_bucket" else "")


def letter_queues(found: Opened) -> Mapping[str, LetterQueue]:
    """The three dead-letter queues by the stage that works on what lies there."""
    out, sqs = found.outputs, boto3.client("sqs", config=COMMAND)
    return {
        "upload": LetterQueue("UploadDlq", out.upload_dlq_url, out.upload_queue_url, sqs),
        "receipt": LetterQueue("ReceiptDlq", out.receipt_dlq_url, out.receipt_queue_url, sqs),
        "write": LetterQueue("WriteDlq", out.write_dlq_url, out.write_queue_url, sqs),
    }


def depths(found: Opened) -> Mapping[str, Depth]:
    """What waits on the queues between the stages, as SQS counts it: approximately."""
    out, sqs = found.outputs, boto3.client("sqs", config=COMMAND)
    urls = {"receipt": out.receipt_queue_url, "write": out.write_queue_url}
    return {name: depth(sqs, url) for name, url in urls.items()}


def log_groups(found: Opened) -> Sequence[str]:
    """The log groups of the stack's functions."""
    client = boto3.client("cloudformation", config=COMMAND)
    pages = client.get_paginator("list_stack_resources").paginate(StackName=found.stack.name)
    return [
        one["PhysicalResourceId"]
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] == "AWS::Logs::LogGroup"
    ]


def log_lines(groups: Sequence[str], text: str, since: dt.datetime) -> Iterator[LogLine]:
    """The lines of these groups that hold the text, group by group."""
    client = boto3.client("logs", config=COMMAND)
    for group in groups:
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            filterPattern=f'"{text}"',
            startTime=int(since.timestamp() * 1000),
        )
        for page in pages:
            for event in page["events"]:
                at = dt.datetime.fromtimestamp(event["timestamp"] / 1000, dt.UTC)
                yield LogLine(at=at, group=group, text=event["message"].strip())


def audit_trail(found: Opened, command: str) -> AuditTrail:
    """Where the run of this command is noted."""
    return AuditTrail(
        command,
        boto3.client("sts", config=COMMAND).get_caller_identity()["Arn"],
        found.outputs.receipts_bucket,
        boto3.client("s3", config=COMMAND),
        found.clock(),
    )


def traces(found: Opened) -> Traces:
    """What the bucket and the ledger keep of customers."""
    out = found.outputs
    table = boto3.resource("dynamodb", config=COMMAND).Table(out.ledger_table)
    return Traces(table, out.receipts_bucket, boto3.client("s3", config=COMMAND))
