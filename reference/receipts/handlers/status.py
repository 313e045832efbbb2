"""Lambda behind `GET /batches/{batch_id}` and `…/receipts`: reads the ledger, writes nothing."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_HTTP
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Meta, Struct, ValidationError, convert

from receipts.handlers import wiring
from receipts.handlers.http import RefusedError, answer, make_api, owner_of
from receipts.report_batch import list_receipts, report_batch

Settings = wiring.StatusSettings

logger = Logger(service="status")
api = make_api()


class Paging(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of a page of receipts."""

    after: Annotated[int, Meta(ge=0)] = 0
    """An index: the page begins behind it."""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    """The most receipts on the page."""


@api.get("/batches/<batch_id>")
def get_batch(batch_id: str) -> Response[str]:
    """Answer how far the batch is."""
    now = wiring.utc_now()
    report = report_batch(batch_id, owner_of(api), ledger=wiring.ledger(), now=now)
    return answer(HTTPStatus.OK, report)


@api.get("/batches/<batch_id>/receipts")
def get_receipts(batch_id: str) -> Response[str]:
    """Answer one page of the batch's receipts."""
    owner, query = owner_of(api), api.current_event.query_string_parameters or {}
    try:
        paging = convert(query, Paging, strict=False)
    except ValidationError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"wrong query: {error}") from error
    page = list_receipts(batch_id, owner, paging.after, paging.limit, ledger=wiring.ledger())
    return answer(HTTPStatus.OK, page)


@logger.inject_lambda_context(correlation_id_path=API_GATEWAY_HTTP, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway, payload format 2.0."""
    logger.append_keys(batch_id=(event.get("pathParameters") or {}).get("batch_id"))
    logger.info("asked", path=event.get("rawPath"))
    return api.resolve(event, context)
