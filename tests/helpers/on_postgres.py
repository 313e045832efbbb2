"""The contract's client with a PostgreSQL."""

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from helpers.client_database import Change
from helpers.dba import FULL_DISK, NO_STAMP, ROLE, STAMP, TABLE
from lab.run.postgres import Postgres
from receipts.agent.postgres import PostgresInbox
from receipts.agent.rows import Table

OBJECTS = STAMP.replace(
    "RETURN NEW",
    "IF NEW.name = '1.jpg' THEN RAISE 'not %', NEW.customer_reference; END IF; RETURN NEW",
)
KNOWN = "CHECK (customer_reference = 'C-1')"  # as a foreign key to the client's customers


class OnPostgres:
    """Implements `ClientDatabase`."""

    changes: ClassVar = {
        "read-only": Change(
            f"{ROLE} SET default_transaction_read_only = on",
            f"{ROLE} RESET default_transaction_read_only",
        ),
        "another schema version": Change(
            "UPDATE receipts_inbox.schema_version SET version = 1",
            "UPDATE receipts_inbox.schema_version SET version = 3",
            r"version 1.*run what .* inbox\.sql",
        ),
        "no right": Change(
            "REVOKE INSERT ON receipts_inbox.receipt FROM receipts_agent",
            "GRANT INSERT ON receipts_inbox.receipt TO receipts_agent",
            "may not INSERT",
        ),
        "another connection limit": Change(
            f"{ROLE} CONNECTION LIMIT 5",
            f"{ROLE} CONNECTION LIMIT 2",
            "`connections` is 2, but the role may open 5",
        ),
        "no table": Change(
            "ALTER SCHEMA receipts_inbox RENAME TO elsewhere",
            "ALTER SCHEMA elsewhere RENAME TO receipts_inbox",
            "42P01",
        ),
        "commits that may be lost": Change(
            f"{ROLE} SET synchronous_commit = off",
            f"{ROLE} SET synchronous_commit = on",
            "synchronous_commit is off.* run ALTER ROLE",
        ),
        "a unique index": Change(
            "CREATE UNIQUE INDEX extra ON receipts_inbox.receipt (image_key)",
            "DROP INDEX receipts_inbox.extra",
            "unique index receipts_inbox.extra",
        ),
        "a constraint that nothing meets": Change(
            f"{TABLE} ADD CONSTRAINT nothing CHECK (false) NOT VALID",
            f"{TABLE} DROP CONSTRAINT nothing",
            "constraint nothing",
        ),
        "a column that must be given": Change(
            f"{TABLE} ADD COLUMN wanted text NOT NULL",
            f"{TABLE} DROP COLUMN wanted",
            "column wanted is NOT NULL without a default",
        ),
        "a narrower amount": Change(
            f"{TABLE} ALTER total TYPE numeric(10, 2)",
            f"{TABLE} ALTER total TYPE numeric(14, 4)",
            r"column total is numeric\(10,2\)",
        ),
        "customers are known": Change(
            f"{TABLE} ADD CONSTRAINT known {KNOWN}", f"{TABLE} DROP CONSTRAINT known"
        ),
        "a full disk": Change(FULL_DISK, NO_STAMP, "53100"),
        "a trigger that objects": Change(OBJECTS, NO_STAMP, "P0001"),
    }

    def __init__(self, server: Postgres) -> None:
        """`server` is up, and has the inbox."""
        self._server = server
        self.port = server.port

    def inbox(
        self,
        port: int | None = None,
        connections: int | None = 2,
        audited: Callable[[Sequence[str]], object] | None = None,
    ) -> PostgresInbox:
        conninfo = make_conninfo(self._server.conninfo("receipts_agent"), port=port or self.port)
        return PostgresInbox(conninfo, connections, audited=audited)

    def run(self, statements: str) -> None:
        with self._admin() as admin:
            admin.execute(statements.encode())

    def rows(self, table: Table = "receipt") -> Sequence[dict[str, Any]]:
        with self._admin() as admin:
            query = f"SELECT * FROM receipts_inbox.{table}"  # noqa: S608
            return admin.execute(query.encode()).fetchall()

    def refuses(self, statement: str) -> bool:
        with self.session() as connection:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                return True
        return False

    @contextlib.contextmanager
    def session(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self._server.conninfo("receipts_agent")) as connection:
            yield connection

    def end_sessions(self) -> None:
        self.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = 'receipts_agent'"
        )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with self._admin() as admin, admin.transaction():
            admin.execute("LOCK TABLE receipts_inbox.receipt")
            yield

    @contextlib.contextmanager
    def foreign_lock(self) -> Iterator[None]:
        with self._admin() as admin:
            admin.execute("SELECT pg_advisory_lock(hashtext('receipts_inbox'), 1)")
            yield

    def crash(self) -> None:
        self._server.stop(signal.SIGQUIT)
        self._server.start()

    def _admin(self) -> psycopg.Connection[dict[str, Any]]:
        conninfo = self._server.conninfo()
        return psycopg.connect(conninfo, autocommit=True, row_factory=dict_row)
