"""Lambda behind `POST /batches`: parse, call `accept_batch`, answer 201 with the forms."""

import binascii
import datetime as dt
import os
from functools import cache
from http import HTTPStatus
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Struct, ValidationError, json

from receipts.accept_batch import KeyReusedError, UploadsClosedError, accept_batch
from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.s3 import S3Forms
from receipts.batch import BatchRequest
from receipts.entrypoints.http import answer, refuse
from receipts.messages import NOT_JSON
from receipts.settings import from_environment

logger = Logger(service="accept")
api = APIGatewayHttpResolver()


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
        S3Forms(settings.receipts_bucket, boto3.client("s3")),
    )


@api.post("/batches")
def post_batch() -> Response[str]:
    """Accept one batch."""
    key = api.current_event.headers.get("idempotency-key", "").strip()
    if not key:
        return refuse(HTTPStatus.BAD_REQUEST, "the header Idempotency-Key is missing")
    try:
        request = json.decode(api.current_event.decoded_body or "", type=BatchRequest)
    except ValidationError as error:
        return refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    except (*NOT_JSON, binascii.Error) as error:
        return refuse(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}")
    ledger, forms = _wired()
    try:
        accepted = accept_batch(
            request, key, ledger=ledger, forms=forms, now=dt.datetime.now(dt.UTC)
        )
    except KeyReusedError as error:
        return refuse(HTTPStatus.CONFLICT, str(error))
    except UploadsClosedError as error:
        return refuse(HTTPStatus.GONE, str(error))
    logger.info("accepted", batch_id=accepted.batch_id, uploads=len(accepted.uploads))
    return answer(HTTPStatus.CREATED, accepted, {"Location": accepted.status})


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway, payload format 2.0."""
    return api.resolve(event, context)
