"""A real PostgreSQL for the whole session, emptied for each test."""

from collections.abc import Iterator

import psycopg
import pytest

from lab.run.postgres import Postgres, running


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Postgres]:
    with running(settings={"fsync": "off"}) as server:
        yield server


@pytest.fixture
def postgres(_postgres: Postgres) -> Postgres:
    with psycopg.connect(_postgres.conninfo(), autocommit=True) as connection:
        # A session that a test closed may live on for some milliseconds, with its lock.
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = 'receipts_agent'"
        )
        connection.execute("TRUNCATE receipts_inbox.receipt")
    return _postgres
