"""Which database the agent writes into: its address says."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from receipts.agent import postgres
from receipts.agent.sql_inbox import SqlInbox
from receipts.errors import InboxMisconfiguredError

MARIADB = ("mariadb", "mysql")
"""Beginnings of an address that is not PostgreSQL's."""


def open_inbox(
    address: str, connections: int, audited: Callable[[Sequence[str]], object]
) -> SqlInbox[Any]:
    """The inbox at `address`, not connected yet.

    Raises `InboxMisconfiguredError` where it can't be understood, or its driver isn't installed.
    """
    try:
        if address.startswith(tuple(f"{name}://" for name in MARIADB)):
            # Only here: a client of the other database needs no second driver.
            from receipts.agent.mariadb import MariaInbox  # noqa: PLC0415

            return MariaInbox(address, connections, audited=audited)
        return postgres.PostgresInbox(address, connections, audited=audited)
    except ModuleNotFoundError as error:
        raise InboxMisconfiguredError(f"{error}: install receipts-agent[mariadb]") from error
    except (psycopg.ProgrammingError, OSError, ValueError) as error:
        raise InboxMisconfiguredError(str(error)) from error
