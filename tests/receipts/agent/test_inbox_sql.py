"""The file that the client's DBA runs, in the hands of a DBA who is no superuser."""

import re
from collections.abc import Iterator

import psycopg
import pytest

from helpers.fakes_agent import correction, result
from lab.run.postgres import Postgres, running_postgres
from receipts.agent.postgres import PostgresInbox, inbox_sql
from receipts.errors import InboxMisconfiguredError

TAKE_BACK = "".join(re.findall(r"^--     (DROP .*;)$", inbox_sql(), re.MULTILINE)).encode()

UPGRADE = "".join(
    re.findall(r"^--     ((?:GRANT SELECT|UPDATE) .*;)$", inbox_sql(), re.MULTILINE)
).encode()

CORRECTIONS = inbox_sql().partition("-- 5. Corrections")[2].partition("RESET ROLE;")[0].encode()


@pytest.mark.slow
def test_an_inbox_of_the_version_before_is_refused_until_its_file_s_last_lines_were_run(
    bare: Postgres,
) -> None:
    inbox = PostgresInbox(bare.conninfo("receipts_agent"))
    with psycopg.connect(bare.conninfo("dba"), autocommit=True) as dba:
        dba.execute(inbox_sql().encode())
        dba.execute("DROP FUNCTION receipts_inbox.corrected")
        dba.execute("DROP TABLE receipts_inbox.correction")
        dba.execute("UPDATE receipts_inbox.schema_version SET version = 1")
        dba.execute("REVOKE SELECT (image_sha256) ON receipts_inbox.receipt FROM receipts_agent")
        with pytest.raises(InboxMisconfiguredError, match="last lines"):
            inbox.ensure_writer()
        dba.execute(UPGRADE)
        dba.execute(b"SET ROLE receipts_owner;" + CORRECTIONS + b"RESET ROLE")
        inbox.ensure_writer()
        assert inbox.write([result(1)]) == 1
        assert inbox.write([result(1)]) == 0
        assert inbox.write([correction(1)]) == 1
        dba.execute("REVOKE SELECT (image_sha256) ON receipts_inbox.receipt FROM receipts_agent")
        with pytest.raises(InboxMisconfiguredError, match="42501"):  # not the receipt's fault
            inbox.write([result(1)])
        inbox.close()
        dba.execute(TAKE_BACK)


@pytest.fixture
def bare() -> Iterator[Postgres]:
    """A server of its own, for roles belong to the whole of it; without the inbox, with a DBA."""
    with running_postgres() as server:
        with psycopg.connect(server.conninfo()) as admin:
            admin.execute(TAKE_BACK)
            admin.execute("CREATE ROLE dba LOGIN CREATEROLE")
            admin.execute("GRANT CREATE ON DATABASE expenses TO dba")
        yield server


@pytest.mark.slow
def test_who_may_create_roles_and_schemas_sets_it_up_purges_it_and_takes_it_back(
    bare: Postgres,
) -> None:
    with psycopg.connect(bare.conninfo("dba")) as dba:
        dba.execute(inbox_sql().encode())
        dba.commit()
        inbox = PostgresInbox(bare.conninfo("receipts_agent"), connections=2)
        inbox.ensure_writer()
        assert inbox.write([result(1)]) == 1
        inbox.close()
        purged = dba.execute("SELECT receipts_inbox.purge(interval '400 days', 1000)")
        assert purged.fetchone() == (0,)
        dba.execute(TAKE_BACK)
        left = dba.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'receipts_%'")
        assert left.fetchone() == (0,)
