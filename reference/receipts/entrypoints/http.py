"""What both HTTP handlers share: answers as JSON, and errors that say what was wrong."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from msgspec import json


def answer(
    status: HTTPStatus, body: object, headers: dict[str, Any] | None = None
) -> Response[str]:
    """`body` as JSON."""
    return Response(
        status_code=status,
        content_type=content_types.APPLICATION_JSON,
        body=json.encode(body).decode(),
        headers=headers,
    )


def refuse(status: HTTPStatus, why: str) -> Response[str]:
    """An error in one form: `{"error": {"status": 422, "message": "…"}}`."""
    return answer(status, {"error": {"status": status, "message": why}})
