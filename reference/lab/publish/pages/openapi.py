"""The HTTP API as OpenAPI 3.1, made from the structs that the handlers read and write.

The routes are the template's: an operation without a route, or a route without an operation, stops
the build. The tests hold every answer of every handler to this document.
"""

import tomllib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import yaml
from msgspec import Struct, inspect

from lab.publish.pages.values import ROOT, read_resolved
from receipts.accept_batch import Accepted
from receipts.batch import BatchRequest
from receipts.handlers.status import Paging
from receipts.report_batch import Page, Report

Json = dict[str, Any]


class Refusal(Struct):
    """Why a request was refused; `status` is that of the answer."""

    status: int
    message: str


class Refused(Struct):
    """The form of every error that a handler answers."""

    error: Refusal


class GatewayAnswer(Struct):
    """What API Gateway answers by itself, before or instead of a handler."""

    message: str


class Operation(Struct, frozen=True, kw_only=True):
    """One route: what it answers, and which of the handler's refusals a caller can meet."""

    name: str
    says: str
    answers: type
    status: HTTPStatus
    refusals: Mapping[HTTPStatus, str]
    asks: type | None = None
    query: type | None = None


_NOT_YOURS = "there is none that the token's subject owns"
OPERATIONS: Mapping[str, Operation] = {
    "POST /batches": Operation(
        name="postBatch",
        says="Announce one batch: a manifest of files, or an archive",
        asks=BatchRequest,
        answers=Accepted,
        status=HTTPStatus.CREATED,
        refusals={
            HTTPStatus.BAD_REQUEST: "no `Idempotency-Key`, or the body is no JSON",
            HTTPStatus.CONFLICT: "the key was used for another request",
            HTTPStatus.GONE: "accepted so long ago that nothing may be uploaded to it any more",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "the body is of another type",
            HTTPStatus.UNPROCESSABLE_ENTITY: "the request breaks a rule; the message says where",
        },
    ),
    "GET /batches/{batch_id}": Operation(
        name="getBatch",
        says="How far the batch is",
        answers=Report,
        status=HTTPStatus.OK,
        refusals={HTTPStatus.NOT_FOUND: _NOT_YOURS},
    ),
    "GET /batches/{batch_id}/receipts": Operation(
        name="getReceipts",
        says="One page of the batch's receipts, by index",
        query=Paging,
        answers=Page,
        status=HTTPStatus.OK,
        refusals={HTTPStatus.BAD_REQUEST: "wrong query", HTTPStatus.NOT_FOUND: _NOT_YOURS},
    ),
}
GATEWAY = {
    HTTPStatus.TOO_MANY_REQUESTS: "all callers together ask too often",
    HTTPStatus.INTERNAL_SERVER_ERROR: "a function failed; ask again",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "manifest": {
        "customer_reference": "C-1",
        "files": [{"name": "lunch.jpg", "size": 2_000_000, "content_type": "image/jpeg"}],
    },
    "archive": {"customer_reference": "C-1", "archive": True},
}


def document(routes: set[str] | None = None) -> Json:
    """The document; `routes` are the template's. Raises ValueError where they differ from ours."""
    routes = deployed_routes() if routes is None else routes
    if odd := routes ^ OPERATIONS.keys():
        raise ValueError(f"a route of the template or an operation alone: {', '.join(sorted(odd))}")
    paths: dict[str, Json] = {}
    for route, operation in OPERATIONS.items():
        method, path = route.split()
        paths.setdefault(path, {})[method.lower()] = _operation(operation, path)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Receipts",
            "version": project["version"],
            "summary": "Hundreds of receipt photos in one request",
            "license": {"name": project["license"], "identifier": project["license"]},
        },
        "servers": [
            {
                "url": "https://{api_id}.execute-api.{region}.amazonaws.com",
                "description": "the stack's output ApiUrl",
                "variables": {
                    "api_id": {"default": "example"},
                    "region": {"default": "eu-central-1"},
                },
            }
        ],
        "security": [{"token": []}, {"signed": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "signed": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "a stack with Authorization=AWS_IAM: AWS Signature Version 4",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                },
            },
            "schemas": _schemas(),
        },
    }


