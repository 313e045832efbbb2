"""Builds what each stage needs, once a worker, from the environment that the template sets.

Each function raises `SettingsError` that names the variables that are missing or wrong.
"""

import datetime as dt
import os
from functools import cache

import boto3
from botocore.config import Config
from msgspec import Struct

from reading.engine import OcrEngine
from receipts.aws.dynamodb import DynamoLedger, DynamoSeenImages
from receipts.aws.s3 import S3Forms, S3Objects
from receipts.aws.sqs import SqsDeadLetters, SqsQueue
from receipts.errors import SettingsError
from receipts.settings import from_environment

# By default the SDK signs forms the old way, for the global address: new buckets take neither.
SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})


class _Ledger(Struct, frozen=True, kw_only=True):
    ledger_table: str


class _Batches(_Ledger, frozen=True, kw_only=True):
    ledger_retention_days: int
    receipts_bucket: str

    @property
    def retention(self) -> dt.timedelta:
        return dt.timedelta(days=self.ledger_retention_days)


class _Splitter(_Batches, frozen=True, kw_only=True):
    receipt_queue_url: str
    upload_dlq_url: str


class _Reader(_Batches, frozen=True, kw_only=True):
    write_queue_url: str
    receipt_dlq_url: str
    ocr_engine: str
    ocr_timeout_seconds: float


class _Retries(Struct, frozen=True, kw_only=True):
    max_receives: int


class Splitter(Struct, frozen=True, kw_only=True):
    """What `split_upload` needs."""

    ledger: DynamoLedger
    objects: S3Objects
    queue: SqsQueue
    dead_letters: SqsDeadLetters


class Reader(Struct, frozen=True, kw_only=True):
    """What `read_receipt` needs, whichever service brings its messages."""

    ledger: DynamoLedger
    objects: S3Objects
    seen: DynamoSeenImages
    queue: SqsQueue
    dead_letters: SqsDeadLetters
    engine: OcrEngine
    limit_s: float


@cache
def acceptor() -> tuple[DynamoLedger, S3Forms]:
    """What `accept_batch` needs."""
    given = from_environment(_Batches, os.environ)
    return (
        DynamoLedger(given.ledger_table, boto3.client("dynamodb"), given.retention),
        S3Forms(given.receipts_bucket, boto3.client("s3", config=SIGNING)),
    )


@cache
def splitter() -> Splitter:
    """See `Splitter`."""
    given = from_environment(_Splitter, os.environ)
    sqs = boto3.client("sqs")
    return Splitter(
        ledger=DynamoLedger(given.ledger_table, boto3.client("dynamodb"), given.retention),
        objects=S3Objects(given.receipts_bucket, boto3.client("s3")),
        queue=SqsQueue(given.receipt_queue_url, sqs),
        dead_letters=SqsDeadLetters(given.upload_dlq_url, sqs),
    )


@cache
def reader() -> Reader:
    """See `Reader`."""
    # Only here: the other functions load no imaging library.
    from reading.engines import make_engine  # noqa: PLC0415

    given = from_environment(_Reader, os.environ)
    try:
        engine = make_engine(given.ocr_engine)
    except ValueError as error:
        raise SettingsError(f"OCR_ENGINE: {error}") from error
    sqs, dynamodb = boto3.client("sqs"), boto3.client("dynamodb")
    return Reader(
        ledger=DynamoLedger(given.ledger_table, dynamodb, given.retention),
        seen=DynamoSeenImages(given.ledger_table, dynamodb, given.retention),
        objects=S3Objects(given.receipts_bucket, boto3.client("s3")),
        queue=SqsQueue(given.write_queue_url, sqs),
        dead_letters=SqsDeadLetters(given.receipt_dlq_url, sqs),
        engine=engine,
        limit_s=given.ocr_timeout_seconds,
    )


@cache
def max_receives() -> int:
    """How often the receipt queue delivers a message before its redrive policy takes it."""
    return from_environment(_Retries, os.environ).max_receives


@cache
def reported_ledger() -> DynamoLedger:
    """What `report_batch` needs; it writes nothing, so nothing is kept for any time."""
    return DynamoLedger(
        from_environment(_Ledger, os.environ).ledger_table, boto3.client("dynamodb")
    )


def forget() -> None:
    """Build anew at the next call, as a new worker does."""
    for built in (acceptor, splitter, reader, max_receives, reported_ledger):
        built.cache_clear()


def utc_now() -> dt.datetime:
    """The stages' clock."""
    return dt.datetime.now(dt.UTC)
