"""The OpenAPI document: valid, complete, and held to what the handlers answer.

`Stack.request` holds every answer of every test to it; here is what that rests on.
"""

import json
from typing import Any

import pytest
import yaml
from msgspec import Struct
from openapi_spec_validator import OpenAPIV31SpecValidator

from helpers import openapi as held
from helpers.deployed import RESOURCES, Stack
from lab.publish.pages import openapi
from lab.publish.pages.schemas import meaning

KEY = {"Idempotency-Key": "k"}


def test_it_is_valid_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(yaml.safe_load(openapi.text())).iter_errors()) == []


def test_each_field_says_what_it_is() -> None:
    schemas = openapi.document()["components"]["schemas"]
    fields = {
        f"{name}.{field}": told.get("description", "")
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
    }
    assert [field for field, says in fields.items() if not says] == []
    assert fields["Archive.sha256"] == "Of its bytes, as hex digits."


def test_a_field_that_says_nothing_stops_the_build() -> None:
    class Silent(Struct):
        shade: str

    with pytest.raises(LookupError, match=r"Silent\.shade"):
        meaning(Silent, "shade")


def test_its_routes_are_those_of_the_template() -> None:
    deployed = {
        it["Properties"]["RouteKey"]
        for it in RESOURCES.values()
        if it["Type"] == "AWS::ApiGatewayV2::Route"
    }
    told = {
        f"{method.upper()} {path}"
        for path, operations in openapi.document()["paths"].items()
        for method in operations
    }
    assert told == deployed


@pytest.mark.parametrize("change", [{"GET /batches"}, {"POST /batches"}])
def test_a_route_without_an_operation_or_the_other_way_stops_the_build(change: set[str]) -> None:
    with pytest.raises(ValueError, match=change.copy().pop()):
        openapi.document(openapi.deployed_routes() ^ change)


def test_its_examples_are_requests_that_are_accepted(stack: Stack) -> None:
    for name, example in openapi.EXAMPLES.items():
        key = {"Idempotency-Key": name}
        assert stack.request("POST /batches", json.dumps(example), key)["statusCode"] == 201


@pytest.mark.parametrize(
    "body",
    [
        {"customer_reference": "C-1"},
        {
            "customer_reference": "C-1",
            "archive": openapi.EXAMPLES["archive"]["archive"],
            "files": openapi.EXAMPLES["manifest"]["files"],
        },
        {"customer_reference": "C 1", "archive": openapi.EXAMPLES["archive"]["archive"]},
        {
            "customer_reference": "C-1",
            "archive": openapi.EXAMPLES["archive"]["archive"],
            "urgent": True,
        },
        {"customer_reference": "C-1", "archive": True},
        {"customer_reference": "C-1", "files": [{"name": "1.jpg", "size": 1}]},
        {
            "customer_reference": "C-1",
            "files": [{"name": "1.jpg", "size": 1, "content_type": "video/mp4"}],
        },
    ],
)
def test_what_it_refuses_the_handler_refuses_too(stack: Stack, body: dict[str, Any]) -> None:
    assert held.wrong(body, {"$ref": "#/components/schemas/BatchRequest"})
    assert stack.request("POST /batches", json.dumps(body), KEY)["statusCode"] == 422


def answer(stack: Stack) -> tuple[str, dict[str, Any]]:
    accepted = stack.request("POST /batches", json.dumps(openapi.EXAMPLES["archive"]), KEY)
    path = json.loads(accepted["body"])["status"]
    return path, stack.request(f"GET {path}")


@pytest.mark.parametrize(
    "fault",
    [
        lambda it: it | {"statusCode": 418},
        lambda it: it | {"body": json.dumps(json.loads(it["body"]) | {"surprise": 1})},
        lambda it: it | {"body": json.dumps(json.loads(it["body"]) | {"settled": "no"})},
        lambda it: it | {"body": json.dumps(json.loads(it["body"]) | {"accepted_at": "today"})},
        lambda it: it | {"body": "{}"},
    ],
    ids=["another status", "a field more", "another type", "no time stamp", "fields missing"],
)
def test_an_answer_that_it_does_not_promise_is_caught(stack: Stack, fault: Any) -> None:
    path, good = answer(stack)
    held.check_answer("GET", path, good)
    with pytest.raises(AssertionError, match="GET /batches"):
        held.check_answer("GET", path, fault(good))
