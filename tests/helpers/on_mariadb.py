"""The contract's client with a MariaDB: Debian's server, private, as long as a context lasts."""

import contextlib
import datetime as dt
import json
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import pymysql
from pymysql.constants import CLIENT, ER
from pymysql.cursors import DictCursor

from helpers.client_database import Change
from helpers.tls_front import certificate
from lab.run.postgres import UNPRIVILEGED
from lab.support.free_port import free_port
from lab.support.guard import guard
from receipts.agent.mariadb import MariaInbox
from receipts.agent.rows import Table

START_TIMEOUT_S = 120.0
TABLE = "ALTER TABLE receipts_inbox.receipt"
USER = "receipts_agent@'%'"
TRIGGER = (
    "CREATE TRIGGER receipts_inbox.stamp BEFORE INSERT ON receipts_inbox.receipt FOR EACH ROW "
)
NO_TRIGGER = "DROP TRIGGER receipts_inbox.stamp"

EXPENSES = "CREATE DATABASE expenses; CREATE TABLE expenses.expense (id int PRIMARY KEY);"
"""The client's own."""


def inbox_sql() -> str:
    return (files("receipts.agent") / "inbox_mariadb.sql").read_text()


class OnMariaDB:
    """Implements `ClientDatabase`; its server speaks TLS, with a certificate of our making."""

    changes: ClassVar = {
        "read-only": Change("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"),
        "another schema version": Change(
            "UPDATE receipts_inbox.schema_version SET version = 1",
            "UPDATE receipts_inbox.schema_version SET version = 3",
            r"version 1.*run what .* inbox file",
        ),
        "no right": Change(
            f"REVOKE INSERT ON receipts_inbox.receipt FROM {USER}",
            f"GRANT INSERT ON receipts_inbox.receipt TO {USER}",
            "1142.* INSERT command denied",
        ),
        "another connection limit": Change(
            f"ALTER USER {USER} WITH MAX_USER_CONNECTIONS 5",
            f"ALTER USER {USER} WITH MAX_USER_CONNECTIONS 2",
            "`connections` is 2, but the account may open 5",
        ),
        "no table": Change(
            "RENAME TABLE receipts_inbox.receipt TO receipts_inbox.elsewhere",
            "RENAME TABLE receipts_inbox.elsewhere TO receipts_inbox.receipt",
            "1146|1142",
        ),
        "commits that may be lost": Change(
            "SET GLOBAL innodb_flush_log_at_trx_commit = 2",
            "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
            "innodb_flush_log_at_trx_commit is 2.*SET GLOBAL",
        ),
        "a unique index": Change(
            "CREATE UNIQUE INDEX extra ON receipts_inbox.receipt (image_key(200))",
            "DROP INDEX extra ON receipts_inbox.receipt",
            "unique index extra",
        ),
        "a constraint that nothing meets": Change(
            f"SET check_constraint_checks = 0; {TABLE} ADD CONSTRAINT nothing CHECK (1 = 0)",
            f"{TABLE} DROP CONSTRAINT nothing",
            "constraint nothing",
        ),
        "a column that must be given": Change(
            f"{TABLE} ADD COLUMN wanted text NOT NULL",
            f"{TABLE} DROP COLUMN wanted",
            "column wanted is NOT NULL without a default",
        ),
        "a narrower amount": Change(
            f"{TABLE} MODIFY total decimal(10, 2)",
            f"{TABLE} MODIFY total decimal(14, 4)",
            r"column total is decimal\(10,2\)",
        ),
        "customers are known": Change(
            f"{TABLE} ADD CONSTRAINT known CHECK (customer_reference = 'C-1')",
            f"{TABLE} DROP CONSTRAINT known",
        ),
        "a full disk": Change(
            TRIGGER + "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1021", NO_TRIGGER, "1021"
        ),
        "a trigger that objects": Change(
            TRIGGER + "IF NEW.name = '1.jpg' THEN SIGNAL SQLSTATE '45000'"
            " SET MESSAGE_TEXT = 'not C-1'; END IF",
            NO_TRIGGER,
            "1644",
        ),
    }

    def __init__(self, folder: Path) -> None:
        """`folder` is empty and belongs to the user who will run the server."""
        self.port = free_port()
        self.log = folder / "server.log"
        self.certificate, self._key = certificate(folder, "server")
        self.dba = "root"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """As the agent's file has it."""
        return f"mariadb://receipts_agent@127.0.0.1:{self.port}?ssl_ca={self.certificate}"

    def inbox(
        self,
        port: int | None = None,
        connections: int | None = 2,
        audited: Callable[[Sequence[str]], object] | None = None,
    ) -> MariaInbox:
        address = self.address.replace(f":{self.port}?", f":{port or self.port}?")
        return MariaInbox(address, connections, audited=audited)

    def run(self, statements: str) -> None:
        with self.admin() as admin, admin.cursor() as cursor:
            cursor.execute(statements)
            while cursor.nextset():
                pass

    def rows(self, table: Table = "receipt") -> Sequence[dict[str, Any]]:
        with self.admin() as admin, admin.cursor(DictCursor) as cursor:
            cursor.execute(f"SELECT * FROM receipts_inbox.{table}")  # noqa: S608
            return [{name: _python(name, it) for name, it in one.items()} for one in cursor]

    def refuses(self, statement: str) -> bool:
        denied = (ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR)
        with self.session() as connection, connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except pymysql.Error as error:
                return error.args[0] in denied
        return False

    @contextlib.contextmanager
    def session(self) -> Iterator["pymysql.Connection[Any]"]:
        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user="receipts_agent", ssl_disabled=True
        )
        with connection:
            yield connection

    def end_sessions(self) -> None:
        ours = "FROM information_schema.processlist WHERE user = 'receipts_agent'"
        with self.admin() as admin, admin.cursor() as cursor:
            cursor.execute(f"SELECT id {ours}")
            for (one,) in cursor.fetchall():
                with contextlib.suppress(pymysql.Error):  # it ended by itself
                    cursor.execute(f"KILL {one}")
            while cursor.execute(f"SELECT id {ours}"):
                pass

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with self.admin() as admin, admin.cursor() as cursor:
            cursor.execute("LOCK TABLES receipts_inbox.receipt WRITE")
            yield

    @contextlib.contextmanager
    def foreign_lock(self) -> Iterator[None]:
        with self.admin() as admin, admin.cursor() as cursor:
            cursor.execute("SELECT GET_LOCK('receipts_inbox', 0)")
            yield

    def crash(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.start()

    def admin(self) -> "pymysql.Connection[Any]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.dba,
            autocommit=True,
            ssl_disabled=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )

    def create(self) -> None:
        made = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        self._launch("mariadb-install-db", *made).wait()
        self.start()
        self.run(EXPENSES)
        self.run(inbox_sql())

    def start(self) -> None:
        """Start, and return when it takes connections."""
        binary_log = ["--log-bin=binary", "--server-id=1", "--sync-binlog=1"]
        tls = [f"--ssl-cert={self.certificate}", f"--ssl-key={self._key}"]
        where = ["--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve"]
        files_ = [f"--socket={self._folder}/s", f"--pid-file={self._folder}/pid"]
        self._process = self._launch("mariadbd", *where, *files_, *tls, *binary_log)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(pymysql.Error):
                self.admin().close()
                return
            time.sleep(0.05)
        raise AssertionError(f"MariaDB did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _launch(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
        assert found, f"no {program} on the PATH: apt-get install mariadb-server"
        root = os.geteuid() == 0
        owner = pwd.getpwnam(UNPRIVILEGED) if root else None
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603  Debian's
                [found, "--no-defaults", f"--datadir={self._folder}/data", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                user=owner and owner.pw_uid,
                group=owner and owner.pw_gid,
                extra_groups=[] if owner else None,
            )


@contextlib.contextmanager
def running_mariadb() -> Iterator[OnMariaDB]:
    """A server with the client's database and the inbox."""
    folder = Path(tempfile.mkdtemp(prefix="receipts-mariadb-"))
    quoted = shlex.quote(str(folder))
    try:
        server = OnMariaDB(folder)
        for path in (folder, *folder.iterdir()):
            if os.geteuid() == 0:
                shutil.chown(path, UNPRIVILEGED)
        with guard(f"kill -9 $(cat {quoted}/pid); rm -rf {quoted}"):
            try:
                server.create()
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _python(name: str, value: Any) -> object:
    if name in ("line_items", "taxes", "confidence", "old", "new"):
        return json.loads(value)
    if isinstance(value, dt.timedelta):
        return (dt.datetime(1, 1, 1, tzinfo=dt.UTC) + value).time()
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC)
    return bool(value) if name == "needs_review" else value
