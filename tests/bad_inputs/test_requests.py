"""Requests that are wrong: a status and a sentence, and nothing in the ledger."""

import json
from typing import Any

import pytest

from helpers.bad_input_table import RecordAnswer
from helpers.deployed import Stack
from reading.files.limits import MAX_IMAGE_BYTES
from receipts.batch import MAX_FILES

FILE = {"name": "1.jpg", "size": 1000, "content_type": "image/jpeg"}


def manifest(*files: dict[str, Any], **more: Any) -> str:
    return json.dumps({"customer_reference": "C-1", "files": list(files), **more})


SAID = {"size": 1000, "sha256": "0" * 64}
ARCHIVE = json.dumps({"customer_reference": "C-1", "archive": SAID})

BODIES = [
    ("no body", "", 400, "not JSON"),
    ("malformed JSON", '{"customer_reference": ', 400, "truncated"),
    ("text that is no JSON", "files=1.jpg", 400, "malformed"),
    ("100,000 brackets", '{"files": ' + "[" * 100_000, 422, "files"),
    ("100,000 brackets in an unknown field", '{"a": ' + "[" * 100_000, 422, "unknown"),
    ("a list", "[]", 422, "Expected `object`"),
    ("neither files nor archive", manifest(), 422, "either"),
    ("files and archive", manifest(FILE, archive=SAID), 422, "either"),
    ("an empty manifest", manifest(), 422, "either"),
    (
        "1,001 files",
        manifest(*(FILE | {"name": f"{n}.jpg"} for n in range(MAX_FILES + 1))),
        422,
        "<= 1000",
    ),
    ("an unknown field", manifest(FILE, urgent=True), 422, "urgent"),
    ("an unknown field of a file", manifest(FILE | {"rotation": 90}), 422, "rotation"),
    ("two files of one name", manifest(FILE, FILE), 422, "1.jpg"),
    ("a file of 0 bytes", manifest(FILE | {"size": 0}), 422, ">= 1"),
    ("a file over 25 MiB", manifest(FILE | {"size": MAX_IMAGE_BYTES + 1}), 422, "<= 26214400"),
    ("a size in words", manifest(FILE | {"size": "1 MB"}), 422, "int"),
    ("a size beyond 64 bits", manifest(FILE | {"size": 10**30}), 422, "size"),
    ("a film", manifest(FILE | {"content_type": "video/mp4"}), 422, "video/mp4"),
    ("an HTML page", manifest(FILE | {"content_type": "text/html"}), 422, "text/html"),
    ("a name with folders", manifest(FILE | {"name": "../1.jpg"}), 422, "name"),
    ("a name with backslashes", manifest(FILE | {"name": "C:\\1.jpg"}), 422, "name"),
    ("the name ..", manifest(FILE | {"name": ".."}), 422, "name"),
    ("the name ${filename}", manifest(FILE | {"name": "${filename}"}), 422, "name"),
    ("a name with $", manifest(FILE | {"name": "lunch for $12.jpg"}), 422, "no $"),
    ("a digest of a file that is none", manifest(FILE | {"sha256": "0" * 63}), 422, "sha256"),
    ("a digest with a newline", manifest(FILE | {"sha256": "0" * 64 + "\n"}), 422, "<= 64"),
    ("an archive without its size", manifest(archive={"sha256": "0" * 64}), 422, "size"),
    ("an archive without its digest", manifest(archive={"size": 1000}), 422, "sha256"),
    ("an archive of 0 bytes", manifest(archive=SAID | {"size": 0}), 422, ">= 1"),
    ("an archive over 5 GB", manifest(archive=SAID | {"size": 10**10}), 422, "<= 5000000000"),
    ("a name with a newline", manifest(FILE | {"name": "1.jpg\n"}), 422, "name"),
    ("a name with NUL", manifest(FILE | {"name": "1\0.jpg"}), 422, "name"),
    ("an empty name", manifest(FILE | {"name": ""}), 422, "name"),
    ("a name of 201 characters", manifest(FILE | {"name": "x" * 201}), 422, "<= 200"),
    (
        "1,000 names of 196 pictographs",
        manifest(*(FILE | {"name": f"{n:04d}" + "📷" * 196} for n in range(MAX_FILES))),
        422,
        "100,000 bytes",
    ),
    ("half of a surrogate pair", '{"customer_reference": "\\ud800 alone"}', 400, "surrogate"),
    ("no customer", json.dumps({"archive": SAID}), 422, "customer_reference"),
    (
        "a customer with a newline",
        json.dumps({"customer_reference": "C-1\n", "archive": SAID}),
        422,
        "customer_reference",
    ),
    (
        "a customer in letters that SQS refuses",
        json.dumps({"customer_reference": "Müller", "archive": SAID}),
        422,
        "customer_reference",
    ),
]


@pytest.mark.parametrize(
    ("what", "body", "status", "why"), BODIES, ids=[what for what, *_ in BODIES]
)
def test_a_wrong_body_is_refused_and_says_why(
    stack: Stack, record_answer: RecordAnswer, what: str, body: str, status: int, why: str
) -> None:
    answer = stack.request("POST /batches", body, {"Idempotency-Key": "k"})
    told = json.loads(answer["body"])["error"]
    assert (answer["statusCode"], told["status"]) == (status, status)
    assert why in told["message"]
    assert not stack.client("dynamodb").scan(TableName="Ledger")["Items"]
    record_answer("request", what, f"{status} {told['message'][:160]}")


