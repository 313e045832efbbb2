"""The client's database server for the experiment: small, filled with the app's data."""

import contextlib
import os
from collections.abc import Iterator

import psycopg

from lab.measure.peak.design import BenchSize
from lab.run.expenses import calls
from lab.run.postgres import Postgres, running_postgres
from lab.support.connections import ConnectionWatcher


class CpuPinning:
    """Pins processes to processors. With fewer than two, or not on Linux, it pins none."""

    def __init__(self) -> None:
        """The database gets one processor, all others share the rest."""
        usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        self.apart = len(usable) > 1
        self._server = set(usable[:1])
        self._clients = set(usable[1:])

    def server(self, pid: int) -> None:
        """Pin the server, and with it the processes that it starts from now on."""
        if self.apart:
            os.sched_setaffinity(pid, self._server)

    def client(self, pid: int) -> None:
        """Pin one of our processes or of the app's."""
        if self.apart:
            os.sched_setaffinity(pid, self._clients)


@contextlib.contextmanager
def client_server(pinned: CpuPinning, scale: BenchSize) -> Iterator[Postgres]:
    """A durable server (fsync on) with the app's data and a table for the direct routes."""
    settings = {"shared_buffers": "128MB", "checkpoint_timeout": "15min", "max_wal_size": "4GB"}
    with running_postgres(max_connections=scale.max_connections, settings=settings) as server:
        pinned.server(server.pid)
        with psycopg.connect(server.conninfo()) as connection:
            _direct_table(connection)
            calls.fill_tables(connection, scale.expenses)
        yield server


def _direct_table(connection: psycopg.Connection) -> None:
    """The table that most people begin with: the same columns, no key, a role without limits."""
    connection.execute("CREATE ROLE readers LOGIN")
    connection.execute("CREATE SCHEMA peak")
    connection.execute("CREATE TABLE peak.receipt (LIKE receipts_inbox.receipt)")
    connection.execute("ALTER TABLE peak.receipt ALTER stored_at SET DEFAULT now()")
    connection.execute("CREATE INDEX ON peak.receipt (customer_reference, stored_at)")
    connection.execute("GRANT USAGE ON SCHEMA peak TO readers")
    connection.execute("GRANT INSERT ON peak.receipt TO readers")


class DatabaseWatcher(ConnectionWatcher):
    """Counts connections during every block, and the rows at the end."""

    def rows(self) -> dict[str, tuple[int, int]]:
        """Rows, and distinct receipts among them, by batch."""
        counts = self.connection.execute(
            "SELECT batch_id, count(*), count(DISTINCT receipt_id) FROM"
            " (SELECT batch_id, receipt_id FROM receipts_inbox.receipt UNION ALL"
            " SELECT batch_id, receipt_id FROM peak.receipt) AS both_tables GROUP BY batch_id"
        ).fetchall()
        return {batch: (rows, distinct) for batch, rows, distinct in counts}
