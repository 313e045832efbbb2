"""How the agent gets in: password and certificate, and what it says where they are wrong."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from helpers.tls_front import certificate, tls_front
from lab.run.postgres import Postgres
from receipts.agent import run as agent
from receipts.agent.postgres import PostgresInbox
from receipts.agent.start import WRONG
from receipts.errors import InboxRefusedError

CONFIG = """
queue_url = "https://sqs.invalid/write"
dead_letter_url = "https://sqs.invalid/dead"
ledger_table = "ledger"
region = "eu-central-1"
rows_per_second = 10
metrics_port = 0
database = "{database}"
"""


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def guarded(postgres: Postgres) -> Iterator[Postgres]:
    """A server that asks the agent for its password."""
    trusting = postgres.hba.read_text()
    postgres.hba.write_text("host all receipts_agent 127.0.0.1/32 scram-sha-256\n" + trusting)
    with psycopg.connect(postgres.conninfo(), autocommit=True) as admin:
        admin.execute("ALTER ROLE receipts_agent PASSWORD 'right'")
        admin.execute("SELECT pg_reload_conf()")
    yield postgres
    postgres.hba.write_text(trusting)
    with psycopg.connect(postgres.conninfo(), autocommit=True) as admin:
        admin.execute("ALTER ROLE receipts_agent PASSWORD NULL")
        admin.execute("SELECT pg_reload_conf()")


def reloaded(server: Postgres) -> None:
    """The postmaster reads its file when it gets to it: connect until it has."""
    while True:
        try:
            psycopg.connect(server.conninfo("receipts_agent")).close()
        except psycopg.OperationalError:
            return


@pytest.mark.parametrize(
    ("password", "says"),
    [("wrong", "password authentication failed"), ("", "no password supplied")],
)
def test_a_wrong_password_is_said_at_once_and_names_the_key(
    guarded: Postgres, password: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reloaded(guarded)
    conninfo = guarded.conninfo("receipts_agent") + (f" password={password}" if password else "")
    path = tmp_path / "agent.toml"
    path.write_text(CONFIG.format(database=conninfo))
    assert agent.run(path) == 1
    err = capsys.readouterr().err
    assert f"{path}: database: " in err
    assert says in err


def test_a_start_while_no_connection_is_free_is_worth_another_try(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(CONFIG.format(database=postgres.conninfo("receipts_agent")))
    with contextlib.ExitStack() as stack:
        for _ in range(2):  # the role's CONNECTION LIMIT
            stack.enter_context(psycopg.connect(postgres.conninfo("receipts_agent")))
        assert agent.run(path) != WRONG
    assert 'too many connections for role "receipts_agent"' in capsys.readouterr().err


def test_the_right_password_gets_in(guarded: Postgres) -> None:
    reloaded(guarded)
    inbox = PostgresInbox(guarded.conninfo("receipts_agent") + " password=right")
    assert inbox.ensure_writer()
    inbox.close()


@pytest.mark.slow
def test_a_certificate_of_the_client_s_own_authority_is_trusted(
    postgres: Postgres, tmp_path: Path
) -> None:
    authority, key = certificate(tmp_path, "client")
    with tls_front(postgres.port, authority, key) as port:
        conninfo = make_conninfo(
            postgres.conninfo("receipts_agent"),
            port=port,
            sslmode="verify-full",
            sslrootcert=str(authority),
        )
        inbox = PostgresInbox(conninfo)
        assert inbox.ensure_writer()
        inbox.close()


@pytest.mark.slow
def test_a_certificate_of_somebody_else_is_refused_and_said(
    postgres: Postgres, tmp_path: Path
) -> None:
    theirs, key = certificate(tmp_path, "somebody")
    ours, _ = certificate(tmp_path, "client")
    with tls_front(postgres.port, theirs, key) as port:
        conninfo = make_conninfo(
            postgres.conninfo("receipts_agent"),
            port=port,
            sslmode="verify-full",
            sslrootcert=str(ours),
        )
        with pytest.raises(InboxRefusedError, match="certificate verify failed"):
            PostgresInbox(conninfo).ensure_writer()


def test_a_server_without_tls_is_refused_where_the_client_asks_for_it(postgres: Postgres) -> None:
    conninfo = make_conninfo(postgres.conninfo("receipts_agent"), sslmode="require")
    with pytest.raises(InboxRefusedError, match="does not support SSL"):
        PostgresInbox(conninfo).ensure_writer()
