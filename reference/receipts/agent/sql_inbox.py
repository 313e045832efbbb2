"""What an inbox is in any SQL database: when it may write, what a write answers, who is to blame.

A database's own module says the rest in its own words: how to connect, check, lock and insert, and
which of its errors say nothing of the rows.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from msgspec.structs import replace

from reading.receipt import Receipt
from receipts.agent.rows import CONTROL, EXAMPLE, Table
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxUnavailableError,
)
from receipts.messages import CorrectionMessage, ResultMessage, Row

Refused = type[BadRowError | InboxMisconfiguredError]
"""What it means that the server refuses a statement: the rows, or what a person must mend."""


class Session(Protocol):
    """A driver's connection."""

    def close(self) -> object:
        """End it; the server lets go of the lock."""


S = TypeVar("S", bound=Session)


class SqlInbox(ABC, Generic[S]):
    """The receipts inbox. `ensure_writer` connects when that is needed; nothing else does.

    The lock by which one agent at a time writes belongs to the session that writes. So it can't
    outlive it, and no row can be written by an agent that has lost it.
    """

    errors: ClassVar[type[Exception]]
    """The root of the driver's errors."""

    def __init__(self, *, alone: bool, audited: Callable[[Sequence[str]], object] | None) -> None:
        """`alone` takes the lock; `audited` is told what `_audit` found in each new session."""
        self._alone = alone
        self._audited = audited
        self._connection: S | None = None
        self._accepted: ResultMessage | None = None  # the last that the database took

    def ensure_writer(self) -> bool:
        """See `ports.Inbox`."""
        if self._connection is not None:
            try:
                with self._classified():
                    self._check(self._connection)
            except InboxUnavailableError:
                if self._connection is not None:
                    raise
                # The session has ended meanwhile: a restart, or the server's limit on idle ones.
            else:
                return False
        connection = self._connect()
        try:
            with self._classified():
                self._check(connection)
                if self._audited:
                    self._audited(self._audit(connection))
                if self._alone:
                    self._lock(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection  # only now: this connection holds the lock
        return True

    def write(self, messages: Sequence[Row]) -> int:
        """See `ports.Inbox`. Of a correction's key there is no other: the bucket took none."""
        connection, rows = self._ready(messages)
        last = messages[-1]
        table: Table = "correction" if isinstance(last, CorrectionMessage) else "receipt"
        with self._classified(refused=BadRowError):
            new = self._insert(connection, table, rows)
        if new < len(messages) and table == "receipt":  # a repetition, or another receipt
            with self._classified():
                others = self._of_another_image(connection, rows)
            if others:
                raise BadRowError(f"{others[0]} is the key of a row of another image")
        self._accepted = last if isinstance(last, ResultMessage) else self._accepted
        return new

    def check_control_row(self, suspect: Row | None = None) -> bool:
        """See `ports.Inbox`. Constraints that a commit would check are checked at once."""
        like = self._accepted or EXAMPLE
        if like is EXAMPLE and isinstance(suspect, ResultMessage):
            like = replace(suspect, receipt=Receipt())
        control = replace(like, receipt_id=CONTROL, batch_id=CONTROL)
        connection, rows = self._ready([control])
        try:
            with self._classified(refused=BadRowError):
                self._insert_and_roll_back(connection, rows)
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

    def _ready(self, messages: Sequence[Row]) -> tuple[S, Any]:
        if self._connection is None:
            raise InboxUnavailableError("not connected")
        try:
            return self._connection, self._rows(messages)
        except (ArithmeticError, TypeError, ValueError) as error:  # a number that Decimal can't add
            raise BadRowError(f"no row can be made of it: {type(error).__name__}") from error

    @contextmanager
    def _classified(self, refused: Refused = InboxMisconfiguredError) -> Iterator[None]:
        """Turn the driver's errors into ours: transient ones, and what the server `refused`."""
        try:
            yield
        except self.errors as error:
            if self._connection is not None and self._has_ended(self._connection):
                self._connection = None
            raise self._classify(error, refused) from error
        except InboxUnavailableError:
            self.close()  # read-only, another schema: the next connection may reach another server
            raise

    @abstractmethod
    def _connect(self) -> S:
        """Open a session. Raises `InboxUnavailableError`, or the branch of it that it is."""

    @abstractmethod
    def _check(self, connection: S) -> None:
        """Raise `InboxUnavailableError` unless the server would take rows from us, for good."""

    @abstractmethod
    def _audit(self, connection: S) -> Sequence[str]:
        """What the inbox's SQL file didn't make so, a sentence each: names, and no contents."""

    @abstractmethod
    def _lock(self, connection: S) -> None:
        """Take the agents' lock, which ends with the session. Raises `StandbyError`."""

    @abstractmethod
    def _rows(self, messages: Sequence[Row]) -> Any:  # noqa: ANN401  each database's own
        """What `_insert` takes. Raises ArithmeticError, TypeError or ValueError."""

    @abstractmethod
    def _insert(self, connection: S, table: Table, rows: Any) -> int:  # noqa: ANN401
        """Commit those whose key is not there yet, in one transaction; answer how many."""

    @abstractmethod
    def _insert_and_roll_back(self, connection: S, rows: Any) -> None:  # noqa: ANN401
        """Insert receipts as `_insert` does, and take it back."""

    @abstractmethod
    def _of_another_image(self, connection: S, rows: Any) -> Sequence[str]:  # noqa: ANN401
        """The keys of these rows under which a row of another image is there."""

    @abstractmethod
    def _has_ended(self, connection: S) -> bool:
        """Whether the driver knows that the session is gone, without asking."""

    @abstractmethod
    def _classify(self, error: Any, refused: Refused) -> BadRowError | InboxUnavailableError:  # noqa: ANN401
        """One of ours for the driver's, with no word of what is on a receipt."""
