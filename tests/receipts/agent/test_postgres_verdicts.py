"""Who is to blame for a row that is refused, on a real PostgreSQL: a control row tells."""

from typing import Any

import psycopg
import pytest

from helpers.dba import FULL_DISK, NO_STAMP, TABLE, changed
from helpers.fakes_agent import result
from reading.receipt import Receipt
from receipts.agent.postgres import PostgresInbox
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxUnavailableError,
)


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
