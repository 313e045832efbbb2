"""The inbox in the client's PostgreSQL: one connection, and one transaction a write."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files

import psycopg
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from reading.receipt import Receipt
from receipts.agent.rows import INSERT, OF_ANOTHER_IMAGE, rows_as_json
from receipts.agent.server_audit import CONTROL, EXAMPLE, audit, check
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
)
from receipts.messages import ResultMessage

# So that a link that is cut without a word is noticed within 15 s, well before the write queue
# delivers the messages again. The caller's conninfo may say otherwise.
_LINK: Mapping[str, str | int] = {
    "connect_timeout": 5,
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


class PostgresInbox:
    """The receipts inbox. `ensure_writer` connects when that is needed; nothing else does.

    The lock by which one agent at a time writes belongs to the session that writes. So it can't
    outlive it, and no row can be written by an agent that has lost it.
    """

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
        # UTF-8, whatever the database is encoded in: the server converts, and says which row it
        # can't. In the server's own encoding the driver would, and fail with no word of which row.
        given = {**_LINK, **conninfo_to_dict(conninfo), "client_encoding": "UTF8"}
        self._conninfo = make_conninfo("", **given)
        self._connections = connections
        self._alone = alone
        self._audited = audited
        self._connection: psycopg.Connection | None = None
        self._accepted: ResultMessage | None = None  # the last that the database took

    def ensure_writer(self) -> bool:
        """See `ports.Inbox`. Costs one round trip where this agent is the one that writes."""
        if self._connection is not None:
            try:
                with self._classified():
                    check(self._connection, self._connections, alone=self._alone)
            except InboxUnavailableError:
                if self._connection is not None:
                    raise
                # The session has ended meanwhile: a restart, or `idle_session_timeout`.
            else:
                return False
        connection = _connect(self._conninfo)
        try:
            with self._classified():
                check(connection, self._connections, alone=self._alone)
                if self._audited:
                    self._audited(audit(connection))
                if self._alone and connection.execute(_LOCK).fetchone() != (True,):
                    raise StandbyError(_writer_now(connection))  # noqa: TRY301  closed either way
        except BaseException:
            connection.close()
            raise
        self._connection = connection  # only now: this connection holds the lock
        return True

    def write(self, results: Sequence[ResultMessage]) -> int:
        """See `ports.Inbox`. One statement is one transaction, and one round trip."""
        if self._connection is None:
            raise InboxUnavailableError("not connected")
        try:
            rows = rows_as_json(results).decode()
        except (ArithmeticError, TypeError, ValueError) as error:  # a number that Decimal can't add
            raise BadRowError(f"no row can be made of it: {type(error).__name__}") from error
        with self._classified(refused=BadRowError):
            new = self._connection.execute(INSERT, [rows]).rowcount
        if new < len(results):  # a repetition, which changes nothing, or another receipt
            with self._classified():
                others = self._connection.execute(OF_ANOTHER_IMAGE, [rows]).fetchall()
            if others:
                raise BadRowError(f"{others[0][0]} is the key of a row of another image")
        self._accepted = results[-1]
        return new

    def check_control_row(self, suspect: ResultMessage | None = None) -> bool:
        """See `ports.Inbox`. Constraints that a commit would check are checked at once."""
        like = self._accepted or (suspect and replace(suspect, receipt=Receipt())) or EXAMPLE
        if self._connection is None:
            raise InboxUnavailableError("not connected")
        row = rows_as_json([replace(like, receipt_id=CONTROL, batch_id=CONTROL)]).decode()
        try:
            with (
                self._classified(refused=BadRowError),
                self._connection.transaction(force_rollback=True),
            ):
                self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                self._connection.execute(INSERT, [row])
        except BadRowError as error:
            if like is EXAMPLE:
                return False  # made up: a foreign key may refuse it, and take every real one
            why = f"a row that was taken before is refused: {error}"
            raise InboxMisconfiguredError(why) from error
        return True

    def close(self) -> None:
        """Close the connection, if there is one; the server lets go of the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _classified(
        self, refused: type[BadRowError | InboxMisconfiguredError] = InboxMisconfiguredError
    ) -> Iterator[None]:
        """Turn the driver's errors into ours: transient ones, and what the server `refused`."""
        try:
            yield
        except psycopg.Error as error:
            if self._connection is not None and self._connection.closed:
                self.close()
            raise _classified_error(error, refused) from error
        except InboxUnavailableError:
            self.close()  # read-only, another schema: the next connection may reach another server
            raise


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
    error: psycopg.Error, refused: type[BadRowError | InboxMisconfiguredError]
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
