"""What the agent's promises stand on in the client's server, and whether it is so.

`check` is asked again and again, and refuses where rows could be lost or two agents write. `audit`
is asked once a session; it names what `inbox.sql` didn't make, and refuses nothing: whether that
matters, a control row tells.
"""

from importlib.resources import files

import psycopg
from psycopg.types.json import Jsonb

from receipts.agent.rows import COLUMNS, EXAMPLE, SCHEMA_VERSION, row
from receipts.errors import InboxMisconfiguredError, InboxUnavailableError

_CHECKED = (
    "position currency subtotal tax total paid change line_items taxes confidence image_sha256"
)

_QUERIES = (files("receipts.agent") / "server_audit.sql").read_text()
_STATE, _AUDIT = (query.encode() for query in _QUERIES.split(";\n\n"))


def check(connection: psycopg.Connection, connections: int | None, *, alone: bool) -> None:
    """Raise `InboxUnavailableError` unless the server would take rows from us, for good."""
    asked = {"version": SCHEMA_VERSION, "connections": connections}
    [(read_only, server_pid, wrong)] = connection.execute(_STATE, asked).fetchall()
    if read_only:
        raise InboxUnavailableError("the database is read-only")
    if alone and server_pid != connection.info.backend_pid:
        raise InboxMisconfiguredError(
            "a pooler stands between (the session's process is another than the server's): the "
            "agents' lock needs a session of its own; give the address of PostgreSQL itself"
        )
    if wrong:
        raise InboxMisconfiguredError(wrong)


def audit(connection: psycopg.Connection) -> tuple[str, ...]:
    """What `inbox.sql` didn't make so, a sentence each: names, and no contents."""
    ours = {
        "types": Jsonb(COLUMNS),
        "constraints": ["receipt_pkey", *(f"receipt_{it}_check" for it in _CHECKED.split())],
        "filled": [name for name, value in row(EXAMPLE).items() if value is not None],
    }
    try:
        return tuple(sentence for (sentence,) in connection.execute(_AUDIT, ours))
    except psycopg.errors.InsufficientPrivilege as error:
        return (f"the server's catalog may not be read: {error.diag.message_primary}",)
