"""Builds what each stage needs, once a worker, from the environment that the template sets.

Each function raises `SettingsError` that names the variables that are missing or wrong.
"""

import datetime as dt
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config
from msgspec import Struct

from reading.engine import OcrEngine
from reading.review import ONE_WRONG_IN, ONE_WRONG_MERCHANT_IN, least_confidences
from receipts.aws.dynamodb import DynamoLedger, DynamoSeenImages
from receipts.aws.patience import FUNCTION
from receipts.aws.s3 import S3Forms, S3Objects
from receipts.aws.sqs import SqsDeadLetters, SqsQueue
from receipts.aws.votes import DynamoVotes
from receipts.errors import SettingsError
from receipts.settings import from_environment

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# By default the SDK signs forms the old way, for the global address: new buckets take neither.
SIGNING = FUNCTION.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))

S = TypeVar("S", bound=Struct)


class StatusSettings(Struct, frozen=True, kw_only=True):
    """The variables of the status function."""

    ledger_table: str


class AcceptSettings(StatusSettings, frozen=True, kw_only=True):
    """The variables of the accept function."""

    ledger_retention_days: int
    receipts_bucket: str

    @property
    def retention(self) -> dt.timedelta:
        """How long the ledger keeps what is written."""
        return dt.timedelta(days=self.ledger_retention_days)


class SplitSettings(AcceptSettings, frozen=True, kw_only=True):
    """The variables of the split function."""

    receipt_queue_url: str
    upload_dlq_url: str


class ReadSettings(AcceptSettings, frozen=True, kw_only=True):
    """The variables of a reader, whichever service brings its messages."""

    write_queue_url: str
    receipt_dlq_url: str
    ocr_engine: str
    ocr_timeout_seconds: float
    agreement: bool = True
    one_wrong_in: int = ONE_WRONG_IN
    one_wrong_merchant_in: int = ONE_WRONG_MERCHANT_IN


class Splitter(Struct, frozen=True, kw_only=True):
    """What `split_upload` needs, and where its handler sets messages aside."""

    ledger: DynamoLedger
    objects: S3Objects
    queue: SqsQueue
    dead_letters: SqsDeadLetters


class Reader(Splitter, frozen=True, kw_only=True):
    """The same for `read_receipt`, whichever service brings its messages, and what it adds."""

    seen: DynamoSeenImages
    engine: OcrEngine
    limit_s: float
    votes: DynamoVotes | None
    least: Mapping[str, float]


@cache
def acceptor() -> tuple[DynamoLedger, S3Forms]:
    """What `accept_batch` needs."""
    given = settings(AcceptSettings)
    dynamodb = boto3.client("dynamodb", config=FUNCTION)
    forms = S3Forms(given.receipts_bucket, boto3.client("s3", config=SIGNING))
    return DynamoLedger(given.ledger_table, dynamodb, given.retention), forms


@cache
def splitter() -> Splitter:
    """See `Splitter`."""
    given = settings(SplitSettings)
    dynamodb = boto3.client("dynamodb", config=FUNCTION)
    return Splitter(
        ledger=DynamoLedger(given.ledger_table, dynamodb, given.retention),
        objects=S3Objects(given.receipts_bucket, boto3.client("s3", config=FUNCTION)),
        queue=SqsQueue(given.receipt_queue_url, sqs()),
        dead_letters=SqsDeadLetters(given.upload_dlq_url, sqs()),
    )


@cache
def sqs() -> "SQSClient":
    """What both queues' functions use, also to show a message again."""
    return boto3.client("sqs", config=FUNCTION)


@cache
def reader() -> Reader:
    """See `Reader`."""
    # Only here: the other functions load no imaging library.
    from reading.engines import make_engine  # noqa: PLC0415

    given = settings(ReadSettings)
    try:
        engine = make_engine(given.ocr_engine)
        least = least_confidences(given.one_wrong_in, given.one_wrong_merchant_in)
    except ValueError as error:
        raise SettingsError(f"OCR_ENGINE or ONE_WRONG_IN: {error}") from error
    dynamodb = boto3.client("dynamodb", config=FUNCTION)
    return Reader(
        ledger=DynamoLedger(given.ledger_table, dynamodb, given.retention),
        seen=DynamoSeenImages(given.ledger_table, dynamodb, given.retention),
        objects=S3Objects(given.receipts_bucket, boto3.client("s3", config=FUNCTION)),
        queue=SqsQueue(given.write_queue_url, sqs()),
        dead_letters=SqsDeadLetters(given.receipt_dlq_url, sqs()),
        engine=engine,
        limit_s=given.ocr_timeout_seconds,
        votes=DynamoVotes(given.ledger_table, dynamodb, given.retention)
        if given.agreement
        else None,
        least=least,
    )


@cache
def ledger() -> DynamoLedger:
    """What `report_batch` needs; it writes nothing, so there is no retention."""
    table = settings(StatusSettings).ledger_table
    return DynamoLedger(table, boto3.client("dynamodb", config=FUNCTION))


def forget() -> None:
    """Build anew at the next call, as a new worker does."""
    for built in (acceptor, splitter, reader, ledger, sqs):
        built.cache_clear()


def settings(kind: type[S]) -> S:
    """The environment as `kind`: its field `ledger_table` is `LEDGER_TABLE`."""
    return from_environment(kind, os.environ)


def utc_now() -> dt.datetime:
    """The stages' clock."""
    return dt.datetime.now(dt.UTC)
