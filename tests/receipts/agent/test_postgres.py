"""The inbox on a real PostgreSQL: what is a row, and what the agent may do."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from helpers.fakes_agent import NOON, result
from lab.run.postgres import Postgres
from reading.receipt import LineItem, Receipt, TaxLine
from receipts.agent.postgres import PostgresInbox, inbox_sql
from receipts.errors import (
    BadRowError,
)

FULL = Receipt(
    merchant="Café Müller",
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
    line_items=(LineItem(name="Kuchen", quantity=Decimal(2), total=Decimal("10.00")),),
    confidence={"total": 0.9},
)


def test_a_receipt_is_one_row_with_all_that_was_read(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    assert inbox.write([result(1, receipt=FULL, needs_review=True)]) == 1
    row = admin.execute("SELECT * FROM receipts_inbox.receipt").fetchone()
    assert row is not None
    assert row.pop("stored_at") is not None
    assert row == {
        "receipt_id": result(1).receipt_id,
        "batch_id": result(1).batch_id,
        "position": 1,
        "customer_reference": "C-1",
        "name": "1.jpg",
        "merchant": "Café Müller",
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
        "line_items": [{"name": "Kuchen", "quantity": 2, "unit_price": None, "total": 10.0}],
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


def test_a_receipt_written_twice_is_one_row(inbox: PostgresInbox) -> None:
    assert inbox.write([result(1), result(2), result(1)]) == 2
    assert inbox.write([result(2), result(3)]) == 1


def test_another_image_under_the_key_of_a_row_is_a_bad_row_and_the_others_are_stored(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    inbox.write([result(1)])
    other = result(1, image_sha256="1" * 64)
    with pytest.raises(BadRowError, match=f"{result(1).receipt_id} is the key of a row of another"):
        inbox.write([other, result(2)])
    with pytest.raises(BadRowError):
        inbox.write([other])
    assert inbox.write([result(2)]) == 0
    rows = admin.execute("SELECT position, image_sha256 FROM receipts_inbox.receipt").fetchall()
    assert {row["position"]: row["image_sha256"] for row in rows} == {1: "0" * 64, 2: "0" * 64}


def test_of_two_images_under_one_key_in_one_transaction_one_is_a_bad_row(
    inbox: PostgresInbox,
) -> None:
    with pytest.raises(BadRowError):
        inbox.write([result(1), result(1, image_sha256="1" * 64)])
    assert inbox.write([result(1)]) == 0


def test_the_same_image_read_again_is_a_repetition(inbox: PostgresInbox) -> None:
    inbox.write([result(1)])
    assert inbox.write([result(1, engine="another", receipt=FULL)]) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": Receipt(merchant="NUL \x00 in a text")},
        {"receipt": Receipt(line_items=(LineItem(name="NUL \x00 in JSON"),))},
        {"receipt": Receipt(total=Decimal("1e12"))},
        {"receipt": Receipt(total=Decimal("NaN"))},
        {"receipt": Receipt(currency="euro")},
        {"image_sha256": "short"},
    ],
    ids=["nul", "nul in json", "too large", "not a number", "no currency", "no hash"],
)
def test_a_row_that_the_database_refuses_fails_alone_and_leaves_the_rest(
    inbox: PostgresInbox, changes: dict[str, object]
) -> None:
    with pytest.raises(BadRowError):
        inbox.write([result(1), result(2, **changes)])
    assert inbox.write([result(1)]) == 1  # it was not written, and the connection is usable


@pytest.fixture
def western(postgres: Postgres) -> Iterator[PostgresInbox]:
    """An inbox in a database that has letters with accents, and no euro sign."""
    with psycopg.connect(postgres.conninfo(), autocommit=True) as admin:
        admin.execute(
            "CREATE DATABASE western TEMPLATE template0"
            " ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        with psycopg.connect(postgres.conninfo(dbname="western")) as connection:
            connection.execute(inbox_sql().encode())
        inbox = PostgresInbox(postgres.conninfo("receipts_agent", dbname="western"))
        inbox.ensure_writer()
        yield inbox
        inbox.close()
        admin.execute("DROP DATABASE western WITH (FORCE)")


def test_a_letter_that_the_database_can_t_encode_is_a_bad_row(western: PostgresInbox) -> None:
    with pytest.raises(BadRowError, match="22P05"):
        western.write([result(1), result(2, receipt=Receipt(merchant="Alles für 1 €"))])
    assert western.write([result(1, receipt=FULL)]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT merchant FROM receipts_inbox.receipt",
        "SELECT read_at FROM receipts_inbox.receipt",
        "UPDATE receipts_inbox.receipt SET merchant = ''",
        "DELETE FROM receipts_inbox.receipt",
        "SELECT receipts_inbox.purge('400 days', 1)",
        "SELECT * FROM expenses.expense",
        "CREATE TABLE receipts_inbox.mine ()",
    ],
)
def test_the_agent_may_add_receipts_and_nothing_else(postgres: Postgres, statement: str) -> None:
    with (
        psycopg.connect(postgres.conninfo("receipts_agent")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_purging_keeps_what_may_be_delivered_again(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    inbox.write([result(1), result(2)])
    admin.execute(
        "UPDATE receipts_inbox.receipt SET stored_at = now() - interval '500 days'"
        " WHERE position = 1"
    )
    purge = "SELECT receipts_inbox.purge(%s, 1000) AS gone"
    assert admin.execute(purge, ["400 days"]).fetchone() == {"gone": 1}
    with pytest.raises(psycopg.errors.RaiseException, match="too early"):
        admin.execute(purge, ["34 days"])
    assert admin.execute(purge, ["35 days"]).fetchone() == {"gone": 0}
