"""The inbox in the client's PostgreSQL: one connection, and one transaction a write."""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from receipts.agent.rows import OF_ANOTHER_IMAGE, Table, insert, rows_as_json
from receipts.agent.server_audit import audit, check
from receipts.agent.sql_inbox import Refused, SqlInbox
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
)
from receipts.messages import Row

CONNECT_TIMEOUT_S = 5
"""A server that doesn't answer at all is given up after so long."""

# So that a link that is cut without a word is noticed within 15 s, well before the write queue
# delivers the messages again. The caller's conninfo may say otherwise.
_LINK: Mapping[str, str | int] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "receipts-agent",
}

# Classes of SQLSTATE that say nothing of the rows: connection, read-only, rollback by a deadlock,
# no resources left, a lock, an operator, the system. Whatever else is refused, a control row tells
# whether the rows or the database are to blame.
_TRANSIENT = ("08", "25", "40", "53", "55", "57", "58")


class PostgresInbox(SqlInbox[psycopg.Connection]):
    """The receipts inbox in PostgreSQL."""

    errors = psycopg.Error

    def __init__(
        self,
        conninfo: str,
        connections: int | None = None,
        *,
        alone: bool = True,
        audited: Callable[[Sequence[str]], object] | None = None,
    ) -> None:
        """`conninfo` as libpq has it; the password is better left to PGPASSFILE.

        `connections` is how many the role may open at most; None doesn't check that. `alone` takes
        the lock; not where several may write at a time. `audited` is told what `server_audit.audit`
        found in each new session. Raises `psycopg.ProgrammingError` for an unreadable `conninfo`.
        """
        super().__init__(alone=alone, audited=audited)
        # UTF-8, whatever the database is encoded in: the server converts, and says which row it
        # can't. In the server's own encoding the driver would, and fail with no word of which row.
        given = {**_LINK, **conninfo_to_dict(conninfo), "client_encoding": "UTF8"}
        self._conninfo = make_conninfo("", **given)
        self._connections = connections

    def _connect(self) -> psycopg.Connection:
        return _connect(self._conninfo)

    def _check(self, connection: psycopg.Connection) -> None:
        check(connection, self._connections, alone=self._alone)

    def _audit(self, connection: psycopg.Connection) -> Sequence[str]:
        return audit(connection)

    def _lock(self, connection: psycopg.Connection) -> None:
        if connection.execute(_LOCK).fetchone() != (True,):
            raise StandbyError(_writer_now(connection))

    def _rows(self, messages: Sequence[Row]) -> str:
        return rows_as_json(messages).decode()

    def _insert(self, connection: psycopg.Connection, table: Table, rows: str) -> int:
        return connection.execute(insert(table), [rows]).rowcount  # one statement, one round trip

    def _insert_and_roll_back(self, connection: psycopg.Connection, rows: str) -> None:
        with connection.transaction(force_rollback=True):
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            connection.execute(insert("receipt"), [rows])

    def _of_another_image(self, connection: psycopg.Connection, rows: str) -> Sequence[str]:
        return [key for (key,) in connection.execute(OF_ANOTHER_IMAGE, [rows])]

    def _has_ended(self, connection: psycopg.Connection) -> bool:
        return connection.closed

    def _classify(
        self, error: psycopg.Error, refused: Refused
    ) -> BadRowError | InboxUnavailableError:
        return _classified_error(error, refused)


def _connect(conninfo: str) -> psycopg.Connection:
    try:
        return psycopg.connect(conninfo, autocommit=True)
    except psycopg.ProgrammingError as error:  # a value that only connecting looks at: a timeout
        raise InboxMisconfiguredError(str(error)) from error
    except psycopg.OperationalError as error:
        # libpq gives no SQLSTATE here. But it can tell a server that is away from one that takes
        # connections, only not this one: password, certificate, database name, connection limit.
        # It asks in the clear and sends no password: a certificate that is wrong is no answer.
        in_the_clear = make_conninfo(conninfo, sslmode="disable")
        refused = PGconn.ping(in_the_clear.encode()) == Ping.OK
        raise (InboxRefusedError if refused else InboxUnavailableError)(str(error)) from error


def _writer_now(connection: psycopg.Connection) -> str:
    """Who has the lock, and since when that session has been silent."""
    found = connection.execute(_WRITER).fetchone()
    if found is None:
        return ""
    login, ours, silent_s = found
    if not ours:
        return f"the login {login!r} holds the agents' lock, and is no agent: end its session"
    return f"the writer's session has been silent for {float(silent_s or 0):.0f} s"


_WRITER = """
    SELECT usename, usename = current_user,
           extract(epoch FROM clock_timestamp() - state_change)
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND objid = 1
          AND classid::bigint = hashtext('receipts_inbox')::bigint & 4294967295
          AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

_LOCK = "SELECT pg_try_advisory_lock(hashtext('receipts_inbox'), 1)"


def _classified_error(
    error: psycopg.Error, refused: Refused
) -> BadRowError | InboxUnavailableError:
    """By SQLSTATE; a connection that broke has none.

    Of what the server says only names are taken: messages of constraints and triggers may repeat
    what is on a receipt, and reasons are logged and shown.
    """
    state = error.sqlstate
    if state is None:
        lines = (str(error) or type(error).__name__).splitlines()
        return InboxUnavailableError(f"{lines[0]} [no SQLSTATE]")
    names = (error.diag.constraint_name, error.diag.column_name, error.diag.table_name)
    reason = f"{type(error).__name__} [{state}] {' '.join(filter(None, names))}".rstrip()
    return (InboxUnavailableError if state.startswith(_TRANSIENT) else refused)(reason)


def inbox_sql() -> str:
    """The file that the client's DBA reviews and runs."""
    return (files("receipts.agent") / "inbox.sql").read_text()
