"""The inbox, on a real PostgreSQL."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from helpers.dba import FULL_DISK, NO_STAMP, TABLE, changed
from helpers.deployed import RESOURCES
from helpers.fakes_agent import NOON, result
from lab.run.postgres import Postgres
from reading.receipt import LineItem, Receipt, TaxLine
from receipts.agent.postgres import PostgresInbox, inbox_sql
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
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


@pytest.fixture
def inbox(postgres: Postgres) -> Iterator[PostgresInbox]:
    inbox = PostgresInbox(postgres.conninfo("receipts_agent"), connections=2)
    inbox.ensure_writer()
    yield inbox
    inbox.close()


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(postgres.conninfo(), autocommit=True, row_factory=dict_row) as connection:
        yield connection


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


def test_a_violation_other_than_the_key_is_not_swallowed(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute("CREATE UNIQUE INDEX extra ON receipts_inbox.receipt (image_key)")
    try:
        with pytest.raises(BadRowError, match="extra"):
            inbox.write([result(1), result(2, image_key=result(1).image_key)])
    finally:
        admin.execute("DROP INDEX receipts_inbox.extra")


def test_the_reason_does_not_repeat_the_row(inbox: PostgresInbox) -> None:
    with pytest.raises(BadRowError) as caught:
        inbox.write([result(1, receipt=Receipt(currency="secret"))])
    assert "secret" not in str(caught.value)
    assert "23514" in str(caught.value)


def test_a_read_only_database_is_unavailable(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute("ALTER ROLE receipts_agent SET default_transaction_read_only = on")
    inbox.close()
    try:
        with pytest.raises(InboxUnavailableError, match="read-only"):
            inbox.ensure_writer()
    finally:
        admin.execute("ALTER ROLE receipts_agent RESET default_transaction_read_only")
    assert inbox.ensure_writer()
    inbox._connection.execute("SET default_transaction_read_only = on")  # type: ignore[union-attr]  # noqa: SLF001
    try:
        with pytest.raises(InboxUnavailableError, match="25006"):
            inbox.write([result(1)])
    finally:
        admin.execute("ALTER ROLE receipts_agent RESET default_transaction_read_only")


def test_a_locked_table_is_unavailable_and_not_a_bad_row(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute("ALTER ROLE receipts_agent SET lock_timeout = '10ms'")
    inbox.close()
    inbox.ensure_writer()
    try:
        with admin.transaction():
            admin.execute("LOCK TABLE receipts_inbox.receipt")
            with pytest.raises(InboxUnavailableError, match="55P03"):
                inbox.write([result(1)])
    finally:
        admin.execute("ALTER ROLE receipts_agent SET lock_timeout = '1s'")
    assert inbox.write([result(1)]) == 1


def end_sessions(admin: psycopg.Connection[dict[str, Any]]) -> None:
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE usename = 'receipts_agent'"
    )


def test_a_connection_that_was_ended_takes_no_rows_until_the_lock_is_held_again(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    end_sessions(admin)
    with pytest.raises(InboxUnavailableError):
        inbox.write([result(1)])
    with pytest.raises(InboxUnavailableError, match="not connected"):
        inbox.write([result(1)])
    assert inbox.ensure_writer()
    assert not inbox.ensure_writer()
    assert inbox.write([result(1)]) == 1


def test_one_agent_writes_and_the_other_takes_over_when_it_is_gone(
    inbox: PostgresInbox, postgres: Postgres, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    other = PostgresInbox(postgres.conninfo("receipts_agent"))
    with pytest.raises(StandbyError):
        other.ensure_writer()
    end_sessions(admin)
    assert other.ensure_writer()
    with pytest.raises(InboxUnavailableError):
        inbox.write([result(1)])
    with pytest.raises(StandbyError):
        inbox.ensure_writer()
    other.close()


@pytest.mark.parametrize(
    ("breaks", "mends", "says"),
    [
        (
            "UPDATE receipts_inbox.schema_version SET version = 2",
            "UPDATE receipts_inbox.schema_version SET version = 1",
            r"version 2.*run the inbox\.sql",
        ),
        (
            "REVOKE INSERT ON receipts_inbox.receipt FROM receipts_agent",
            "GRANT INSERT ON receipts_inbox.receipt TO receipts_agent",
            "may not INSERT",
        ),
        (
            "ALTER ROLE receipts_agent CONNECTION LIMIT 5",
            "ALTER ROLE receipts_agent CONNECTION LIMIT 2",
            "`connections` is 2, but the role may open 5",
        ),
        (
            "ALTER SCHEMA receipts_inbox RENAME TO elsewhere",
            "ALTER SCHEMA elsewhere RENAME TO receipts_inbox",
            "42P01",
        ),
    ],
    ids=["schema version", "right", "connection limit", "schema"],
)
def test_what_a_person_must_mend_is_named(
    inbox: PostgresInbox,
    admin: psycopg.Connection[dict[str, Any]],
    breaks: str,
    mends: str,
    says: str,
) -> None:
    admin.execute(breaks)
    try:
        with pytest.raises(InboxMisconfiguredError, match=says):
            inbox.ensure_writer()
    finally:
        admin.execute(mends)


def test_commits_that_a_crash_may_lose_are_refused(
    postgres: Postgres, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    """The message of a committed row is deleted: the commit must last."""
    admin.execute("ALTER ROLE receipts_agent SET synchronous_commit = off")
    inbox = PostgresInbox(postgres.conninfo("receipts_agent"))
    try:
        with pytest.raises(InboxMisconfiguredError, match="synchronous_commit is off"):
            inbox.ensure_writer()
    finally:
        admin.execute("ALTER ROLE receipts_agent SET synchronous_commit = on")
    inbox.ensure_writer()
    inbox.close()


def test_a_session_that_ended_while_idle_is_opened_again(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE usename = 'receipts_agent'"
    )
    assert inbox.ensure_writer()  # anew: another agent may have written meanwhile
    assert inbox.write([result(1)]) == 1


def test_a_foreign_login_that_holds_the_lock_is_named(
    postgres: Postgres, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute("SELECT pg_advisory_lock(hashtext('receipts_inbox'), 1)")
    standby = PostgresInbox(postgres.conninfo("receipts_agent"))
    with pytest.raises(StandbyError, match="'postgres' holds the agents' lock"):
        standby.ensure_writer()


REFUSES_ALL = "ALTER TABLE receipts_inbox.receipt ADD CONSTRAINT nothing CHECK (false) NOT VALID"


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        (REFUSES_ALL, "ALTER TABLE receipts_inbox.receipt DROP CONSTRAINT nothing"),
        (
            "ALTER TABLE receipts_inbox.receipt ADD COLUMN wanted text NOT NULL",
            "ALTER TABLE receipts_inbox.receipt DROP COLUMN wanted",
        ),
    ],
    ids=["a constraint", "a column"],
)
def test_a_table_that_refuses_every_row_is_the_database_s_fault(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]], breaks: str, mends: str
) -> None:
    admin.execute(breaks)
    try:
        with pytest.raises(BadRowError):
            inbox.write([result(1)])
        with pytest.raises(InboxMisconfiguredError, match="taken before"):
            inbox.check_control_row(result(1))
    finally:
        admin.execute(mends)
    assert inbox.check_control_row(result(1))
    assert inbox.write([result(1)]) == 1


def test_a_control_row_that_is_taken_leaves_nothing_behind(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    with pytest.raises(BadRowError):
        inbox.write([result(1, image_sha256="short")])
    assert inbox.write([result(2)]) == 1
    assert inbox.check_control_row(result(1, image_sha256="short"))
    there = admin.execute("SELECT receipt_id FROM receipts_inbox.receipt").fetchall()
    assert there == [{"receipt_id": result(2).receipt_id}]


def test_before_the_first_row_a_made_up_one_shows_an_outage_and_blames_nobody(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    assert inbox.check_control_row()
    with changed(admin, FULL_DISK, NO_STAMP), pytest.raises(InboxUnavailableError, match="53100"):
        inbox.check_control_row()
    known = "CHECK (customer_reference = 'C-1')"  # as a foreign key to the client's customers
    with changed(admin, f"{TABLE} ADD CONSTRAINT known {known}", f"{TABLE} DROP CONSTRAINT known"):
        assert not inbox.check_control_row()
        assert inbox.write([result(1)]) == 1
        assert inbox.check_control_row()  # like the one that was taken


def test_a_trigger_that_objects_to_one_receipt_stops_no_other(
    inbox: PostgresInbox, admin: psycopg.Connection[dict[str, Any]]
) -> None:
    admin.execute("""
        CREATE FUNCTION receipts_inbox.objects() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.name = '1.jpg' THEN RAISE 'not %', NEW.customer_reference; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER objects BEFORE INSERT ON receipts_inbox.receipt
        FOR EACH ROW EXECUTE FUNCTION receipts_inbox.objects();
    """)
    try:
        with pytest.raises(BadRowError, match="P0001") as refused:
            inbox.write([result(1)])
        assert "C-1" not in str(refused.value)  # what the trigger says may be on the receipt
        assert inbox.write([result(2)]) == 1
        assert inbox.check_control_row(result(1))
    finally:
        admin.execute("DROP FUNCTION receipts_inbox.objects CASCADE")


def test_a_link_that_is_cut_without_a_word_is_noticed_before_the_messages_come_again(
    inbox: PostgresInbox,
) -> None:
    """Else the agent would hang for as long as the kernel likes, a quarter of an hour."""
    link = link_settings(inbox)
    visible_again_s = RESOURCES["WriteQueue"]["Properties"]["VisibilityTimeout"]
    idle, interval, count = (link[f"keepalives_{it}"] for it in ("idle", "interval", "count"))
    assert idle + interval * count <= 15 < visible_again_s
    assert 0 < link["tcp_user_timeout"] <= 15_000
    assert link["connect_timeout"] == 5


def test_the_client_s_own_word_on_its_link_counts(postgres: Postgres) -> None:
    given = make_conninfo(postgres.conninfo("receipts_agent"), keepalives_idle=60)
    inbox = PostgresInbox(given)
    inbox.ensure_writer()
    link = link_settings(inbox)
    inbox.close()
    assert (link["keepalives_idle"], link["keepalives_count"]) == (60, 3)


def link_settings(inbox: PostgresInbox) -> dict[str, int]:
    """What libpq was told of the link, of the connection that there is."""
    assert inbox._connection is not None  # noqa: SLF001
    told = inbox._connection.info.get_parameters()  # noqa: SLF001
    return {name: int(value) for name, value in told.items() if value.isdigit()}


def test_a_server_that_refuses_us_is_told_from_one_that_is_away(postgres: Postgres) -> None:
    with pytest.raises(InboxRefusedError, match="does not exist"):
        PostgresInbox(postgres.conninfo("receipts_agent", dbname="nope")).ensure_writer()
    away = PostgresInbox("host=127.0.0.1 port=1 user=receipts_agent dbname=expenses")
    with pytest.raises(InboxUnavailableError) as caught:
        away.ensure_writer()
    assert not isinstance(caught.value, InboxRefusedError)


def test_a_value_that_the_driver_can_t_use_is_for_a_person_to_mend() -> None:
    with pytest.raises(InboxMisconfiguredError, match="connect_timeout"):
        PostgresInbox("host=127.0.0.1 port=1 connect_timeout=soon").ensure_writer()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT merchant FROM receipts_inbox.receipt",
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


def test_the_database_itself_limits_the_agents_connections(postgres: Postgres) -> None:
    conninfo = postgres.conninfo("receipts_agent")
    with psycopg.connect(conninfo), psycopg.connect(conninfo):
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            psycopg.connect(conninfo)
        with pytest.raises(InboxRefusedError, match="too many connections for role"):
            PostgresInbox(conninfo).ensure_writer()


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
        admin.execute(purge, ["13 days"])
