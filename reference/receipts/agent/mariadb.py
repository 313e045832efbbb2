"""The inbox in the client's MariaDB or MySQL: one connection, and one transaction a write.

What differs from PostgreSQL: no statement adds what isn't there and refuses the rest, the session's
limits are the agent's to set, and whether a commit lasts is set for the whole server.
"""

import datetime as dt
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
import pymysql
from pymysql.constants import CR, ER

from receipts.agent.rows import COLUMNS, SCHEMA_VERSION, Table, names, row
from receipts.agent.sql_inbox import Refused, SqlInbox
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
)
from receipts.messages import Row

if TYPE_CHECKING:
    from pymysql.cursors import Cursor

Link: TypeAlias = "pymysql.Connection[Cursor]"

# No account can be held to these, as a role of PostgreSQL can: the agent sets them in its session.
# Strict, else a value that doesn't fit is cut to size; silent sessions end, and with them the lock;
# a statement gives way to the client's own. `lock_wait_timeout` is a day if nobody sets it.
_SESSION = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'"
    ", wait_timeout = 45, innodb_lock_wait_timeout = 1, lock_wait_timeout = 1"
)

_THERE: Mapping[Table, str] = {
    "receipt": "SELECT receipt_id, image_sha256 FROM receipts_inbox.receipt WHERE receipt_id IN ",
    "correction": "SELECT correction_id, '' FROM receipts_inbox.correction WHERE correction_id IN ",
}

_QUERIES = (files("receipts.agent") / "mariadb.sql").read_text().split(";\n\n")
_STATE, _MAY_INSERT, _AUDIT, _WRITER = (
    query.replace("{version}", str(SCHEMA_VERSION)) for query in _QUERIES
)

_WSREP = "SHOW VARIABLES LIKE 'wsrep_on'"  # on a server that knows no cluster: no row
_GALERA = "wsrep_on: each node has a lock of its own; give all agents the address of the same node"

_LOCK = "SELECT GET_LOCK('receipts_inbox', 0)"

# Numbers that say nothing of the rows, whatever their SQLSTATE (mostly HY000): read-only, a lock,
# a time limit, no disk, memory, thread or connection left, a session that was ended.
_TRANSIENT = frozenset(
    {1020, 1021, 1026, 1030, 1037, 1038, 1040, 1041, 1047, 1053, 1114, 1135, 1180, 1203, 1205, 1206}
    | {1213, 1226, 1290, 1317, 1614, 1792, 1836, 1927, 1928, 1969, 3024, 3572, 4031}
)

# Their texts hold names of columns and constraints alone. Others repeat values.
_SAYS_NAMES = frozenset({1048, 1054, 1142, 1143, 1146, 1264, 1364, 1406, 3819, 4025})


