"""PgBouncer in front of the client's server, where it is installed: does a pooler do the job?"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.conninfo import make_conninfo

from lab.measure.peak.design import POOLER
from lab.run.local.processes import running_process
from lab.run.postgres import DATABASE, HOST, UNPRIVILEGED, Postgres
from lab.support.free_port import free_port

READY_TIMEOUT_S = 120.0
QUERY_WAIT_TIMEOUT_S = 120.0
"""PgBouncer's own default for how long a client waits for a connection."""


def installed() -> str | None:
    """The program's path, or None; Debian's package installs it on the administrators' path."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return shutil.which("pgbouncer", path=path)


def version(program: str) -> str:
    """The first line of its `--version`."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return answer.stdout.splitlines()[0]


@contextlib.contextmanager
def pooler(
    program: str,
    server: Postgres,
    user: str,
    *,
    mode: Literal["transaction", "session"] = "transaction",
    wait_s: float = QUERY_WAIT_TIMEOUT_S,
) -> Iterator[tuple[str, int]]:
    """A running PgBouncer: the conninfo through it, and its process id.

    `mode` says when a client gives its connection back, `wait_s` how long it waits for one.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="receipts-pgbouncer-") as name:
        folder = Path(name)
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(
            f"[databases]\n{DATABASE} = host={HOST} port={server.port} user={user}\n"
            f"[pgbouncer]\nlisten_addr = {HOST}\nlisten_port = {port}\nauth_type = any\n"
            f"pool_mode = {mode}\ndefault_pool_size = {POOLER}\nmax_client_conn = 1000\n"
            f"query_wait_timeout = {wait_s:g}\nunix_socket_dir =\n"
        )
        command = [program, str(configuration)]
        if os.geteuid() == 0:  # it refuses to run as root
            who = pwd.getpwnam(UNPRIVILEGED)
            os.chown(folder, who.pw_uid, who.pw_gid)
            command = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}"]
            command += ["--clear-groups", program, str(configuration)]
        log = folder / "pgbouncer.log"
        with running_process(command, env=dict(os.environ), cwd=folder, log=log) as process:
            conninfo = make_conninfo(host=HOST, port=port, user=user, dbname=DATABASE)
            _wait(conninfo)
            yield conninfo, process.pid


def _wait(conninfo: str) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            psycopg.connect(conninfo, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
