"""The client's database server for the experiment: small, full of data, watched."""

import contextlib
import os
from collections.abc import Iterator

import psycopg

from lab.measure.peak.design import BenchSize
from lab.run.expenses import calls
from lab.run.postgres import Postgres, running
from lab.support.connections import ConnectionWatcher


class CpuPinning:
    """Which processors are whose. With fewer than two, or not on Linux, nobody is pinned."""

    def __init__(self) -> None:
        """The database gets one processor, everybody else the others."""
        usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        self.apart = len(usable) > 1
        self._server = set(usable[:1])
        self._clients = set(usable[1:])

    def server(self, pid: int) -> None:
        """Pin the server; the processes that it starts from now on are pinned with it."""
        if self.apart:
            os.sched_setaffinity(pid, self._server)

    def client(self, pid: int) -> None:
        """Pin a process of ours or of the app's."""
        if self.apart:
            os.sched_setaffinity(pid, self._clients)


@contextlib.contextmanager
def client_server(pinned: CpuPinning, scale: BenchSize) -> Iterator[Postgres]:
    """A durable server (fsync on) with the app's data and a table for the direct routes."""
    settings = {"shared_buffers": "128MB", "checkpoint_timeout": "15min", "max_wal_size": "4GB"}
    with running(max_connections=scale.max_connections, settings=settings) as server:
        pinned.server(server.pid)
        with psycopg.connect(server.conninfo()) as connection:
            _direct_table(connection)
            calls.seed(connection, scale.expenses)
        yield server


def _direct_table(connection: psycopg.Connection) -> None:
    """What people build first: the same columns, no key, a role without limits."""
    connection.execute("CREATE ROLE readers LOGIN")
    connection.execute("CREATE SCHEMA peak")
    connection.execute("CREATE TABLE peak.receipt (LIKE receipts_inbox.receipt)")
    connection.execute("ALTER TABLE peak.receipt ALTER stored_at SET DEFAULT now()")
    connection.execute("CREATE INDEX ON peak.receipt (customer_reference, stored_at)")
    connection.execute("GRANT USAGE ON SCHEMA peak TO readers")
    connection.execute("GRANT INSERT ON peak.receipt TO readers")


class DatabaseWatcher(ConnectionWatcher):
    """Counts connections in every block alike, and in the end the rows."""

    def rows(self) -> dict[str, tuple[int, int]]:
        """Rows, and different receipts among them, by batch."""
        found = self.connection.execute(
            "SELECT batch_id, count(*), count(DISTINCT receipt_id) FROM"
            " (SELECT batch_id, receipt_id FROM receipts_inbox.receipt UNION ALL"
            " SELECT batch_id, receipt_id FROM peak.receipt) AS both_tables GROUP BY batch_id"
        ).fetchall()
        return {batch: (rows, different) for batch, rows, different in found}
