"""Lambda behind `POST /batches`: parse, call `accept_batch`, answer 201 with the forms."""

import binascii
import datetime as dt
import os
from functools import cache
from http import HTTPStatus
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from msgspec import Struct, ValidationError, json

from receipts.accept_batch import KeyReusedError, UploadsClosedError, accept_batch
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Forms
from receipts.batch import BatchRequest
from receipts.handlers.http import RefusedError, answer, make_api, owner_of
from receipts.messages import NOT_JSON
from receipts.settings import from_environment

# By default the SDK signs forms the old way, for the global address: new buckets take neither.
SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})

logger = Logger(service="accept")
api = make_api()


class Settings(Struct, frozen=True, kw_only=True):
    """The environment, set by the template."""

    ledger_table: str
    ledger_retention_days: int
    receipts_bucket: str


@cache
def _wired() -> tuple[DynamoLedger, S3Forms]:
    settings = from_environment(Settings, os.environ)
    retention = dt.timedelta(days=settings.ledger_retention_days)
    return (
        DynamoLedger(settings.ledger_table, boto3.client("dynamodb"), retention),
        S3Forms(settings.receipts_bucket, boto3.client("s3", config=SIGNING)),
    )


@api.post("/batches")
def post_batch() -> Response[str]:
    """Accept one batch."""
    owner, key, request = owner_of(api), _idempotency_key(), _batch_request()
    ledger, forms = _wired()
    try:
        accepted = accept_batch(
            request, key, owner, ledger=ledger, forms=forms, now=dt.datetime.now(dt.UTC)
        )
    except KeyReusedError as error:
        raise RefusedError(HTTPStatus.CONFLICT, str(error)) from error
    except UploadsClosedError as error:
        raise RefusedError(HTTPStatus.GONE, str(error)) from error
    logger.info("accepted", batch_id=accepted.batch_id, uploads=len(accepted.uploads))
    return answer(HTTPStatus.CREATED, accepted, {"Location": accepted.status})


def _idempotency_key() -> str:
    key = api.current_event.headers.get("idempotency-key", "").strip()
    if not key:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the header Idempotency-Key is missing")
    return key


def _batch_request() -> BatchRequest:
    sent_as = api.current_event.headers.get("content-type", "application/json")
    if sent_as.partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body is {sent_as!r}; application/json is read"
        )
    try:
        return json.decode(api.current_event.decoded_body or "", type=BatchRequest)
    except ValidationError as error:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
    except (*NOT_JSON, binascii.Error) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway, payload format 2.0."""
    return api.resolve(event, context)
