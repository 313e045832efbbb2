"""What both HTTP handlers share: who asks, answers as JSON, errors that say what was wrong."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from msgspec import json

from receipts.errors import KeyReusedError, RejectedError, UnknownBatchError, UploadsClosedError

STATUS_OF: dict[type[Exception], HTTPStatus] = {
    UnknownBatchError: HTTPStatus.NOT_FOUND,
    KeyReusedError: HTTPStatus.CONFLICT,
    UploadsClosedError: HTTPStatus.GONE,
}
"""The answers to what the stages refuse."""


class RefusedError(Exception):
    """The request is answered with this status and its text says why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def make_api() -> APIGatewayHttpResolver:
    """An API that answers a refusal in one form: `{"error": {"status", "message"}}`."""
    api = APIGatewayHttpResolver()

    @api.exception_handler([RefusedError, *STATUS_OF])  # type: ignore[untyped-decorator]
    def refuse(error: RefusedError | RejectedError) -> Response[str]:
        status = error.status if isinstance(error, RefusedError) else STATUS_OF[type(error)]
        return answer(status, {"error": {"status": status, "message": str(error)}})

    return api


def owner_of(api: APIGatewayHttpResolver) -> str:
    """Who asks, as API Gateway has verified it: a token's subject, or an IAM user or role."""
    authorizer = api.current_event.request_context.authorizer
    claims = (authorizer.jwt_claim if authorizer else None) or {}
    if subject := claims.get("sub"):
        return str(subject)
    signed = (authorizer.get("iam") if authorizer else None) or {}
    if user := signed.get("userId"):
        # Of a role it is "role:session": whoever takes on the role owns the batch.
        return "iam:" + str(user).partition(":")[0]
    # Only a template without an authorizer lets this through.
    raise RefusedError(HTTPStatus.UNAUTHORIZED, "a token with a subject is needed")


def answer(
    status: HTTPStatus, body: object, headers: dict[str, Any] | None = None
) -> Response[str]:
    """`body` as JSON."""
    return Response(
        status_code=status,
        content_type=content_types.APPLICATION_JSON,
        body=json.encode(body).decode(),
        # Names and merchants are strangers' text: no browser may take it for a page.
        headers={"X-Content-Type-Options": "nosniff", **(headers or {})},
    )
