"""Lambda behind the upload queue: parse S3's notification, call `split_upload` an upload."""

import datetime as dt
import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Struct

from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsDeadLetters, SqsQueue
from receipts.messages import UnknownMessageError
from receipts.settings import from_environment
from receipts.split_upload import split_upload
from receipts.uploads import parse_event

logger = Logger(service="split")
# A raised error would make the whole batch come again; each message reports its own instead.
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


class Settings(Struct, frozen=True, kw_only=True):
    """The environment, set by the template."""

    ledger_table: str
    ledger_retention_days: int
    receipts_bucket: str
    receipt_queue_url: str
    upload_dlq_url: str


class Wired(Struct, frozen=True, kw_only=True):
    """What the stage needs, built once a worker."""

    ledger: DynamoLedger
    objects: S3Objects
    queue: SqsQueue
    dead_letters: SqsDeadLetters


@cache
def _wired() -> Wired:
    settings = from_environment(Settings, os.environ)
    sqs = boto3.client("sqs")
    retention = dt.timedelta(days=settings.ledger_retention_days)
    return Wired(
        ledger=DynamoLedger(settings.ledger_table, boto3.client("dynamodb"), retention),
        objects=S3Objects(settings.receipts_bucket, boto3.client("s3")),
        queue=SqsQueue(settings.receipt_queue_url, sqs),
        dead_letters=SqsDeadLetters(settings.upload_dlq_url, sqs),
    )


def split(record: SQSRecord) -> None:
    """Split what one message tells of; one that is not ours is dead-lettered with the reason."""
    wired = _wired()
    try:
        for upload in parse_event(record.body):
            split_upload(
                upload,
                ledger=wired.ledger,
                objects=wired.objects,
                queue=wired.queue,
                clock=lambda: dt.datetime.now(dt.UTC),
            )
    except UnknownMessageError as error:
        wired.dead_letters.send(record.body, str(error))
        logger.warning("given up", reason=str(error))
    except Exception:
        # The batch processor keeps the error to itself: unsaid, it would never be known.
        logger.exception("not split, comes again")
        raise


def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  powertools' own
    """SQS event, partial batch response. Raises `SettingsError`: the invocation fails, and is seen.

    Within the processor it would be each message's own failure, and no line of the log.
    """
    _wired()
    logger.info("split", messages=len(event["Records"]))
    return process_partial_response(event, split, processor, context)
