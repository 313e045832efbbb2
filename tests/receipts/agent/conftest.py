"""Fixtures of the agent's tests on a real PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from lab.run.postgres import Postgres
from receipts.agent.postgres import PostgresInbox


@pytest.fixture
def inbox(postgres: Postgres) -> Iterator[PostgresInbox]:
    inbox = PostgresInbox(postgres.conninfo("receipts_agent"), connections=2)
    inbox.ensure_writer()
    yield inbox
    inbox.close()


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(postgres.conninfo(), autocommit=True, row_factory=dict_row) as connection:
        yield connection
