"""The agent behind a real PgBouncer, which Debian packages and pip doesn't."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psycopg
import pytest

from helpers.fakes_agent import result
from lab.measure.peak import pgbouncer
from lab.run.postgres import Postgres
from receipts.agent.postgres import PostgresInbox
from receipts.agent.start import WRONG, check
from receipts.errors import InboxMisconfiguredError

pytestmark = pytest.mark.slow

Mode = Literal["session", "transaction"]


@pytest.fixture(params=["session", "transaction"])
def through(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[str]:
    """The conninfo of the agent's role through PgBouncer, in each mode."""
    program = pgbouncer.installed()
    assert program, "no pgbouncer on the PATH: apt-get install pgbouncer"
    mode: Mode = request.param
    with pgbouncer.pooler(program, postgres, "receipts_agent", mode=mode) as (conninfo, _):
        yield conninfo


def test_pgbouncer_takes_the_agent_s_login(through: str) -> None:
    with psycopg.connect(through) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("receipts_agent",)


def test_behind_pgbouncer_nobody_becomes_the_writer(through: str, postgres: Postgres) -> None:
    behind = PostgresInbox(through)
    with pytest.raises(InboxMisconfiguredError, match="a pooler stands between"):
        behind.ensure_writer()
    direct = PostgresInbox(postgres.conninfo("receipts_agent"))
    assert direct.ensure_writer()  # the one behind it left no lock
    assert direct.write([result(1)]) == 1
    direct.close()


def test_the_check_says_so_to_the_dba(
    through: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(
        'queue_url = "q"\ndead_letter_url = "d"\nledger_table = "l"\nrows_per_second = 10\n'
        f'database = "{through}"\nconnections = 2\n'
    )
    assert check(path) == WRONG
    assert "a pooler stands between" in capsys.readouterr().out
