"""What PostgreSQL alone says of the session that writes; the rest is in `contract`."""

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


def test_a_database_that_becomes_read_only_is_unavailable(
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


def test_a_lock_that_is_waited_for_too_long_has_a_sqlstate(
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
