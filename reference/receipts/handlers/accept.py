"""Lambda behind `POST /batches`: parse, call `accept_batch`, answer 201 with the forms."""

import binascii
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_HTTP
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import ValidationError, json

from receipts.accept_batch import accept_batch
from receipts.batch import BatchRequest
from receipts.handlers import wiring
from receipts.handlers.http import RefusedError, answer, make_api, owner_of
from receipts.messages import JSON_ERRORS

Settings = wiring.AcceptSettings

logger = Logger(service="accept")
api = make_api()


@api.post("/batches")
def post_batch() -> Response[str]:
    """Accept one batch."""
    owner, key, request = owner_of(api), _idempotency_key(), _batch_request()
    ledger, forms = wiring.acceptor()
    now = wiring.utc_now()
    accepted = accept_batch(request, key, owner, ledger=ledger, forms=forms, now=now)
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
    except (*JSON_ERRORS, binascii.Error) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error


@logger.inject_lambda_context(correlation_id_path=API_GATEWAY_HTTP, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway, payload format 2.0."""
    return api.resolve(event, context)
