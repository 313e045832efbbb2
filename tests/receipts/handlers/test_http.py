"""The two HTTP handlers, as API Gateway calls them."""

import json
from typing import Any

import pytest

from helpers.deployed import Stack
from helpers.s3 import BUCKET

ARCHIVE = {"customer_reference": "C-1", "archive": {"size": 1000, "sha256": "0" * 64}}
MANIFEST = {
    "customer_reference": "C-1",
    "files": [
        {"name": "1.png", "size": 1000, "content_type": "image/png"},
        {"name": "2.png", "size": 2000, "content_type": "image/png"},
    ],
}


def post(stack: Stack, body: Any, key: str = "k") -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Status, body, headers."""
    text = body if isinstance(body, str) else json.dumps(body)
    answer = stack.request("POST /batches", text, {"Idempotency-Key": key})
    headers = answer.get("headers", {}) | answer.get("multiValueHeaders", {})
    return answer["statusCode"], json.loads(answer["body"]), headers


def get(stack: Stack, path: str, **query: str) -> tuple[int, dict[str, Any]]:
    answer = stack.request(f"GET {path}", query=query)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_batch_is_accepted_with_its_forms_and_address(stack: Stack) -> None:
    status, accepted, headers = post(stack, MANIFEST)
    assert status == 201
    assert headers["Location"] == accepted["status"] == f"/batches/{accepted['batch_id']}"
    keys = [form["fields"]["key"] for form in accepted["uploads"]]
    batch_id = accepted["batch_id"]
    assert keys == [f"uploads/{batch_id}/00001/1.png", f"uploads/{batch_id}/00002/2.png"]
    assert all(BUCKET in form["url"] for form in accepted["uploads"])


def test_a_retry_gets_the_same_batch_and_an_address_that_answers(stack: Stack) -> None:
    _, first, _ = post(stack, ARCHIVE)
    _, second, _ = post(stack, ARCHIVE)
    assert first["batch_id"] == second["batch_id"]
    status, report = get(stack, second["status"])
    assert status == 200
    assert report["batch_id"] == first["batch_id"]
    assert report["expected"] is None


def test_a_page_has_the_address_of_the_next(stack: Stack) -> None:
    _, accepted, _ = post(stack, MANIFEST)
    status, page = get(stack, f"{accepted['status']}/receipts", limit="1")
    assert status == 200
    assert page == {"batch_id": accepted["batch_id"], "receipts": [], "next": None}


@pytest.mark.parametrize("path", ["/batches/unknown", "/batches/unknown/receipts"])
def test_a_batch_of_nobody_is_not_found(stack: Stack, path: str) -> None:
    status, body = get(stack, path)
    assert status == 404
    assert "no batch" in body["error"]["message"]


def test_a_batch_asked_for_with_a_signed_request_is_the_role_s(stack: Stack) -> None:
    headers = {"Idempotency-Key": "k"}
    answer = stack.request(
        "POST /batches", json.dumps(ARCHIVE), headers, signed_by="AROAONE:monday"
    )
    address = json.loads(answer["body"])["status"]

    def status(signed_by: str | None) -> int:
        code: int = stack.request(f"GET {address}", signed_by=signed_by)["statusCode"]
        return code

    assert status("AROAONE:tuesday") == 200
    assert status("AROATWO:monday") == 404
    assert status(None) == 404  # a token's subject
