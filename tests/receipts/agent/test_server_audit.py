"""What the agent looks at in its server before it writes, on a real PostgreSQL."""

import logging
from collections.abc import Iterator, Sequence

import psycopg
import pytest

from helpers.dba import NO_STAMP, ROLE, STAMP, TABLE, changed
from lab.run.postgres import Postgres, running_postgres
from receipts.agent.metrics import Metrics
from receipts.agent.postgres import PostgresInbox, inbox_sql
from receipts.errors import InboxMisconfiguredError

HANGS = "not 1 to 60 s: an agent that hangs may keep the other from writing"


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.conninfo(), autocommit=True) as connection:
        yield connection


def audited(postgres: Postgres) -> Sequence[str]:
    """What an agent finds in a new session."""
    found: list[str] = []
    inbox = PostgresInbox(postgres.conninfo("receipts_agent"), 2, audited=found.extend)
    inbox.ensure_writer()
    inbox.close()
    return found


def test_of_what_inbox_sql_makes_there_is_nothing_to_say(postgres: Postgres) -> None:
    assert audited(postgres) == []


@pytest.mark.parametrize(
    ("change", "back", "says"),
    [
        (
            f"{TABLE} ADD COLUMN wanted text NOT NULL",
            f"{TABLE} DROP COLUMN wanted",
            "column wanted is NOT NULL without a default: rows without it are refused",
        ),
        (
            f"{TABLE} ALTER merchant SET NOT NULL",
            f"{TABLE} ALTER merchant DROP NOT NULL",
            "column merchant is NOT NULL without a default: rows without it are refused",
        ),
        (
            f"{TABLE} ALTER total TYPE numeric(10, 2)",
            f"{TABLE} ALTER total TYPE numeric(14, 4)",
            "column total is numeric(10,2), not numeric: it may round or refuse values",
        ),
        (
            f"{TABLE} ADD CONSTRAINT few CHECK (position < 9)",
            f"{TABLE} DROP CONSTRAINT few",
            "constraint few is not of inbox.sql: it may refuse or change rows",
        ),
        (
            "CREATE UNIQUE INDEX once ON receipts_inbox.receipt (image_key)",
            "DROP INDEX receipts_inbox.once",
            "unique index receipts_inbox.once is not of inbox.sql: it may refuse or change rows",
        ),
        (
            STAMP,
            NO_STAMP,
            "trigger stamp is not of inbox.sql: it may refuse or change rows",
        ),
        (
            "CREATE RULE kept AS ON DELETE TO receipts_inbox.receipt DO INSTEAD NOTHING",
            "DROP RULE kept ON receipts_inbox.receipt",
            "rule kept is not of inbox.sql: it may refuse or change rows",
        ),
        (
            "CREATE POLICY ours ON receipts_inbox.receipt USING (true)",
            "DROP POLICY ours ON receipts_inbox.receipt",
            "row policy ours is not of inbox.sql: it may refuse or change rows",
        ),
        (
            f"{TABLE} ENABLE ROW LEVEL SECURITY",
            f"{TABLE} DISABLE ROW LEVEL SECURITY",
            "row security of receipt is not of inbox.sql: it may refuse or change rows",
        ),
        (
            f"{ROLE} RESET idle_session_timeout",
            f"{ROLE} SET idle_session_timeout = '45s'",
            f"idle_session_timeout is 0, {HANGS}",
        ),
        (
            f"{ROLE} SET statement_timeout = '10min'",
            f"{ROLE} SET statement_timeout = '5s'",
            f"statement_timeout is 10min, {HANGS}",
        ),
    ],
    ids=lambda it: it.split(" is ")[0] if " is " in it else "",
)
def test_what_inbox_sql_did_not_make_so_is_named_and_refuses_nothing(
    postgres: Postgres, admin: psycopg.Connection, change: str, back: str, says: str
) -> None:
    with changed(admin, change, back):
        assert audited(postgres) == [says]
    assert audited(postgres) == []


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (f"{TABLE} ADD COLUMN noted text NOT NULL DEFAULT ''", f"{TABLE} DROP COLUMN noted"),
        (f"{TABLE} ALTER total TYPE numeric", f"{TABLE} ALTER total TYPE numeric(14, 4)"),
        (
            f"{STAMP}; {TABLE} DISABLE TRIGGER stamp",
            NO_STAMP,
        ),
        ("CREATE INDEX more ON receipts_inbox.receipt (name)", "DROP INDEX receipts_inbox.more"),
    ],
    ids=[
        "a column with a default",
        "an amount without a limit",
        "a trigger that is off",
        "an index",
    ],
)
def test_what_can_refuse_no_row_is_not_named(
    postgres: Postgres, admin: psycopg.Connection, change: str, back: str
) -> None:
    with changed(admin, change, back):
        assert audited(postgres) == []


def test_a_catalog_that_may_not_be_read_is_said_and_refuses_nothing(
    postgres: Postgres, admin: psycopg.Connection
) -> None:
    revoke, grant = "REVOKE SELECT ON pg_policy FROM PUBLIC", "GRANT SELECT ON pg_policy TO PUBLIC"
    with changed(admin, revoke, grant):
        [found] = audited(postgres)
    assert "pg_policy" in found


@pytest.mark.parametrize(
    ("change", "back", "says"),
    [
        (
            f"{ROLE} SET synchronous_commit = local",
            f"{ROLE} SET synchronous_commit = on",
            "synchronous_commit is local.* run ALTER ROLE",
        ),
        (
            f"{TABLE} SET UNLOGGED",
            f"{TABLE} SET LOGGED",
            "UNLOGGED.* run ALTER TABLE receipts_inbox.receipt SET LOGGED",
        ),
        (
            "DELETE FROM receipts_inbox.schema_version",
            "INSERT INTO receipts_inbox.schema_version VALUES (3)",
            r"schema version none.*run what .* inbox\.sql",
        ),
    ],
    ids=["commits that a failover may lose", "a table that a crash empties", "no version"],
)
def test_a_server_that_may_lose_rows_is_refused(
    postgres: Postgres, admin: psycopg.Connection, change: str, back: str, says: str
) -> None:
    with (
        changed(admin, change, back),
        pytest.raises(InboxMisconfiguredError, match=says),
    ):
        audited(postgres)
    assert audited(postgres) == []


@pytest.mark.slow
def test_a_server_without_fsync_is_refused() -> None:
    with (
        running_postgres(settings={"fsync": "off"}) as server,
        pytest.raises(InboxMisconfiguredError, match=r"fsync is off.* set fsync = on"),
    ):
        audited(server)


def test_an_older_server_is_told_so_before_anything_is_made(
    postgres: Postgres, admin: psycopg.Connection
) -> None:
    newer = inbox_sql().replace("140000", "990000").replace("receipts_", "other_")
    with pytest.raises(psycopg.errors.RaiseException, match="is too old: the inbox needs 14"):
        admin.execute(newer.encode())
    roles = admin.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'other_%'").fetchone()
    assert roles == (0,)
    del postgres


def test_what_is_found_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    with caplog.at_level(logging.WARNING):
        metrics.audited(["trigger stamp"])
        metrics.audited(["trigger stamp", "constraint few"])
    assert [record.found for record in caplog.records] == ["trigger stamp", "constraint few"]  # type: ignore[attr-defined]