class MariaInbox(SqlInbox[Link]):
    """The receipts inbox in MariaDB or MySQL."""

    errors = pymysql.Error

    def __init__(
        self,
        address: str,
        connections: int | None = None,
        *,
        alone: bool = True,
        audited: Callable[[Sequence[str]], object] | None = None,
    ) -> None:
        """`address` as mariadb://user@host:3306?ssl_ca=FILE&option_file=FILE; the others as there.

        The session is encrypted and the server's certificate checked, by the system's authorities
        without `ssl_ca`; `tls=off` switches that off. Raises OSError or ValueError where the
        address, or a file that it names, can't be used.
        """
        super().__init__(alone=alone, audited=audited)
        self._how = _how(address)
        self._connections = connections
        self._max_bytes = 0

    def _connect(self) -> Link:
        try:
            return pymysql.connect(**self._how)
        except pymysql.Error as error:
            cause = getattr(error, "original_exception", None)
            refused = not _of_link(error) or isinstance(cause, ssl.SSLError)
            refused = refused or error.args[0] == CR.CR_SSL_CONNECTION_ERROR
            raise (InboxRefusedError if refused else InboxUnavailableError)(
                " ".join(map(str, reversed(error.args)))
            ) from error
        except RuntimeError as error:  # a way to log in that needs another package
            raise InboxMisconfiguredError(str(error)) from error

    def _check(self, connection: Link) -> None:
        [(read_only, server_id, limit, self._max_bytes, wrong)] = _ask(connection, _STATE)
        if read_only:
            raise InboxUnavailableError("the database is read-only")
        if self._alone and server_id != connection.thread_id():  # type: ignore[no-untyped-call]
            raise InboxMisconfiguredError(
                "a proxy stands between (the session's id is another than the server's): the "
                "agents' lock needs a session of its own; give the address of the server itself"
            )
        if self._connections not in (None, limit):
            raise InboxMisconfiguredError(
                f"`connections` is {self._connections}, but the account may open {limit or 'any'}: "
                "ALTER USER ... WITH MAX_USER_CONNECTIONS, or change `connections`"
            )
        if wrong:
            raise InboxMisconfiguredError(wrong)
        _ask(connection, _MAY_INSERT)  # plans an INSERT and runs none: refused without the right

    def _audit(self, connection: Link) -> Sequence[str]:
        found = [str(sentence) for (sentence,) in _ask(connection, _AUDIT)]
        return found + [_GALERA for _, value in _ask(connection, _WSREP) if value != "OFF"]

    def _lock(self, connection: Link) -> None:
        if _ask(connection, _LOCK) != ((1,),):
            [(said,)] = _ask(connection, _WRITER)
            raise StandbyError(said or "")

    def _rows(self, messages: Sequence[Row]) -> Sequence[dict[str, Any]]:
        return [{name: _plain(value) for name, value in row(one).items()} for one in messages]

    def _insert(self, connection: Link, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """A key that is there fails the statement: then only the rows of other keys are added.

        If those fail too, another unique index refuses them.

        Not INSERT IGNORE, which takes bad values too, cut to size; nor ON DUPLICATE KEY UPDATE,
        which passes over a row that some other unique index refuses, and wants a right to change.
        """
        try:
            return self._run(connection, table, rows)
        except pymysql.IntegrityError as error:
            if error.args[0] != ER.DUP_ENTRY:
                raise
            there = self._there(connection, table, rows)
            fresh = {one[f"{table}_id"]: one for one in reversed(rows)}
            fresh = {key: one for key, one in fresh.items() if key not in there}
        return self._run(connection, table, list(fresh.values())[::-1]) if fresh else 0

    def _insert_and_roll_back(self, connection: Link, rows: Sequence[Mapping[str, Any]]) -> None:
        connection.begin()
        try:
            self._run(connection, "receipt", rows)
        finally:
            if connection.open:
                connection.rollback()

    def _of_another_image(
        self, connection: Link, rows: Sequence[Mapping[str, Any]]
    ) -> Sequence[str]:
        there = self._there(connection, "receipt", rows)
        return [
            one["receipt_id"] for one in rows if there[one["receipt_id"]] != one["image_sha256"]
        ]

    def _run(self, connection: Link, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        into = f"INSERT INTO receipts_inbox.{table} ({names(table, '`')}) VALUES "  # noqa: S608
        values = (f"({', '.join(map(connection.escape, one.values()))})" for one in rows)
        statement = (into + ", ".join(values)).encode()
        if len(statement) >= self._max_bytes:  # the server would end the session, without a word
            raise BadRowError(f"{len(statement)} bytes are over the server's max_allowed_packet")
        return connection.query(statement)

    def _there(
        self, connection: Link, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, str]:
        keys = ", ".join(connection.escape(one[f"{table}_id"]) for one in rows)
        return dict(_ask(connection, f"{_THERE[table]}({keys})"))

    def _has_ended(self, connection: Link) -> bool:
        return not connection.open

    def _classify(
        self, error: pymysql.Error, refused: Refused
    ) -> BadRowError | InboxUnavailableError:
        """By number; the texts of most repeat what is on a receipt, and reasons are logged."""
        number, text = (*error.args, 0, "")[:2]
        if _of_link(error):
            return InboxUnavailableError(f"{text or type(error).__name__} [{number}]")
        named = [name for name in COLUMNS if re.search(rf"['`.]{name}['`]", str(text))]
        said = text if number in _SAYS_NAMES else " ".join(named)
        reason = f"{type(error).__name__} [{number}] {said}".rstrip()
        return (InboxUnavailableError if number in _TRANSIENT else refused)(reason)


def _how(address: str) -> dict[str, Any]:
    """What the driver is given. Raises ValueError."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    ca, option_file = asked.pop("ssl_ca", None), asked.pop("option_file", None)
    tls = asked.pop("tls", "on")
    if asked or tls not in ("on", "off") or parts.path.strip("/") not in ("", "receipts_inbox"):
        raise ValueError(
            "known are ssl_ca, option_file and tls=off; the database is receipts_inbox"
        )
    if not parts.hostname:
        raise ValueError("it names no host")
    if option_file:
        Path(option_file).read_bytes()  # the driver passes over a file that it can't read
    return {
        "host": parts.hostname,
        "port": parts.port or 3306,
        "user": unquote(parts.username or "receipts_agent"),
        "password": unquote(parts.password or ""),
        "read_default_file": option_file,
        "ssl": ssl.create_default_context(cafile=ca) if tls == "on" else None,
        "ssl_disabled": tls == "off",
        "connect_timeout": 5,
        "read_timeout": 10,  # longer than any statement may take, and well before a redelivery
        "write_timeout": 10,
        "charset": "utf8mb4",
        "autocommit": True,  # one statement is one transaction; the driver's default is off
        "init_command": _SESSION,
        "program_name": "receipts-agent",
    }


def _ask(connection: Link, query: str) -> tuple[tuple[Any, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _of_link(error: pymysql.Error) -> bool:
    """Whether the driver says it, and not the server: a link that is down, a session that ended."""
    number = error.args[0] if error.args else 0
    return not number or CR.CR_ERROR_FIRST <= number <= CR.CR_ERROR_LAST


def _plain(value: object) -> object:
    """As the driver escapes it: a text, unless it is a number or nothing. Times are in UTC."""
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ")
    if value is None or isinstance(value, int):
        return value
    return str(value).encode().decode()  # raises UnicodeEncodeError where it is no text