def text() -> str:
    """The document as YAML."""
    told: str = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)
    return told


def deployed_routes() -> set[str]:
    """The template's routes."""
    routes = read_resolved().of_type("AWS::ApiGatewayV2::Route")
    return {it.properties["RouteKey"] for it in routes}


def _operation(it: Operation, path: str) -> Json:
    told: Json = {"operationId": it.name, "summary": it.says}
    parameters = _parameters(it, path)
    if parameters:
        told["parameters"] = parameters
    if it.asks:
        content = {
            "schema": _ref(it.asks),
            "examples": {n: {"value": e} for n, e in EXAMPLES.items()},
        }
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    answer = _answer("accepted, or accepted before" if it.asks else "the answer", _ref(it.answers))
    if it.asks:
        address = {"description": "the batch's address", "schema": {"type": "string"}}
        answer["headers"] = {"Location": address}
    unauthorized = {"oneOf": [_ref(GatewayAnswer), _ref(Refused)]}
    answers = {
        it.status: answer,
        HTTPStatus.UNAUTHORIZED: _answer("no valid token", unauthorized),
        **{status: _answer(says, _ref(Refused)) for status, says in it.refusals.items()},
        **{status: _answer(says, _ref(GatewayAnswer)) for status, says in GATEWAY.items()},
    }
    told["responses"] = {str(int(status)): answers[status] for status in sorted(answers)}
    return told


def _parameters(it: Operation, path: str) -> list[Json]:
    text = {"type": "string"}
    told: list[Json] = []
    if "{batch_id}" in path:
        told.append({"name": "batch_id", "in": "path", "required": True, "schema": text})
    if it.asks:
        key = {"name": "Idempotency-Key", "in": "header", "required": True}
        says = "the same key with the same request is the same batch"
        told.append({**key, "description": says, "schema": {**text, "pattern": r"\S"}})
    if it.query:
        properties = msgspec.json.schema(it.query)["$defs"][it.query.__name__]["properties"]
        told += [
            {"name": name, "in": "query", "schema": schema} for name, schema in properties.items()
        ]
    return told


def _answer(says: str, schema: Json) -> Json:
    return {"description": says, "content": {"application/json": {"schema": schema}}}


def _ref(kind: type) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _schemas() -> Json:
    written = [it.answers for it in OPERATIONS.values()] + [Refused, GatewayAnswer]
    read = [it.asks for it in OPERATIONS.values() if it.asks]
    template = "#/components/schemas/{name}"
    _, schemas = msgspec.json.schema_components([*read, *written], ref_template=template)
    for kind in inspect.multi_type_info(written):
        _always_whole(kind, schemas)
    request = schemas[BatchRequest.__name__]
    request["properties"]["customer_reference"]["pattern"] = "^[A-Za-z0-9_.:-]+$"
    request["oneOf"] = [
        {
            "required": ["files"],
            "properties": {"files": {"minItems": 1}, "archive": {"const": False}},
        },
        {
            "required": ["archive"],
            "properties": {"files": {"maxItems": 0}, "archive": {"const": True}},
        },
    ]
    return dict(sorted(schemas.items()))


def _always_whole(kind: inspect.Type, schemas: Json) -> None:
    """An answer has all of its fields, also those with a default, which a request may leave out."""
    match kind:
        case inspect.StructType():
            schemas[kind.cls.__name__]["required"] = [it.encode_name for it in kind.fields]
            for it in kind.fields:
                if isinstance(it.type, inspect.DateTimeType):  # always with an offset, here
                    schemas[kind.cls.__name__]["properties"][it.encode_name]["format"] = "date-time"
                _always_whole(it.type, schemas)
        case inspect.VarTupleType():
            _always_whole(kind.item_type, schemas)
