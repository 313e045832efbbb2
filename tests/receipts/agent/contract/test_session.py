"""The session that writes, whatever the database: lock, links, and commits that last."""

from typing import Any

import pytest

from helpers.client_database import ClientDatabase, changed
from helpers.fakes_agent import result
from lab.run.links import link_to
from lab.support.free_port import free_port
from receipts.agent.sql_inbox import SqlInbox
from receipts.errors import (
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
)


def test_a_read_only_database_is_unavailable(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    inbox.close()
    with changed(database, "read-only"), pytest.raises(InboxUnavailableError, match="read-only"):
        inbox.ensure_writer()
    assert inbox.ensure_writer()
    assert inbox.write([result(1)]) == 1


def test_a_locked_table_is_unavailable_and_not_a_bad_row(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    with database.locked(), pytest.raises(InboxUnavailableError):
        inbox.write([result(1)])  # after the second that a statement waits
    assert inbox.write([result(1)]) == 1


def test_a_connection_that_was_ended_takes_no_rows_until_the_lock_is_held_again(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    database.end_sessions()
    with pytest.raises(InboxUnavailableError):
        inbox.write([result(1)])
    with pytest.raises(InboxUnavailableError, match="not connected"):
        inbox.write([result(1)])
    assert inbox.ensure_writer()
    assert not inbox.ensure_writer()
    assert inbox.write([result(1)]) == 1


def test_a_session_that_ended_while_idle_is_opened_again(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    database.end_sessions()
    assert inbox.ensure_writer()  # anew: another agent may have written meanwhile
    assert inbox.write([result(1)]) == 1


def test_one_agent_writes_and_the_other_takes_over_when_it_is_gone(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    other = database.inbox()
    with pytest.raises(StandbyError, match=r"silent for \d+ s"):
        other.ensure_writer()
    database.end_sessions()
    assert other.ensure_writer()
    with pytest.raises(InboxUnavailableError):
        inbox.write([result(1)])
    with pytest.raises(StandbyError):
        inbox.ensure_writer()
    other.close()


def test_a_foreign_login_that_holds_the_lock_is_named(database: ClientDatabase) -> None:
    standby = database.inbox()
    with (
        database.foreign_lock(),
        pytest.raises(StandbyError, match=r"login.* holds the agents' lock"),
    ):
        standby.ensure_writer()


@pytest.mark.parametrize(
    "name", ["another schema version", "no right", "another connection limit", "no table"]
)
def test_what_a_person_must_mend_is_named(
    inbox: SqlInbox[Any], database: ClientDatabase, name: str
) -> None:
    with changed(database, name) as change:
        inbox.close()
        with pytest.raises(InboxMisconfiguredError, match=change.says):
            inbox.ensure_writer()
    assert inbox.ensure_writer()


def test_commits_that_a_crash_may_lose_are_refused(database: ClientDatabase) -> None:
    """The message of a committed row is deleted: the commit must last."""
    inbox = database.inbox()
    with (
        changed(database, "commits that may be lost") as change,
        pytest.raises(InboxMisconfiguredError, match=change.says),
    ):
        inbox.ensure_writer()
    inbox.ensure_writer()
    inbox.close()


def test_what_a_write_answered_is_there_after_a_crash(
    inbox: SqlInbox[Any], database: ClientDatabase
) -> None:
    assert inbox.write([result(1), result(2)]) == 2
    database.crash()
    with pytest.raises(InboxUnavailableError):
        inbox.write([result(3)])
    assert inbox.ensure_writer()
    assert inbox.write([result(1), result(2), result(3)]) == 1


def test_a_link_that_is_lost_before_the_answer_makes_a_repetition_and_no_second_row(
    database: ClientDatabase,
) -> None:
    def lost(_: bytes) -> bytes:
        raise OSError

    with link_to(database.port) as link:
        inbox = database.inbox(link.port)
        inbox.ensure_writer()
        link.rewrite = lost  # the statement arrives; what the server answers doesn't
        with pytest.raises(InboxUnavailableError):
            inbox.write([result(1)])
        link.restore()
        database.end_sessions()  # as the server does when it notices
        assert inbox.ensure_writer()
        assert inbox.write([result(1), result(2)]) == 1
        inbox.close()


def test_a_link_that_is_cut_before_the_statement_arrives_adds_no_row(
    database: ClientDatabase,
) -> None:
    with link_to(database.port) as link:
        inbox = database.inbox(link.port)
        inbox.ensure_writer()
        link.cut()
        with pytest.raises(InboxUnavailableError):
            inbox.write([result(1)])
        assert not database.rows()
        with pytest.raises(InboxUnavailableError):
            inbox.ensure_writer()
        link.restore()
        database.end_sessions()
        assert inbox.ensure_writer()
        assert inbox.write([result(1)]) == 1
        inbox.close()


def test_a_server_that_is_away_has_refused_nobody(database: ClientDatabase) -> None:
    with pytest.raises(InboxUnavailableError) as caught:
        database.inbox(free_port()).ensure_writer()
    assert not isinstance(caught.value, InboxRefusedError)


def test_the_database_itself_limits_the_agents_connections(database: ClientDatabase) -> None:
    with (
        database.session(),
        database.session(),
        pytest.raises(InboxRefusedError, match=r"too many connections|max_user_connections"),
    ):
        database.inbox().ensure_writer()
