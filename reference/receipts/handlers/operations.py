"""Behind the operators' commands: finds a stack's resources, wires them, calls the stage."""

import contextlib
import datetime as dt
from collections.abc import Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.patience import COMMAND
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsDeadLetterReader, SqsQueue
from receipts.errors import ReconcileError, SettingsError
from receipts.handlers.wiring import utc_now
from receipts.reconcile import Action, Finding, mark_dead_letters, settle_batches
from receipts.settings import from_mapping


class Outputs(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The outputs of the template that are needed here."""

    ledger_table: str
    ledger_retention_days: int
    receipts_bucket_name: str
    upload_queue_url: str
    write_queue_url: str
    upload_dlq_url: str
    receipt_dlq_url: str
    write_dlq_url: str


class Stack(Struct, frozen=True, kw_only=True):
    """A deployed stack's resources, behind their ports."""

    name: str
    ledger: DynamoLedger
    objects: S3Objects
    upload_queue: SqsQueue
    write_queue: SqsQueue
    dead_letters: tuple[SqsDeadLetterReader, ...]


@contextlib.contextmanager
def found_stack(name: str) -> Iterator[Stack]:
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
    outputs = from_mapping(Outputs, given, f"among the outputs of the stack {name!r}")
    dynamodb = boto3.client("dynamodb", config=COMMAND)
    sqs = boto3.client("sqs", config=COMMAND)
    retention = dt.timedelta(days=outputs.ledger_retention_days)
    dlqs = (outputs.upload_dlq_url, outputs.receipt_dlq_url, outputs.write_dlq_url)
    try:
        yield Stack(
            name=found["StackName"],  # as the alarm knows it, also where an ARN was given
            ledger=DynamoLedger(outputs.ledger_table, dynamodb, retention),
            objects=S3Objects(outputs.receipts_bucket_name, boto3.client("s3", config=COMMAND)),
            upload_queue=SqsQueue(outputs.upload_queue_url, sqs),
            write_queue=SqsQueue(outputs.write_queue_url, sqs),
            dead_letters=tuple(SqsDeadLetterReader(url, sqs) for url in dlqs),
        )
    except (ClientError, BotoCoreError) as error:
        raise ReconcileError(f"{error}. What is printed above is done; run it again") from error


def settle(stack: Stack, not_stored_after: dt.timedelta) -> Iterator[Finding]:
    """Settle what the stack's path could not; the findings come as they are made."""
    on_dlq = []
    for queue in stack.dead_letters:
        for finding in mark_dead_letters(queue.look(), ledger=stack.ledger, clock=utc_now):
            if finding.action is Action.LEFT:
                on_dlq.append(finding.batch_id)
            yield finding
    left = len(on_dlq)
    for finding in settle_batches(
        ledger=stack.ledger,
        objects=stack.objects,
        upload_queue=stack.upload_queue,
        write_queue=stack.write_queue,
        clock=utc_now,
        not_stored_after=not_stored_after,
        on_dlq=on_dlq,
    ):
        left += finding.action is Action.LEFT
        yield finding
    dimensions = [{"Name": "Stack", "Value": stack.name}]
    boto3.client("cloudwatch", config=COMMAND).put_metric_data(  # LedgerImbalanceAlarm watches it
        Namespace="Receipts",
        MetricData=[{"MetricName": "Unaccounted", "Dimensions": dimensions, "Value": left}],
    )
