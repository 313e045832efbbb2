"""One contract, whatever the client's database: `--database` says which is asked."""

from collections.abc import Iterator
from typing import Any

import pytest

from helpers.client_database import ClientDatabase
from helpers.on_postgres import OnPostgres
from lab.run.postgres import Postgres
from receipts.agent.sql_inbox import SqlInbox


@pytest.fixture
def on_postgres(postgres: Postgres) -> OnPostgres:
    return OnPostgres(postgres)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> ClientDatabase:
    asked = request.config.getoption("--database")
    found: ClientDatabase = request.getfixturevalue(f"on_{asked}")
    return found


@pytest.fixture
def inbox(database: ClientDatabase) -> Iterator[SqlInbox[Any]]:
    inbox = database.inbox()
    inbox.ensure_writer()
    yield inbox
    inbox.close()
