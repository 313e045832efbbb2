"""What a correction is in the client's database: a row of its own, before or after its receipt."""

from typing import Any

import pytest

from helpers.client_database import ClientDatabase
from helpers.fakes_agent import NOON, correction, result
from receipts.agent.sql_inbox import SqlInbox
from receipts.errors import BadRowError


def test_a_correction_is_one_row_beside_the_receipt_however_often_it_comes(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    assert inbox.write([result(1)]) == 1
    [before] = database.rows()
    told = correction(
        1,
        old={"total": None, "merchant": "Shop"},
        new={"total": "12.50", "merchant": "a 'b' \\ 🧾"},
    )
    assert inbox.write([told, told]) == 1
    assert inbox.write([told]) == 0
    [row] = database.rows("correction")
    del row["stored_at"]
    assert row == {
        "correction_id": f"{result(1).receipt_id}-001",
        "receipt_id": result(1).receipt_id,
        "number": 1,
        "customer_reference": "C-1",
        "old": {"total": None, "merchant": "Shop"},
        "new": {"total": "12.50", "merchant": "a 'b' \\ 🧾"},
        "corrected_by": "Ada",
        "corrected_at": NOON,
    }
    assert database.rows() == [before]


def test_a_correction_may_be_there_before_its_receipt(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    assert inbox.write([correction(1, 2), correction(1, 1)]) == 2
    assert inbox.write([result(1)]) == 1
    assert sorted(row["number"] for row in database.rows("correction")) == [1, 2]


def test_a_correction_that_is_refused_leaves_the_others(inbox: SqlInbox[Any]) -> None:
    with pytest.raises(BadRowError):
        inbox.write([correction(1), correction(2, receipt_id="x" * 64 + "\ud800")])
    assert inbox.write([correction(1)]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT new FROM receipts_inbox.correction",
        "SELECT corrected_by FROM receipts_inbox.correction",
        "UPDATE receipts_inbox.correction SET corrected_by = ''",
        "DELETE FROM receipts_inbox.correction",
    ],
)
def test_the_agent_may_add_corrections_and_nothing_else(
    database: ClientDatabase, statement: str
) -> None:
    assert database.refuses(statement)
