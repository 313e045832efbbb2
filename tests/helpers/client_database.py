"""A client's database in the hands of its DBA: what the contract of an inbox is held against."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from receipts.agent.rows import Table
from receipts.agent.sql_inbox import SqlInbox


@dataclass(frozen=True)
class Change:
    """What a DBA does, and how it is taken back; `says` is what the agent calls it."""

    change: str
    back: str
    says: str = ""


class ClientDatabase(Protocol):
    """A running server with the inbox in it."""

    port: int
    changes: Mapping[str, Change]
    """By name: the contract's tests ask for each of them."""

    def inbox(
        self,
        port: int | None = None,
        connections: int | None = 2,
        audited: Callable[[Sequence[str]], object] | None = None,
    ) -> SqlInbox[Any]:
        """An agent's, not connected yet."""

    def run(self, statements: str) -> None:
        """As the DBA."""

    def rows(self, table: Table = "receipt") -> Sequence[dict[str, Any]]:
        """All of the inbox's table, in the types of Python."""

    def refuses(self, statement: str) -> bool:
        """Whether the agent's role lacks the right to it."""

    def session(self) -> AbstractContextManager[object]:
        """Another one of the agent's role."""

    def end_sessions(self) -> None:
        """Of the agent's role; gone when this returns."""

    def locked(self) -> AbstractContextManager[object]:
        """Within it the DBA has the table alone."""

    def foreign_lock(self) -> AbstractContextManager[object]:
        """Within it the DBA's own session holds the agents' lock."""

    def crash(self) -> None:
        """End the server without a word, and start it again."""


@contextlib.contextmanager
def changed(database: ClientDatabase, name: str) -> Iterator[Change]:
    """Within this context the DBA has changed it."""
    change = database.changes[name]
    database.run(change.change)
    try:
        yield change
    finally:
        database.run(change.back)
