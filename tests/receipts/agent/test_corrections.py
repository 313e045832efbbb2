"""Corrections on PostgreSQL: what the client's app reads, and what the server refuses."""

import datetime as dt
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from helpers.fakes_agent import correction, result
from reading.receipt import Receipt
from receipts.agent.postgres import PostgresInbox
from receipts.errors import BadRowError

Admin = psycopg.Connection[dict[str, Any]]

NOW = "SELECT now.* FROM receipts_inbox.receipt, receipts_inbox.corrected(receipt) AS now"


def test_a_receipt_reads_as_its_last_corrections_say_and_its_row_as_it_was_read(
    inbox: PostgresInbox, admin: Admin
) -> None:
    read = Receipt(merchant="Shop", total=Decimal("1.00"), currency="EUR", time=dt.time(9, 30))
    inbox.write([correction(1, 2, new={"total": "3.50", "date": "2027-01-31"})])
    inbox.write([correction(1, 1, new={"total": "2.00", "time": None, "merchant": "Corner Shop"})])
    inbox.write([result(1, receipt=read), result(2, receipt=read)])
    now = {row["position"]: row for row in admin.execute(NOW)}
    assert now[1]["total"] == Decimal("3.50")
    assert now[1]["date"] == dt.date(2027, 1, 31)
    assert now[1]["time"] is None
    assert (now[1]["merchant"], now[1]["currency"]) == ("Corner Shop", "EUR")
    assert (now[2]["merchant"], now[2]["total"]) == ("Shop", Decimal("1.00"))
    rows = admin.execute("SELECT merchant, total FROM receipts_inbox.receipt").fetchall()
    assert rows == [{"merchant": "Shop", "total": Decimal("1.00")}] * 2


def test_the_app_that_files_expenses_may_read_both_and_change_neither(admin: Admin) -> None:
    with admin.transaction(force_rollback=True):
        admin.execute("SET LOCAL ROLE receipts_reader")
        assert admin.execute(NOW).fetchall() == []
        assert admin.execute("SELECT * FROM receipts_inbox.correction").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute("UPDATE receipts_inbox.correction SET corrected_by = ''")


@pytest.mark.parametrize(
    "new",
    [
        {},
        {"total": "1e12"},
        {"total": "twelve"},
        {"date": "yesterday's"},
        {"currency": "euro"},
        {"needs_review": "false"},
        {"customer_reference": "C-2"},
    ],
    ids=str,
)
def test_the_server_refuses_what_is_no_value_of_a_column_that_may_be_corrected(
    inbox: PostgresInbox, new: dict[str, str]
) -> None:
    good = correction(1)
    bad = correction(2)
    bad.new.clear()
    bad.new.update(new)  # type: ignore[arg-type]
    with pytest.raises(BadRowError):
        inbox.write([good, bad])
    assert inbox.write([good]) == 1


def test_corrections_are_purged_by_their_own_age(inbox: PostgresInbox, admin: Admin) -> None:
    inbox.write([result(1)])
    inbox.write([correction(1, 1), correction(1, 2)])
    admin.execute("UPDATE receipts_inbox.receipt SET stored_at = now() - interval '500 days'")
    admin.execute(
        "UPDATE receipts_inbox.correction SET stored_at = now() - interval '500 days'"
        " WHERE number = 1"
    )
    admin.execute("SELECT receipts_inbox.purge(interval '400 days', 10)")
    assert admin.execute("SELECT count(*) FROM receipts_inbox.receipt").fetchall() == [{"count": 0}]
    left = admin.execute("SELECT number FROM receipts_inbox.correction").fetchall()
    assert left == [{"number": 2}]
