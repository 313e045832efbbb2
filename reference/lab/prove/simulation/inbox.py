"""An agent's connection to the simulated database: locks that stall, answers that are lost."""

from collections.abc import Sequence
from contextlib import suppress

from lab.prove.simulation.database import (
    Session,
    SimDatabase,
    keeps_session,
    refusal,
    role_seconds,
)
from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.scheduler import Killed
from receipts.agent.rows import rows_as_json
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxUnavailableError,
    StandbyError,
)
from receipts.messages import ResultMessage, Row

STATEMENT_TIMEOUT_S = role_seconds("statement_timeout")
STALL_CHANCE = 0.08
"""That a statement waits for a lock or a disk, while faults are active."""
STALL_S = (0.01, 8.0)
DEADLOCK_CHANCE = 0.5
"""That such a wait ends as a deadlock, with this statement as the victim."""
CLOSED_AFTER_S = 0.1
"""How long the server keeps the session of a killed process: its machine closes the socket."""
LINGER_CHANCE = 0.5
"""That the whole machine died: nobody closes the socket."""
LINGER_S = (0.1, 25.0)
"""How long the server then keeps the session: until its keepalives fail."""
COMMIT_AFTER_KILL_CHANCE = 0.5
"""That the server commits what a client sent before it was killed."""

ROW_ERRORS: tuple[type[Exception], ...] = (ArithmeticError, TypeError, ValueError)
"""What `PostgresInbox.write` takes for a bad row, where no row can be made of a result."""


class SimInbox:
    """Implements `ports.Inbox`: one agent's connection, as `PostgresInbox` treats it."""

    def __init__(self, database: SimDatabase) -> None:
        """Not connected."""
        self._database = database
        self._session: Session | None = None
        self._took_any = False

    def ensure_writer(self) -> bool:
        """See `ports.Inbox`."""
        before = self._session
        try:
            return self._database.faults.call("database lock", self._take_lock)
        except InboxUnavailableError:
            if self._session is not None and self._session is not before:
                # The lock was taken and the answer lost: close the session, as the adapter does.
                self.close()
            raise

    def write(self, messages: Sequence[Row]) -> int:
        """See `ports.Inbox`; nobody here corrects a receipt."""
        session, database = self._session, self._database
        results = [one for one in messages if isinstance(one, ResultMessage)]
        if session is None:
            raise InboxUnavailableError("not connected")
        try:
            rows_as_json(results)
        except ROW_ERRORS as error:
            database.faults.note(Knob.NO_ROW_POSSIBLE, "database write")
            raise BadRowError(f"no row can be made of it: {type(error).__name__}") from error
        try:
            new = database.faults.call("database write", lambda: self._commit(session, results))
        except InboxUnavailableError as error:
            if not keeps_session(error):
                self.close()
            raise
        except Killed:
            if database.scheduler.random.random() < COMMIT_AFTER_KILL_CHANCE:
                database.scheduler.spawn(lambda: _finish(database, session, results), 1.0)
            raise
        self._took_any = True
        return new

    def check_control_row(self, suspect: Row | None = None) -> bool:
        """See `ports.Inbox`. Refused when all rows are; a new agent's is made up."""
        session = self._session
        if session is None:
            raise InboxUnavailableError("not connected")
        try:
            self._database.faults.call("database control row", lambda: self._try(session))
        except BadRowError as error:
            if not self._took_any and suspect is None:
                return False
            raise InboxMisconfiguredError(f"a row taken before is refused: {error}") from error
        except InboxUnavailableError as error:
            if not keeps_session(error):
                self.close()
            raise
        return True

    def close(self) -> None:
        """End the session; the server lets go of the lock."""
        if self._session is not None:
            self._database.end(self._session)
            self._session = None

    def client_killed(self) -> None:
        """The agent was killed. Until the server notices, its session keeps the lock."""
        session, database = self._session, self._database
        self._session = None
        if session is not None:
            lingers = database.scheduler.random.random() < LINGER_CHANCE
            after = database.faults.seconds(LINGER_S) if lingers else CLOSED_AFTER_S
            database.scheduler.spawn(lambda: database.end(session), after)

    def _take_lock(self) -> bool:
        database, session = self._database, self._session
        if session is not None:
            try:
                database.check(session)
            except InboxUnavailableError:
                was_alive = session.alive
                self.close()
                if was_alive:
                    raise
            else:
                return False
        session = database.connect()
        try:
            database.check(session)
            if not database.take_lock(session):
                raise StandbyError  # noqa: TRY301  the session is ended either way
        except BaseException:
            database.end(session)
            raise
        self._session = session
        return True

    def _commit(self, session: Session, results: Sequence[ResultMessage]) -> int:
        database = self._database
        with _Working(database, session):
            database.on_offered(len(results))
            if database.faults.active and database.scheduler.random.random() < STALL_CHANCE:
                stall = database.faults.seconds(STALL_S)
                database.scheduler.pause(min(stall, STATEMENT_TIMEOUT_S))
                if stall > STATEMENT_TIMEOUT_S:
                    raise refusal("57014")
                if database.scheduler.random.random() < DEADLOCK_CHANCE:
                    raise refusal("40P01")
            if not session.alive:
                raise InboxUnavailableError("the session was ended")
            return database.insert(session, results)

    def _try(self, session: Session) -> None:
        with _Working(self._database, session):
            self._database.refuse_write()


class _Working:
    """While a statement runs its session is not silent. Raises where the session has ended."""

    def __init__(self, database: SimDatabase, session: Session) -> None:
        self._database = database
        self._session = session

    def __enter__(self) -> None:
        self._database.end_silent_sessions()
        if not self._session.alive:
            raise InboxUnavailableError("the session was ended")
        self._session.works = True

    def __exit__(self, *_: object) -> None:
        self._session.works = False
        self._session.silent_since = self._database.scheduler.now


def _finish(database: SimDatabase, session: Session, results: Sequence[ResultMessage]) -> None:
    if session.alive and session.committed is not results:
        database.on_offered(len(results))
        with suppress(BadRowError, InboxUnavailableError):
            database.insert(session, results)
