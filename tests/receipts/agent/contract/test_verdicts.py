"""Who is to blame for a row that is refused, whatever the database: a control row tells."""

from typing import Any

import pytest

from helpers.client_database import ClientDatabase, changed
from helpers.fakes_agent import result
from reading.receipt import Receipt
from receipts.agent.sql_inbox import SqlInbox
from receipts.errors import BadRowError, InboxMisconfiguredError, InboxUnavailableError


def test_a_violation_other_than_the_key_is_not_swallowed(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    with changed(database, "a unique index"):
        with pytest.raises(BadRowError):
            inbox.write([result(1), result(2, image_key=result(1).image_key)])
        assert not database.rows()
        assert inbox.write([result(1)]) == 1
        with pytest.raises(BadRowError):
            inbox.write([result(1), result(2, image_key=result(1).image_key)])


@pytest.mark.parametrize(
    "bad", [Receipt(currency="secret"), Receipt(currency="abc"), Receipt(merchant="secret")]
)
def test_the_reason_does_not_repeat_the_row(
    inbox: SqlInbox[Any], database: ClientDatabase, bad: Receipt
) -> None:
    with changed(database, "a unique index"):
        inbox.write([result(1, image_key="secret")])
        with pytest.raises(BadRowError) as caught:
            inbox.write([result(2, receipt=bad, image_key="secret")])
    assert "secret" not in str(caught.value)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("name", ["a constraint that nothing meets", "a column that must be given"])
def test_a_table_that_refuses_every_row_is_the_database_s_fault(
    inbox: SqlInbox[Any], database: ClientDatabase, name: str
) -> None:
    with changed(database, name):
        with pytest.raises(BadRowError):
            inbox.write([result(1)])
        with pytest.raises(InboxMisconfiguredError, match="taken before"):
            inbox.check_control_row(result(1))
    inbox.ensure_writer()  # its connection was closed: the next may reach another server
    assert inbox.check_control_row(result(1))
    assert inbox.write([result(1)]) == 1


def test_a_control_row_that_is_taken_leaves_nothing_behind(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    with pytest.raises(BadRowError):
        inbox.write([result(1, image_sha256="short")])
    assert inbox.write([result(2)]) == 1
    assert inbox.check_control_row(result(1, image_sha256="short"))
    assert [row["position"] for row in database.rows()] == [2]


def test_before_the_first_row_a_made_up_one_shows_an_outage_and_blames_nobody(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    assert inbox.check_control_row()
    with (
        changed(database, "a full disk") as change,
        pytest.raises(InboxUnavailableError, match=change.says),
    ):
        inbox.check_control_row()
    inbox.ensure_writer()
    with changed(database, "customers are known"):
        assert not inbox.check_control_row()
        assert inbox.write([result(1)]) == 1
        assert inbox.check_control_row()  # like the one that was taken


def test_a_trigger_that_objects_to_one_receipt_stops_no_other(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    with changed(database, "a trigger that objects") as change:
        with pytest.raises(BadRowError, match=change.says) as refused:
            inbox.write([result(1)])
        assert "C-1" not in str(refused.value)  # what the trigger says may be on the receipt
        assert inbox.write([result(2)]) == 1
        assert inbox.check_control_row(result(1))


def test_of_what_the_inbox_s_file_makes_there_is_nothing_to_say(database: ClientDatabase) -> None:
    assert audited(database) == []


@pytest.mark.parametrize(
    "name", ["a unique index", "a column that must be given", "a narrower amount"]
)
def test_what_the_inbox_s_file_did_not_make_so_is_named_and_refuses_nothing(
    database: ClientDatabase, name: str
) -> None:
    with changed(database, name) as change:
        found = audited(database)
    assert len(found) == 1
    assert found[0].startswith(change.says.replace("\\", ""))


def audited(database: ClientDatabase) -> list[str]:
    """What an agent finds in a new session."""
    found: list[str] = []
    inbox = database.inbox(audited=found.extend)
    inbox.ensure_writer()
    inbox.close()
    return found
