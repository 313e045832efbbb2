"""What is a row, whatever the database: once, whole, or refused alone."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from helpers.client_database import ClientDatabase
from helpers.fakes_agent import NOON, result
from reading.receipt import LineItem, Receipt, TaxLine
from receipts.agent.sql_inbox import SqlInbox
from receipts.errors import BadRowError

FULL = Receipt(
    merchant="Café Müller 🧾 \\ ' \" %s",
    address="Hauptstraße 1\n10115 Berlin",
    date=dt.date(2027, 1, 30),
    time=dt.time(13, 5),
    currency="EUR",
    subtotal=Decimal("10.00"),
    taxes=(TaxLine(amount=Decimal("1.90"), rate=Decimal(19)),),
    total=Decimal("11.90"),
    paid=Decimal("20.00"),
    change=Decimal("8.10"),
    payment_method="cash",
    line_items=(LineItem(name="Kuchen \\n '", quantity=Decimal(2), total=Decimal("10.00")),),
    confidence={"total": 0.9},
)


def test_a_receipt_is_one_row_with_all_that_was_read(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    east = dt.timezone(dt.timedelta(hours=2))
    read = result(1, receipt=FULL, needs_review=True, read_at=NOON.astimezone(east))
    assert inbox.write([read]) == 1
    [row] = database.rows()
    age = dt.datetime.now(dt.UTC) - row.pop("stored_at")
    assert dt.timedelta(minutes=-1) < age < dt.timedelta(minutes=30)
    assert row == {
        "receipt_id": result(1).receipt_id,
        "batch_id": result(1).batch_id,
        "position": 1,
        "customer_reference": "C-1",
        "name": "1.jpg",
        "merchant": "Café Müller 🧾 \\ ' \" %s",
        "address": "Hauptstraße 1\n10115 Berlin",
        "date": dt.date(2027, 1, 30),
        "time": dt.time(13, 5),
        "currency": "EUR",
        "subtotal": Decimal("10.00"),
        "tax": Decimal("1.90"),
        "total": Decimal("11.90"),
        "paid": Decimal("20.00"),
        "change": Decimal("8.10"),
        "payment_method": "cash",
        "line_items": [{"name": "Kuchen \\n '", "quantity": 2, "unit_price": None, "total": 10.0}],
        "taxes": [{"amount": 1.9, "rate": 19}],
        "confidence": {"total": 0.9},
        "needs_review": True,
        "image_sha256": "0" * 64,
        "duplicate_of": None,
        "image_bucket": "bucket",
        "image_key": result(1).image_key,
        "engine": "fake",
        "read_at": NOON,
    }


def test_a_receipt_written_twice_is_one_row(inbox: SqlInbox[Any], database: ClientDatabase) -> None:
    assert inbox.write([result(1), result(2), result(1)]) == 2
    assert inbox.write([result(2), result(3)]) == 1
    assert inbox.write([result(2), result(3)]) == 0
    assert sorted(row["position"] for row in database.rows()) == [1, 2, 3]


def test_another_image_under_the_key_of_a_row_is_a_bad_row_and_the_others_are_stored(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    inbox.write([result(1)])
    other = result(1, image_sha256="1" * 64)
    with pytest.raises(BadRowError, match=f"{result(1).receipt_id} is the key of a row of another"):
        inbox.write([other, result(2)])
    with pytest.raises(BadRowError):
        inbox.write([other])
    assert inbox.write([result(2)]) == 0
    rows = {row["position"]: row["image_sha256"] for row in database.rows()}
    assert rows == {1: "0" * 64, 2: "0" * 64}


def test_of_two_images_under_one_key_in_one_transaction_one_is_a_bad_row(
    inbox: SqlInbox[Any],
) -> None:
    with pytest.raises(BadRowError):
        inbox.write([result(1), result(1, image_sha256="1" * 64)])
    assert inbox.write([result(1)]) == 0


def test_the_same_image_read_again_is_a_repetition(inbox: SqlInbox[Any]) -> None:
    inbox.write([result(1)])
    assert inbox.write([result(1, engine="another", receipt=FULL)]) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": Receipt(total=Decimal("1e12"))},
        {"receipt": Receipt(total=Decimal("NaN"))},
        {"receipt": Receipt(line_items=(LineItem(name="a", total=Decimal("NaN")),))},
        {"receipt": Receipt(currency="euro")},
        {"receipt": Receipt(currency="eur")},
        {"receipt": Receipt(merchant="half a letter: \ud800")},
        {"image_sha256": "short"},
        {"image_sha256": "G" * 64},
        {"index": 0},
    ],
    ids=[
        "too large",
        "not a number",
        "not a number in json",
        "no currency",
        "small letters",
        "no text",
        "no hash",
        "no digit",
        "no place",
    ],
)
def test_a_row_that_the_database_refuses_fails_alone_and_leaves_the_rest(
    inbox: SqlInbox[Any], changes: dict[str, object]
) -> None:
    bad = result(**{"index": 2, "receipt_id": "bad", **changes})  # type: ignore[arg-type]
    with pytest.raises(BadRowError):
        inbox.write([result(1), bad])
    assert inbox.write([result(1)]) == 1  # it was not written, and the connection is usable
    with pytest.raises(BadRowError):
        inbox.write([result(1), bad])  # nor does a repetition hide it


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT merchant FROM receipts_inbox.receipt",
        "SELECT read_at FROM receipts_inbox.receipt",
        "UPDATE receipts_inbox.receipt SET merchant = ''",
        "DELETE FROM receipts_inbox.receipt",
        "SELECT * FROM expenses.expense",
        "CREATE TABLE receipts_inbox.mine (one integer)",
        "UPDATE receipts_inbox.schema_version SET version = 3",
    ],
)
def test_the_agent_may_add_receipts_and_nothing_else(
    database: ClientDatabase, statement: str
) -> None:
    assert database.refuses(statement)
