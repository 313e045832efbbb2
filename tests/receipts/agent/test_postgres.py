"""What PostgreSQL alone does with a row; what every database must is in `contract`."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from helpers.fakes_agent import result
from lab.run.postgres import Postgres
from reading.receipt import LineItem, Receipt
from receipts.agent.postgres import PostgresInbox, inbox_sql
from receipts.errors import (
    BadRowError,
)


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": Receipt(merchant="NUL \x00 in a text")},
        {"receipt": Receipt(line_items=(LineItem(name="NUL \x00 in JSON"),))},
    ],
    ids=["nul", "nul in json"],
)
def test_a_row_that_the_database_refuses_fails_alone_and_leaves_the_rest(
    inbox: PostgresInbox, changes: dict[str, object]
) -> None:
    with pytest.raises(BadRowError):
        inbox.write([result(1), result(2, **changes)])
    assert inbox.write([result(1)]) == 1  # it was not written, and the connection is usable


def test_a_unique_index_of_the_dba_s_is_named(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute("CREATE UNIQUE INDEX extra ON receipts_inbox.receipt (image_key)")
    try:
        with pytest.raises(BadRowError, match="extra"):
            inbox.write([result(1), result(2, image_key=result(1).image_key)])
    finally:
        admin.execute("DROP INDEX receipts_inbox.extra")


def test_the_reason_is_a_sqlstate(inbox: PostgresInbox) -> None:
    with pytest.raises(BadRowError, match="23514"):
        inbox.write([result(1, receipt=Receipt(currency="secret"))])


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
    assert western.write([result(1, receipt=Receipt(merchant="Café Müller"))]) == 1


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
