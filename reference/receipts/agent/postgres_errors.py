"""What PostgreSQL's errors mean for a receipt: its own fault, or the database's bad day."""

import psycopg

from receipts.ports import BadRowError, InboxMisfitError, InboxUnavailableError

# What says that the data itself is refused. Everything else may pass: a table that is gone, a
# right that was revoked or a full disk must never set good receipts aside.
_BAD_DATA = ("22", "23", "54")  # data exception, integrity violation, program limit exceeded

# What a person must mend: the schema is not there, or a right.
_MISFIT = ("3F", "42")


def classified(error: psycopg.Error) -> BadRowError | InboxUnavailableError:
    """By SQLSTATE; a connection that broke has none."""
    state = error.sqlstate or ""
    # Without the DETAIL line: that one repeats the row, and reasons are logged.
    lines = (error.diag.message_primary or str(error) or type(error).__name__).splitlines()
    reason = f"{lines[0]} [{state or 'no SQLSTATE'}]"
    if state.startswith(_BAD_DATA):
        return BadRowError(reason)
    return (InboxMisfitError if state.startswith(_MISFIT) else InboxUnavailableError)(reason)
