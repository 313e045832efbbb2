"""The inbox's session, on a real PostgreSQL: login, link, lock, and commits that last."""

from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from helpers.deployed import RESOURCES
from helpers.fakes_agent import result
from lab.run.postgres import Postgres
from receipts.agent.postgres import PostgresInbox
from receipts.errors import (
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
)


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
            "UPDATE receipts_inbox.schema_version SET version = 1",
            "UPDATE receipts_inbox.schema_version SET version = 2",
            r"version 1.*run what .* inbox\.sql",
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


def test_the_database_itself_limits_the_agents_connections(postgres: Postgres) -> None:
    conninfo = postgres.conninfo("receipts_agent")
    with psycopg.connect(conninfo), psycopg.connect(conninfo):
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            psycopg.connect(conninfo)
        with pytest.raises(InboxRefusedError, match="too many connections for role"):
            PostgresInbox(conninfo).ensure_writer()


def test_a_stand_by_whose_session_ends_while_it_asks_says_that_the_database_is_away(
    inbox: PostgresInbox, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not inbox.ensure_writer()  # it holds the lock
    ends = "SELECT pg_terminate_backend(pg_backend_pid())"
    monkeypatch.setattr("receipts.agent.postgres._WRITER", ends)
    with pytest.raises(InboxUnavailableError, match="57P01"):
        PostgresInbox(postgres.conninfo("receipts_agent")).ensure_writer()
