"""The read stage behind a topic, a bus and a stream: a few lines each, the same stage in all.

Behind a queue it is the core's own entrypoint, `receipts.entrypoints.read`. A queue tells how often
a message was received, so the reader can give up in time and say why. These services don't: what
fails is raised to the service, which tries again and at last gives up in the way of its template.
"""

import base64
import datetime as dt
import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Struct, json

from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.engines import make_engine
from receipts.adapters.s3 import S3Objects
from receipts.adapters.seen_images import DynamoSeenImages
from receipts.adapters.sqs import SqsDeadLetters, SqsQueue
from receipts.dead_letters import set_aside
from receipts.messages import ReceiptMessage, UnknownMessageError, decode
from receipts.ports import OcrEngine
from receipts.read_receipt import read_receipt
from receipts.settings import from_environment

logger = Logger(service="read")


class Settings(Struct, frozen=True, kw_only=True):
    """The environment, set by the pattern's template."""

    ledger_table: str
    ledger_retention_days: int
    receipts_bucket: str
    write_queue_url: str
    receipt_dlq_url: str
    ocr_engine: str
    ocr_timeout_seconds: float


class Wired(Struct, frozen=True, kw_only=True):
    """What the stage needs, built once a worker."""

    ledger: DynamoLedger
    objects: S3Objects
    seen: DynamoSeenImages
    queue: SqsQueue
    dead_letters: SqsDeadLetters
    engine: OcrEngine


@cache
def _wired() -> Wired:
    settings = from_environment(Settings, os.environ)
    sqs, dynamodb = boto3.client("sqs"), boto3.client("dynamodb")
    retention = dt.timedelta(days=settings.ledger_retention_days)
    return Wired(
        ledger=DynamoLedger(settings.ledger_table, dynamodb, retention),
        seen=DynamoSeenImages(settings.ledger_table, dynamodb, retention),
        objects=S3Objects(settings.receipts_bucket, boto3.client("s3")),
        queue=SqsQueue(settings.write_queue_url, sqs),
        dead_letters=SqsDeadLetters(settings.receipt_dlq_url, sqs),
        engine=make_engine(settings.ocr_engine, settings.ocr_timeout_seconds),
    )


def read(body: str) -> None:
    """Read what one message tells of. What is not ours is set aside: no retry mends it."""
    wired = _wired()
    try:
        message = decode(body, ReceiptMessage)
    except UnknownMessageError as error:
        set_aside(
            body,
            str(error),
            None,
            dead_letters=wired.dead_letters,
            ledger=wired.ledger,
            clock=_now,
        )
        logger.warning("given up", reason=str(error))
        return
    state = read_receipt(
        message,
        objects=wired.objects,
        seen=wired.seen,
        ledger=wired.ledger,
        queue=wired.queue,
        engine=wired.engine,
        clock=_now,
    )
    logger.info("read", receipt_id=message.receipt_id, state=state)


# --8<-- [start:topic]
def topic(event: dict[str, Any], context: LambdaContext) -> None:
    """SNS event: one record. What is raised, Lambda's asynchronous queue tries again."""
    del context
    for record in event["Records"]:
        read(record["Sns"]["Message"])


# --8<-- [end:topic]


# --8<-- [start:bus]
def bus(event: dict[str, Any], context: LambdaContext) -> None:
    """EventBridge event: its detail is the message itself. Tried again as behind a topic."""
    del context
    read(json.encode(event["detail"]).decode())


# --8<-- [end:bus]


# --8<-- [start:stream]
def stream(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Kinesis event, in order. The first that fails is where the mapping goes on from."""
    del context
    for record in event["Records"]:
        try:
            read(base64.b64decode(record["kinesis"]["data"]).decode())
        except Exception:
            logger.exception("not read, comes again with all behind it")
            sequence = record["kinesis"]["sequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}


# --8<-- [end:stream]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
