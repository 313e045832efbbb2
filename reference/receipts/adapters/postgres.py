"""Keeps the inbox in the client's PostgreSQL, over one connection, a transaction a write."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files

import msgspec
import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from receipts.messages import ResultMessage
from receipts.ports import BadRowError, InboxUnavailableError

SCHEMA_VERSION = 1
"""What `inbox.sql` writes into `receipts_inbox.schema_version`."""

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

# What says that the data itself is refused. Everything else may pass: a table that is gone, a
# right that was revoked or a full disk must never set good receipts aside.
_BAD_DATA = ("22", "23", "54")  # data exception, integrity violation, program limit exceeded

_as_json = msgspec.json.Encoder(decimal_format="number").encode


class PostgresInbox:
    """The receipts inbox. Connects when first needed, and again after the connection was lost."""

    def __init__(self, conninfo: str) -> None:
        """`conninfo` as libpq has it; the password is better left to PGPASSFILE."""
        self._conninfo = make_conninfo(conninfo, **{**_LINK, **_given(conninfo)})
        self._connection: psycopg.Connection | None = None

    def ping(self) -> None:
        """Raise `InboxUnavailableError` unless it would take rows now."""
        with self._classified(), self._connected() as connection:
            read_only, version, may_insert = connection.execute(_STATE).fetchone() or ("", 0, False)
        if read_only == "on":
            raise InboxUnavailableError("the database is read-only")
        if not may_insert:
            raise InboxUnavailableError("the role may not INSERT into receipts_inbox.receipt")
        if version != SCHEMA_VERSION:
            raise InboxUnavailableError(
                f"receipts_inbox has schema version {version}; this agent writes version "
                f"{SCHEMA_VERSION}: run the inbox.sql that came with it"
            )

    def write(self, results: Sequence[ResultMessage]) -> int:
        """Write in one transaction, a row a receipt; answer how many were not there before.

        Raises `BadRowError` or `InboxUnavailableError`; then none of them is written, or, where
        the connection broke at the commit, all of them may be: written again they change nothing.
        """
        rows = [_row(result) for result in results]
        values = [value for row in rows for value in row.values()]
        insert = _insert(list(rows[0]), len(rows))
        with self._classified(), self._connected() as connection, connection.transaction():
            return connection.execute(insert, values).rowcount

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
        yield self._connection

    @contextmanager
    def _classified(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if self._connection is not None and self._connection.broken:
                self.close()
            raise _classify(error) from error


def _classify(error: psycopg.Error) -> BadRowError | InboxUnavailableError:
    """By SQLSTATE; a value that psycopg itself can't send (a NUL in a text) has none."""
    bad = error.sqlstate is None and isinstance(error, errors.DataError)
    if bad or (error.sqlstate or "").startswith(_BAD_DATA):
        # The message without its DETAIL line: that one repeats the row, and reasons are logged.
        return BadRowError(f"{_first_line(error)} [{error.sqlstate or 'not sent'}]")
    return InboxUnavailableError(f"{_first_line(error)} [{error.sqlstate or 'no connection'}]")


def _first_line(error: psycopg.Error) -> str:
    lines = str(error.diag.message_primary or error).splitlines()
    return lines[0] if lines else type(error).__name__


def _given(conninfo: str) -> dict[str, str]:
    return {k: str(v) for k, v in psycopg.conninfo.conninfo_to_dict(conninfo).items() if k in _LINK}


_STATE = """
    SELECT current_setting('transaction_read_only'), version,
           has_table_privilege('receipts_inbox.receipt', 'INSERT')
    FROM receipts_inbox.schema_version
"""


def _row(result: ResultMessage) -> dict[str, object]:
    receipt = result.receipt
    return {
        "receipt_id": result.receipt_id,
        "batch_id": result.batch_id,
        "position": result.index,
        "customer_reference": result.customer_reference,
        "name": result.name,
        "merchant": receipt.merchant,
        "address": receipt.address,
        "date": receipt.date,
        "time": receipt.time,
        "currency": receipt.currency,
        "subtotal": receipt.subtotal,
        "tax": receipt.tax,
        "total": receipt.total,
        "paid": receipt.paid,
        "change": receipt.change,
        "payment_method": receipt.payment_method,
        "line_items": _as_json(receipt.line_items).decode(),
        "taxes": _as_json(receipt.taxes).decode(),
        "confidence": _as_json(receipt.confidence).decode(),
        "needs_review": result.needs_review,
        "image_sha256": result.image_sha256,
        "image_bucket": result.image_bucket,
        "image_key": result.image_key,
        "engine": result.engine,
        "read_at": result.read_at,
    }


def _insert(columns: Sequence[str], rows: int) -> sql.Composed:
    row = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
    # --8<-- [start:insert]
    # The conflict is targeted: without `(receipt_id)` any other violation would be swallowed too,
    # which is silent loss.
    return sql.SQL(
        "INSERT INTO receipts_inbox.receipt ({columns}) VALUES {rows}"
        " ON CONFLICT (receipt_id) DO NOTHING"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        rows=sql.SQL(", ").join([row] * rows),
    )
    # --8<-- [end:insert]


def inbox_sql() -> str:
    """The file that the client's DBA reviews and runs."""
    return (files("receipts") / "inbox.sql").read_text()
