"""Holds what the API answered to the OpenAPI document: status, and the body's every field."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from lab.publish.pages import openapi

CHECKER = FormatChecker()


def is_a_time_stamp(value: object) -> bool:
    """A moment: with its offset."""
    return dt.datetime.fromisoformat(str(value)).tzinfo is not None


CHECKER.checks("date-time", raises=ValueError)(is_a_time_stamp)


@cache
def spec() -> dict[str, Any]:
    return openapi.document()


def check_answer(method: str, path: str, answer: Mapping[str, Any]) -> None:
    """Raise AssertionError where the document does not promise this answer."""
    operation = operation_of(method, path)
    if operation is None:
        return  # no route: API Gateway answers, and no handler
    status = str(answer["statusCode"])
    promised = operation["responses"]
    assert status in promised, f"{method} {path} answered {status}, which the API does not promise"
    if problems := wrong(json.loads(answer["body"]), schema_of(promised[status])):
        raise AssertionError(f"{method} {path}, {status}: {'; '.join(problems)}")


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in spec()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path):
            found: dict[str, Any] | None = operations.get(method.lower())
            return found
    return None


def schema_of(content: Mapping[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = content["content"]["application/json"]["schema"]
    return schema


def wrong(body: Any, schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with the body; an answer also has no field that the document doesn't know."""
    return [
        f"{it.json_path}: {it.message[:200]}"
        for it in _validator(json.dumps(schema)).iter_errors(body)
    ]


@cache
def _validator(schema: str) -> Draft202012Validator:
    closed = {name: _closed(it) for name, it in spec()["components"]["schemas"].items()}
    told = json.loads(schema) | {"components": {"schemas": closed}}
    return Draft202012Validator(told, format_checker=CHECKER)


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False} if "properties" in schema else dict(schema)
