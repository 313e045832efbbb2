"""The first receipt with an image stays the first, however often it is asked."""

import datetime as dt

import pytest

from helpers.deployed import Stack
from receipts.aws.dynamodb import DynamoSeenImages

WHOSE = ("client-1", "C-1")


@pytest.fixture
def seen(stack: Stack) -> DynamoSeenImages:
    return DynamoSeenImages("Ledger", stack.client("dynamodb"), dt.timedelta(days=90))


def test_the_first_receipt_with_an_image_stays_the_first(seen: DynamoSeenImages) -> None:
    assert seen.first_with("abc", WHOSE, "1") == "1"
    assert seen.first_with("abc", WHOSE, "2") == "1"
    assert seen.first_with("abc", WHOSE, "1") == "1"


def test_other_images_and_other_customers_are_apart(seen: DynamoSeenImages) -> None:
    seen.first_with("abc", WHOSE, "1")
    assert seen.first_with("abd", WHOSE, "2") == "2"
    assert seen.first_with("abc", ("client-1", "C-2"), "3") == "3"
    assert seen.first_with("abc", ("client-2", "C-1"), "4") == "4"


def test_it_is_forgotten_after_its_retention(stack: Stack, seen: DynamoSeenImages) -> None:
    seen.first_with("abc", WHOSE, "1")
    [item] = stack.client("dynamodb").scan(TableName="Ledger")["Items"]
    assert "expires_at" in item
