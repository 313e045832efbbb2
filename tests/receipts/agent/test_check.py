"""`receipts agent --check`: what a DBA runs before the agent does."""

import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from commands import cli
from helpers.dba import NO_STAMP, STAMP, TABLE, changed
from helpers.fakes_agent import result
from lab.run.postgres import Postgres
from receipts.agent import cli as installed
from receipts.agent.postgres import PostgresInbox


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.conninfo(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def config(postgres: Postgres, tmp_path: Path) -> Path:
    lines = {
        "queue_url": "https://sqs.invalid/write",
        "dead_letter_url": "https://sqs.invalid/dead",
        "ledger_table": "ledger",
        "database": postgres.conninfo("receipts_agent"),
        "rows_per_second": 10,
    }
    path = tmp_path / "agent.toml"
    path.write_text("".join(f"{key} = {value!r}\n" for key, value in lines.items()))
    return path


def checked(config: Path) -> tuple[str, int]:
    """What `receipts agent --check` prints, and its exit code."""
    ended = CliRunner().invoke(cli.app, ["agent", "--config", str(config), "--check"])
    return ended.output, ended.exit_code


def rows(admin: psycopg.Connection) -> int:
    found = admin.execute("SELECT count(*) FROM receipts_inbox.receipt").fetchone()
    assert found is not None
    return int(found[0])


def test_the_check_tries_a_row_and_leaves_nothing_behind(
    config: Path, admin: psycopg.Connection
) -> None:
    assert checked(config) == ("a row was taken, and rolled back\n", 0)
    assert rows(admin) == 0


def test_the_check_names_what_it_found_and_ends_with_1(
    config: Path, admin: psycopg.Connection
) -> None:
    with changed(admin, STAMP, NO_STAMP):
        said, code = checked(config)
    assert said.splitlines()[0].startswith("trigger stamp")
    assert said.splitlines()[1] == "a row was taken, and rolled back"
    assert code == 1


def test_the_check_ends_with_2_where_a_row_is_refused(
    config: Path, admin: psycopg.Connection
) -> None:
    add = f"{TABLE} ADD CONSTRAINT none CHECK (false) NOT VALID"
    with changed(admin, add, f"{TABLE} DROP CONSTRAINT none"):
        said, code = checked(config)
    assert said.splitlines()[0].startswith("constraint none")
    assert "refused: CheckViolation [23514] none" in said.splitlines()[1]
    assert code == 2


def test_the_check_says_that_another_agent_writes(config: Path, postgres: Postgres) -> None:
    writer = PostgresInbox(postgres.conninfo("receipts_agent"))
    writer.ensure_writer()
    said, code = checked(config)
    assert writer.write([result(1)]) == 1  # undisturbed
    writer.close()
    assert said.startswith("another agent writes, so no row was tried: ")
    assert code == 1


def test_the_check_of_a_wrong_file_names_the_key(config: Path) -> None:
    config.write_text(config.read_text() + 'color = "red"\n')
    said, code = checked(config)
    assert "color: unknown" in said
    assert code == 2


def test_the_installed_command_checks_too(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["receipts-agent", "--config", str(config), "--check"])
    with pytest.raises(SystemExit) as ended:
        installed.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == "a row was taken, and rolled back\n"
