"""The HTTP API as an OpenAPI 3.1 document, made from the structs that the handlers read and write.

Its routes must be the template's: an operation without a route, or a route without an operation,
stops the build. The tests check every answer of every handler against this document.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import yaml
from msgspec import Struct, inspect

from lab.publish.pages.schemas import meaning
from lab.publish.pages.values import read_resolved
from lab.support.paths import ROOT
from receipts.accept_batch import Accepted
from receipts.batch import BatchRequest
from receipts.handlers.status import Paging
from receipts.report_batch import Page, Report

Json = dict[str, Any]


class Refusal(Struct):
    """Why a request was refused."""

    status: int
    """That of the answer."""
    message: str
    """What is wrong, and where."""


class Refused(Struct):
    """The body of every error that a handler answers."""

    error: Refusal
    """Why."""


class GatewayAnswer(Struct):
    """The body of an error that API Gateway answers by itself."""

    message: str
    """Why, in a word or two."""


class Operation(Struct, frozen=True, kw_only=True):
    """One route: its request, its answer, and the handler's refusals."""

    name: str
    summary: str
    response: type
    status: HTTPStatus
    refusals: Mapping[HTTPStatus, str]
    request: type | None = None
    query: type | None = None


_NOT_YOURS = "there is none that the token's subject owns"
OPERATIONS: Mapping[str, Operation] = {
    "POST /batches": Operation(
        name="postBatch",
        summary="Announce one batch: a manifest of files, or an archive",
        request=BatchRequest,
        response=Accepted,
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
        summary="How far the batch is",
        response=Report,
        status=HTTPStatus.OK,
        refusals={HTTPStatus.NOT_FOUND: _NOT_YOURS},
    ),
    "GET /batches/{batch_id}/receipts": Operation(
        name="getReceipts",
        summary="One page of the batch's receipts, by index",
        query=Paging,
        response=Page,
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
        "files": [
            {
                "name": "lunch.jpg",
                "size": 2_000_000,
                "content_type": "image/jpeg",
                "sha256": hashlib.sha256(b"lunch.jpg").hexdigest(),
            }
        ],
    },
    "archive": {
        "customer_reference": "C-1",
        "home": {"currency": "EUR", "date_order": "dmy", "language": "de"},
        "archive": {"size": 90_000_000, "sha256": hashlib.sha256(b"january.zip").hexdigest()},
    },
}


def document(routes: set[str] | None = None) -> Json:
    """The document. Raises ValueError if `routes`, the template's, differ from the operations."""
    routes = deployed_routes() if routes is None else routes
    if unmatched := routes ^ OPERATIONS.keys():
        names = ", ".join(sorted(unmatched))
        raise ValueError(f"a route without an operation, or an operation without a route: {names}")
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
    dumped: str = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)
    return dumped


def deployed_routes() -> set[str]:
    """The template's routes."""
    routes = read_resolved().of_type("AWS::ApiGatewayV2::Route")
    return {it.properties["RouteKey"] for it in routes}


def _operation(it: Operation, path: str) -> Json:
    operation: Json = {"operationId": it.name, "summary": it.summary}
    parameters = _parameters(it, path)
    if parameters:
        operation["parameters"] = parameters
    if it.request:
        content = {
            "schema": _ref(it.request),
            "examples": {n: {"value": e} for n, e in EXAMPLES.items()},
        }
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    answer = _answer(
        "accepted, or accepted before" if it.request else "the answer", _ref(it.response)
    )
    if it.request:
        address = {"description": "the batch's address", "schema": {"type": "string"}}
        answer["headers"] = {"Location": address}
    unauthorized = {"oneOf": [_ref(GatewayAnswer), _ref(Refused)]}
    answers = {
        it.status: answer,
        HTTPStatus.UNAUTHORIZED: _answer("no valid token", unauthorized),
        **{status: _answer(why, _ref(Refused)) for status, why in it.refusals.items()},
        **{status: _answer(why, _ref(GatewayAnswer)) for status, why in GATEWAY.items()},
    }
    operation["responses"] = {str(int(status)): answers[status] for status in sorted(answers)}
    return operation


def _parameters(it: Operation, path: str) -> list[Json]:
    text = {"type": "string"}
    parameters: list[Json] = []
    if "{batch_id}" in path:
        parameters.append({"name": "batch_id", "in": "path", "required": True, "schema": text})
    if it.request:
        key = {"name": "Idempotency-Key", "in": "header", "required": True}
        description = "the same key with the same request is the same batch"
        parameters.append({**key, "description": description, "schema": {**text, "pattern": r"\S"}})
    if it.query:
        properties = msgspec.json.schema(it.query)["$defs"][it.query.__name__]["properties"]
        parameters += [
            {
                "name": name,
                "in": "query",
                "description": meaning(it.query, name),
                "schema": schema,
            }
            for name, schema in properties.items()
        ]
    return parameters


def _answer(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(kind: type) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _schemas() -> Json:
    written = [it.response for it in OPERATIONS.values()] + [Refused, GatewayAnswer]
    read = [it.request for it in OPERATIONS.values() if it.request]
    template = "#/components/schemas/{name}"
    _, schemas = msgspec.json.schema_components([*read, *written], ref_template=template)
    for kind in inspect.multi_type_info(written):
        _require_all_fields(kind, schemas)
    for kind in inspect.multi_type_info([*read, *written]):
        _describe_fields(kind, schemas)
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


def _require_all_fields(kind: inspect.Type, schemas: Json) -> None:
    """Require all fields: an answer always has those too that a request may leave out."""
    match kind:
        case inspect.StructType():
            schemas[kind.cls.__name__]["required"] = [it.encode_name for it in kind.fields]
            for it in kind.fields:
                if isinstance(it.type, inspect.DateTimeType):  # always with an offset, here
                    schemas[kind.cls.__name__]["properties"][it.encode_name]["format"] = "date-time"
                _require_all_fields(it.type, schemas)
        case inspect.VarTupleType():
            _require_all_fields(kind.item_type, schemas)


def _describe_fields(kind: inspect.Type, schemas: Json) -> None:
    match kind:
        case inspect.StructType():
            for it in kind.fields:
                field = schemas[kind.cls.__name__]["properties"][it.encode_name]
                field["description"] = meaning(kind.cls, it.name)
                _describe_fields(it.type, schemas)
        case inspect.VarTupleType():
            _describe_fields(kind.item_type, schemas)
        case inspect.UnionType():
            for one in kind.types:
                _describe_fields(one, schemas)
