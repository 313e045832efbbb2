"""The client's database: sessions, the writer's lock, a unique key, a connection limit, outages."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from lab.prove.simulation.faults import Faults
from lab.prove.simulation.scheduler import Killed, Scheduler
from receipts.errors import BadRowError, InboxUnavailableError, StandbyError
from receipts.messages import ResultMessage

CONNECTION_LIMIT = 2
STATEMENT_TIMEOUT_S = 5.0
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

POISON = "poison row"
"""A file of such a name becomes a row that a CHECK refuses."""
OTHER_CONSTRAINT = "other constraint"
"""A file of such a name becomes a row that violates a constraint other than the key."""


class _StillConnectedError(InboxUnavailableError):
    """The statement failed; the session is still there."""


class _Session:
    def __init__(self) -> None:
        self.alive = True


class SimDatabase:
    """What PostgreSQL guarantees: commits last, a key is unique, a lock belongs to a session."""

    def __init__(self, scheduler: Scheduler, faults: Faults) -> None:
        """Empty; `on_committed` and `on_offered` are called at the moment of the effect."""
        self.rows: list[ResultMessage] = []
        self.sessions: list[_Session] = []
        self.lock: _Session | None = None
        self.outage = ""
        self.has_unique_key = True
        self.ignores_all_conflicts = False
        self.on_offered: Callable[[int], None] = lambda _: None
        self.on_committed: Callable[[int], None] = lambda _: None
        self.scheduler = scheduler
        self.faults = faults

    def connect(self) -> _Session:
        """Open a session. Raises `InboxUnavailableError`."""
        self.raise_if_away()
        if len(self.sessions) >= CONNECTION_LIMIT:
            raise InboxUnavailableError("too many connections for role")
        session = _Session()
        self.sessions.append(session)
        return session

    def end(self, session: _Session) -> None:
        """End a session and release its lock."""
        session.alive = False
        if session in self.sessions:
            self.sessions.remove(session)
        if self.lock is session:
            self.lock = None

    def restart(self) -> None:
        """End all sessions."""
        for session in list(self.sessions):
            self.end(session)

    def raise_if_away(self) -> None:
        """Raises `InboxUnavailableError` during an outage."""
        if self.outage:
            raise _StillConnectedError(self.outage)

    def insert(self, results: Sequence[ResultMessage]) -> int:
        """The effect of a commit: the number of new rows.

        Raises `BadRowError`; none of the rows is written then.
        """
        there = {row.receipt_id for row in self.rows}
        new = []
        for result in results:
            if result.name.startswith(POISON):
                raise BadRowError("violates a CHECK")
            if result.name.startswith(OTHER_CONSTRAINT) and not self.ignores_all_conflicts:
                raise BadRowError("violates another constraint")
            if self.has_unique_key and result.receipt_id in there:
                continue
            if not result.name.startswith(OTHER_CONSTRAINT):
                there.add(result.receipt_id)
                new.append(result)
        self.rows += new
        self.on_committed(len(results))
        return len(new)


class SimInbox:
    """Implements `ports.Inbox`: one agent's connection."""

    def __init__(self, database: SimDatabase) -> None:
        """Not connected."""
        self._database = database
        self._session: _Session | None = None

    def ensure_writer(self) -> bool:
        """See `ports.Inbox`."""
        before = self._session
        try:
            return self._database.faults.call("database lock", self._take_lock)
        except InboxUnavailableError:
            if self._session is not None and self._session is not before:
                # The lock was taken and the answer lost: close the session, as the adapter does.
                self._database.end(self._session)
                self._session = None
            raise

    def write(self, results: Sequence[ResultMessage]) -> int:
        """See `ports.Inbox`."""
        session, database = self._session, self._database
        if session is None:
            raise InboxUnavailableError("not connected")
        try:
            return database.faults.call("database write", lambda: self._commit(session, results))
        except _StillConnectedError:
            raise
        except InboxUnavailableError:
            database.end(session)
            self._session = None
            raise
        except Killed:
            if database.scheduler.random.random() < COMMIT_AFTER_KILL_CHANCE:
                database.scheduler.spawn(lambda: _finish(database, session, results), 1.0)
            raise

    def check_control_row(self, suspect: ResultMessage | None = None) -> bool:
        """See `ports.Inbox`. It is refused while the database is away, as all rows are."""
        del suspect
        self._database.faults.call("database control row", self._database.raise_if_away)
        return True

    def client_killed(self) -> None:
        """The agent was killed. Until the server notices, its session keeps the lock."""
        session, database = self._session, self._database
        self._session = None
        if session is not None:
            lingers = database.scheduler.random.random() < LINGER_CHANCE
            after = database.faults.seconds(LINGER_S) if lingers else CLOSED_AFTER_S
            database.scheduler.spawn(lambda: database.end(session), after)

    def _take_lock(self) -> bool:
        database = self._database
        if self._session is not None and self._session.alive:
            database.raise_if_away()
            return False
        self._session = None
        session = database.connect()
        if database.lock is not None:
            database.end(session)
            raise StandbyError
        database.lock = session
        self._session = session
        return True

    def _commit(self, session: _Session, results: Sequence[ResultMessage]) -> int:
        database = self._database
        if session.alive:  # the rows never arrive where the server has ended the session
            database.on_offered(len(results))
        if database.faults.active and database.scheduler.random.random() < STALL_CHANCE:
            stall = database.faults.seconds(STALL_S)
            database.scheduler.pause(min(stall, STATEMENT_TIMEOUT_S))
            if stall > STATEMENT_TIMEOUT_S:
                raise _StillConnectedError("statement timeout")
            if database.scheduler.random.random() < DEADLOCK_CHANCE:
                raise _StillConnectedError("deadlock")
        database.raise_if_away()
        if not session.alive:
            raise InboxUnavailableError("the session was ended")
        return database.insert(results)


def _finish(database: SimDatabase, session: _Session, results: Sequence[ResultMessage]) -> None:
    if session.alive and not database.outage:
        with suppress(BadRowError):
            database.insert(results)
