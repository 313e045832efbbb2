"""Lambda on a schedule: settles what the path could not; wires it for `receipts reconcile`, too."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Struct

from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.patience import COMMAND
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsDeadLetterReader, SqsQueue
from receipts.handlers import wiring
from receipts.handlers.wiring import utc_now
from receipts.reconcile import Action, Finding, settle_batches

PARTS = 24
"""Of the ledger: a run gets through all of them, and where it doesn't, a day's runs do."""

STOPS_BEFORE_END_MS = 120_000
"""How long before its end a run stops: longer than one finding takes with all its tries."""

logger = Logger(service="reconcile")


class Settings(wiring.AcceptSettings, frozen=True, kw_only=True):
    """The variables of the function; a person's command takes them from the stack's outputs."""

    stack_name: str
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


def settle(stack: Stack, **options: Any) -> Iterator[Finding]:  # noqa: ANN401  the stage's own
    """See `settle_batches`; at the end two alarms are told how many are left to a person."""
    left = 0
    for finding in settle_batches(
        letters=chain.from_iterable(queue.look() for queue in stack.dead_letters),
        ledger=stack.ledger,
        objects=stack.objects,
        upload_queue=stack.upload_queue,
        write_queue=stack.write_queue,
        clock=utc_now,
        **options,
    ):
        left += finding.action is Action.LEFT
        yield finding
    dimensions = [{"Name": "Stack", "Value": stack.name}]
    boto3.client("cloudwatch", config=COMMAND).put_metric_data(
        Namespace="Receipts",
        MetricData=[{"MetricName": "Unaccounted", "Dimensions": dimensions, "Value": left}],
    )


def wired(given: Settings) -> Stack:
    """The stack behind these settings. Region, endpoint and credentials are the SDK's own."""
    sqs = boto3.client("sqs", config=COMMAND)
    dynamodb = boto3.client("dynamodb", config=COMMAND)
    dlqs = (given.upload_dlq_url, given.receipt_dlq_url, given.write_dlq_url)
    return Stack(
        name=given.stack_name,
        ledger=DynamoLedger(given.ledger_table, dynamodb, given.retention),
        objects=S3Objects(given.receipts_bucket, boto3.client("s3", config=COMMAND)),
        upload_queue=SqsQueue(given.upload_queue_url, sqs),
        write_queue=SqsQueue(given.write_queue_url, sqs),
        dead_letters=tuple(SqsDeadLetterReader(url, sqs) for url in dlqs),
    )


@logger.inject_lambda_context(clear_state=True)
def handler(_: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """EventBridge Scheduler, hourly. What is raised fails the invocation, and an alarm tells."""

    def in_time() -> bool:
        return context.get_remaining_time_in_millis() > STOPS_BEFORE_END_MS

    done = Counter[str]()
    for one in settle(wired(wiring.settings(Settings)), parts=PARTS, in_time=in_time):
        done[one.action] += 1
        logger.info(one.action, batch_id=one.batch_id, index=one.index, reason=one.reason)
    logger.info("settled", done=done, cut_off=not in_time())
    return done