@pytest.mark.parametrize(
    ("what", "headers", "owner", "status"),
    [
        ("no Idempotency-Key", {}, "client-1", 400),
        ("a blank Idempotency-Key", {"Idempotency-Key": "  "}, "client-1", 400),
        (
            "a form instead of JSON",
            {"Idempotency-Key": "k", "Content-Type": "application/x-www-form-urlencoded"},
            "client-1",
            415,
        ),
        ("no token, past an authorizer that is not there", {"Idempotency-Key": "k"}, None, 401),
    ],
)
def test_a_request_that_lacks_something_is_refused(
    stack: Stack,
    record_answer: RecordAnswer,
    what: str,
    headers: dict[str, str],
    owner: str | None,
    status: int,
) -> None:
    answer = stack.request("POST /batches", ARCHIVE, headers, owner=owner)
    assert answer["statusCode"] == status
    assert not stack.client("dynamodb").scan(TableName="Ledger")["Items"]
    record_answer("request", what, f"{status} {json.loads(answer['body'])['error']['message']}")


def test_a_body_that_is_not_even_base64_is_refused(
    stack: Stack, record_answer: RecordAnswer
) -> None:
    for what, body in (("broken base64", "x"), ("base64 of no UTF-8", "/////w==")):
        answer = stack.request("POST /batches", body, {"Idempotency-Key": "k"}, is_base64=True)
        assert answer["statusCode"] == 400
        record_answer(
            "request", what, f"400 {json.loads(answer['body'])['error']['message'][:160]}"
        )


def test_a_repeated_key_with_the_same_body_is_the_same_batch(
    stack: Stack, record_answer: RecordAnswer
) -> None:
    first, second = (
        stack.request("POST /batches", ARCHIVE, {"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first["statusCode"] == second["statusCode"] == 201
    assert json.loads(first["body"])["batch_id"] == json.loads(second["body"])["batch_id"]
    record_answer(
        "request", "the same Idempotency-Key, the same body", "201 the same batch, fresh forms"
    )


def test_a_repeated_key_with_another_body_is_refused(
    stack: Stack, record_answer: RecordAnswer
) -> None:
    stack.request("POST /batches", ARCHIVE, {"Idempotency-Key": "k"})
    answer = stack.request("POST /batches", manifest(FILE), {"Idempotency-Key": "k"})
    assert answer["statusCode"] == 409
    message = json.loads(answer["body"])["error"]["message"]
    record_answer("request", "the same Idempotency-Key, another body", f"409 {message}")


ROUTES = ("", "/receipts")


@pytest.mark.parametrize("route", ROUTES)
def test_a_batch_of_nobody_and_one_of_somebody_else_are_told_apart_by_nobody(
    stack: Stack, record_answer: RecordAnswer, route: str
) -> None:
    accepted = json.loads(stack.request("POST /batches", ARCHIVE, {"Idempotency-Key": "k"})["body"])
    theirs = stack.request(f"GET {accepted['status']}{route}", owner="somebody else")
    nobodys = stack.request(f"GET /batches/{'0' * 32}{route}", owner="somebody else")
    assert theirs["statusCode"] == nobodys["statusCode"] == 404
    said = json.loads(theirs["body"])["error"]["message"]
    assert said.replace(accepted["batch_id"], "0" * 32) in nobodys["body"]
    said = said.replace(accepted["batch_id"], "{batch_id}")
    record_answer(
        "request", f"GET another owner's batch{route.replace('/', ', its ')}", f"404 {said}"
    )


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("a page token in words", {"after": "the beginning"}),
        ("a negative page token", {"after": "-1"}),
        ("a page of 0", {"limit": "0"}),
        ("a page of 1,001", {"limit": "1001"}),
        ("a query of something else", {"token": "eyJ"}),
    ],
)
def test_a_page_that_is_no_page_is_refused(
    stack: Stack, record_answer: RecordAnswer, what: str, query: dict[str, str]
) -> None:
    accepted = json.loads(stack.request("POST /batches", ARCHIVE, {"Idempotency-Key": "k"})["body"])
    answer = stack.request(f"GET {accepted['status']}/receipts", query=query)
    assert answer["statusCode"] == 400
    record_answer("request", what, f"400 {json.loads(answer['body'])['error']['message']}")


def test_a_page_token_from_elsewhere_shows_nothing_of_elsewhere(
    stack: Stack, record_answer: RecordAnswer
) -> None:
    accepted = json.loads(stack.request("POST /batches", ARCHIVE, {"Idempotency-Key": "k"})["body"])
    answer = stack.request(f"GET {accepted['status']}/receipts", query={"after": "99999999999"})
    assert json.loads(answer["body"])["receipts"] == []
    record_answer(
        "request", "a page token from another batch", "200 the page that this batch has there"
    )


def test_the_largest_answer_fits_into_what_lambda_may_answer(stack: Stack) -> None:
    """6 MB, with the session token that a role's credentials bring into each form."""
    names = [f"{n:04d}" + "📷" * 24 for n in range(MAX_FILES)]  # 100 bytes each
    body = manifest(*(FILE | {"name": name} for name in names))
    stack.session_token = "t" * 1_200
    answer = stack.request("POST /batches", body, {"Idempotency-Key": "k"})
    assert answer["statusCode"] == 201
    assert len(json.dumps(answer).encode()) < 6_291_456
