"""Behind `receipts reconcile`: finds the stack's resources, wires them, calls the stage."""

import datetime as dt
import itertools
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
from receipts.reconcile import NOT_STORED_AFTER, Action, Finding, mark_dead_letters, settle_batches
from receipts.settings import from_mapping


class Outputs(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The outputs of the template that are needed here."""

    ledger_table: str
    ledger_retention_days: int
    receipts_bucket_name: str
    write_queue_url: str
    upload_dlq_url: str
    receipt_dlq_url: str
    write_dlq_url: str


def run(stack: str, not_stored_after: dt.timedelta = NOT_STORED_AFTER) -> Iterator[Finding]:
    """Settle what the stack's path could not; the findings come as they are made.

    Region, endpoint and credentials are the SDK's own settings. Raises `SettingsError` where there
    is no such stack, or one that is not of this template, `ReconcileError` where AWS refuses.
    """
    try:
        yield from _run(stack, not_stored_after)
    except (ClientError, BotoCoreError) as error:
        raise ReconcileError(f"{error}. What is printed above is done; run it again") from error


def _run(stack: str, not_stored_after: dt.timedelta) -> Iterator[Finding]:
    where = f"among the outputs of the stack {stack!r}"
    outputs = from_mapping(Outputs, _stack_outputs(stack), where)
    sqs = boto3.client("sqs", config=COMMAND)
    retention = dt.timedelta(days=outputs.ledger_retention_days)
    ledger = DynamoLedger(outputs.ledger_table, boto3.client("dynamodb", config=COMMAND), retention)
    queues = (outputs.upload_dlq_url, outputs.receipt_dlq_url, outputs.write_dlq_url)
    letters = itertools.chain.from_iterable(SqsDeadLetterReader(url, sqs).peek() for url in queues)
    settled = settle_batches(
        ledger=ledger,
        objects=S3Objects(outputs.receipts_bucket_name, boto3.client("s3", config=COMMAND)),
        write_queue=SqsQueue(outputs.write_queue_url, sqs),
        clock=utc_now,
        not_stored_after=not_stored_after,
    )
    left = 0
    for finding in itertools.chain(
        mark_dead_letters(letters, ledger=ledger, clock=utc_now), settled
    ):
        left += finding.action is Action.LEFT
        yield finding
    _tell_alarm(stack, left)


def _stack_outputs(stack: str) -> dict[str, str]:
    try:
        stacks = boto3.client("cloudformation", config=COMMAND)
        found = stacks.describe_stacks(StackName=stack)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise SettingsError(f"the stack {stack!r} can't be looked up: {error}") from error
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _tell_alarm(stack: str, left: int) -> None:
    """The template's LedgerImbalanceAlarm watches this metric."""
    dimensions = [{"Name": "Stack", "Value": stack}]
    boto3.client("cloudwatch", config=COMMAND).put_metric_data(
        Namespace="Receipts",
        MetricData=[{"MetricName": "Unaccounted", "Dimensions": dimensions, "Value": left}],
    )
