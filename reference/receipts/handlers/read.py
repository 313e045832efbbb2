"""Lambda behind the receipt queue: parse the message, call `read_receipt`, give up in time."""

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
from msgspec import Struct, structs

from reading.engine import OcrEngine
from reading.engines import make_engine
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.seen_images import DynamoSeenImages
from receipts.aws.sqs import SqsDeadLetters, SqsQueue
from receipts.dead_letters import set_aside
from receipts.messages import ReceiptMessage, UnknownMessageError, decode
from receipts.read_receipt import read_receipt
from receipts.settings import SettingsError, from_environment

logger = Logger(service="read")
# A raised error would make the whole batch come again; each message reports its own instead.
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


class ReaderSettings(Struct, frozen=True, kw_only=True):
    """What a reader is told, whichever service brings its messages."""

    ledger_table: str
    ledger_retention_days: int
    receipts_bucket: str
    write_queue_url: str
    receipt_dlq_url: str
    ocr_engine: str
    ocr_timeout_seconds: float


class Settings(ReaderSettings, frozen=True, kw_only=True):
    """The environment, set by the template."""

    max_receives: int


class Reader(Struct, frozen=True, kw_only=True):
    """What the stage needs, whichever service brings its messages."""

    ledger: DynamoLedger
    objects: S3Objects
    seen: DynamoSeenImages
    queue: SqsQueue
    dead_letters: SqsDeadLetters
    engine: OcrEngine
    limit_s: float


class Wired(Reader, frozen=True, kw_only=True):
    """The same behind a queue, built once a worker."""

    max_receives: int


def wire(settings: ReaderSettings) -> Reader:
    """The stage's adapters. Raises `SettingsError` where there is no such OCR engine."""
    try:
        engine = make_engine(settings.ocr_engine)
    except ValueError as error:
        raise SettingsError(f"OCR_ENGINE: {error}") from error
    sqs, dynamodb = boto3.client("sqs"), boto3.client("dynamodb")
    retention = dt.timedelta(days=settings.ledger_retention_days)
    return Reader(
        ledger=DynamoLedger(settings.ledger_table, dynamodb, retention),
        seen=DynamoSeenImages(settings.ledger_table, dynamodb, retention),
        objects=S3Objects(settings.receipts_bucket, boto3.client("s3")),
        queue=SqsQueue(settings.write_queue_url, sqs),
        dead_letters=SqsDeadLetters(settings.receipt_dlq_url, sqs),
        engine=engine,
        limit_s=settings.ocr_timeout_seconds,
    )


@cache
def _wired() -> Wired:
    settings = from_environment(Settings, os.environ)
    return Wired(**structs.asdict(wire(settings)), max_receives=settings.max_receives)


def read(record: SQSRecord) -> None:
    """Read what one message tells of; what fails on its last try is set aside with the reason."""
    wired = _wired()
    message = None
    try:
        message = decode(record.body, ReceiptMessage)
        state = read_receipt(
            message,
            objects=wired.objects,
            seen=wired.seen,
            ledger=wired.ledger,
            queue=wired.queue,
            engine=wired.engine,
            limit_s=wired.limit_s,
            clock=_now,
        )
        logger.info("read", receipt_id=message.receipt_id, state=state)
    except Exception as error:
        last = int(record.attributes.approximate_receive_count) >= wired.max_receives
        if not last and not isinstance(error, UnknownMessageError):
            # The batch processor keeps the error to itself: unsaid, it would never be known.
            logger.exception("not read, comes again")
            raise
        reason = f"{type(error).__name__}: {error}"
        set_aside(
            record.body,
            reason,
            message,
            dead_letters=wired.dead_letters,
            ledger=wired.ledger,
            clock=_now,
        )
        logger.warning("given up", reason=reason)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  powertools' own
    """SQS event, partial batch response. Raises `SettingsError`: the invocation fails, and is seen.

    Within the processor it would be each message's own failure, and no line of the log.
    """
    _wired()
    return process_partial_response(event, read, processor, context)
