"""The client's database: sessions, the writer's lock, a unique key, commits, outages."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import psycopg

from lab.prove.simulation.faults import Faults
from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.scheduler import Killed, Scheduler
from receipts.agent import postgres
from receipts.agent.rows import rows_as_json
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxUnavailableError,
    StandbyError,
)
from receipts.messages import ResultMessage


def _seconds(setting: str) -> float:
    found = re.search(rf"SET {setting} = '(\d+)s'", postgres.inbox_sql())
    assert found  # noqa: S101  the role's settings are in that file
    return float(found[1])


CONNECTION_LIMIT = 2
STATEMENT_TIMEOUT_S = _seconds("statement_timeout")
IDLE_SESSION_TIMEOUT_S = _seconds("idle_session_timeout")
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

UNFLUSHED_S = 3.0
"""Commits younger than this are lost in a crash where they are not durable, and at a stand-by that
the database fails over to; PostgreSQL says up to three times `wal_writer_delay`, 0.6 s."""

ROW_ERRORS: tuple[type[Exception], ...] = (ArithmeticError, TypeError, ValueError)
"""What `PostgresInbox.write` takes for a bad row, where no row can be made of a result."""

POISON = "poison row"
"""A file of such a name becomes a row that a CHECK refuses."""
OTHER_CONSTRAINT = "other constraint"
"""A file of such a name becomes a row that violates a constraint other than the key."""
OBJECTED = "objected row"
"""A file of such a name becomes a row to which the client's trigger objects."""

REFUSED_WITH = {POISON: "23514", OTHER_CONSTRAINT: "23505", OBJECTED: "P0001"}
"""SQLSTATEs by what a file's name begins with."""

REFUSES_WRITES = ("53100", "55P03")  # disk full; locked by a migration
REFUSES_ROWS = ("23502", "23514", "P0001", "42501")  # NOT NULL, CHECK, a trigger, a policy
REFUSES_CONNECTIONS = {
    Knob.RESTARTED: "57P03",
    Knob.CONNECTIONS_TAKEN: "53300",
}


class _StillConnectedError(InboxUnavailableError):
    """The statement failed; the session is still there."""


class OnLost(Protocol):
    """Is told which rows are gone; after a crash nobody knows that they are."""

    def __call__(self, rows: Sequence[ResultMessage], *, crashed: bool) -> None:
        """Nothing to answer."""
        ...


class _Session:
    def __init__(self, now: float, *, durable: bool, pooled: bool) -> None:
        self.alive = True
        self.is_durable = durable
        self.is_pooled = pooled
        self.works = False
        self.committed: Sequence[ResultMessage] = ()
        self.silent_since = now


class SimDatabase:
    """What PostgreSQL guarantees: commits last, a key is unique, a lock belongs to a session.

    Unless a knob says otherwise. `on_committed`, `on_offered` and `on_lost` are called at the
    moment of the effect.
    """

    def __init__(self, scheduler: Scheduler, faults: Faults) -> None:
        """Empty."""
        self.rows: list[ResultMessage] = []
        self.sessions: list[_Session] = []
        self.lock: _Session | None = None
        self.outage: Knob | None = None
        self.refused_with = ""
        self.has_unique_key = True
        self.ignores_all_conflicts = False
        self.role_is_durable = True
        self.is_pooled = False
        self.checks_session = True
        self.idle_session_timeout_s = IDLE_SESSION_TIMEOUT_S
        self.on_offered: Callable[[int], None] = lambda _: None
        self.on_committed: Callable[[int], None] = lambda _: None
        self.on_lost: OnLost = lambda *_, **__: None
        self.scheduler = scheduler
        self.faults = faults
        self._commits: list[tuple[float, bool, list[ResultMessage]]] = []

    def connect(self) -> _Session:
        """Open a session. Raises `InboxUnavailableError`."""
        self.end_silent_sessions()
        if self.outage in REFUSES_CONNECTIONS:
            raise _error(REFUSES_CONNECTIONS[self.outage])
        if len(self.sessions) >= CONNECTION_LIMIT and not self.is_pooled:
            raise InboxUnavailableError("too many connections for role")
        durable, pooled = self.role_is_durable, self.is_pooled
        session = _Session(self.scheduler.now, durable=durable, pooled=pooled)
        self.sessions.append(session)
        return session

    def check(self, session: _Session) -> None:
        """As `postgres._check`. Raises `InboxUnavailableError`."""
        self.end_silent_sessions()
        if not session.alive:
            raise InboxUnavailableError("the session was ended")
        session.silent_since = self.scheduler.now
        if self.outage is Knob.READ_ONLY:
            raise InboxUnavailableError("the database is read-only")
        if self.checks_session and session.is_pooled:
            raise InboxMisconfiguredError("a pooler stands between")
        if self.checks_session and not session.is_durable:
            raise InboxMisconfiguredError("synchronous_commit is off")

    def take_lock(self, session: _Session) -> bool:
        """Whether the session has the writers' lock; sessions of a pooler share one."""
        if self.lock is None or (self.lock.is_pooled and session.is_pooled):
            self.lock = session
        return self.lock is session

    def end(self, session: _Session) -> None:
        """End a session and release its lock."""
        session.alive = False
        if session in self.sessions:
            self.sessions.remove(session)
        if self.lock is session:
            self.lock = None

    def restart(self) -> None:
        """End all sessions; what is not durable is lost, as after a crash."""
        for session in list(self.sessions):
            self.end(session)
        lost = [row for _, durable, rows in self._recent() if not durable for row in rows]
        self._lose(lost, crashed=True)

    def fail_over(self) -> None:
        """End all sessions; an asynchronous stand-by goes on, without the last commits."""
        for session in list(self.sessions):
            self.end(session)
        self._lose([row for _, _, rows in self._recent() for row in rows], crashed=False)

    def restore(self, backup: Sequence[ResultMessage]) -> None:
        """End all sessions; go on with the rows of a backup."""
        self.restart()
        kept = {id(row) for row in backup}
        self._lose([row for row in self.rows if id(row) not in kept], crashed=False)

    def refuse_write(self) -> None:
        """Raise what the server answers to any write, a control row's too, if it refuses it."""
        if self.refused_with:
            raise _error(self.refused_with)
        if self.outage is Knob.READ_ONLY:
            raise _error("25006")

    def insert(self, session: _Session, results: Sequence[ResultMessage]) -> int:
        """The effect of a commit: the number of new rows.

        Raises `BadRowError` or `InboxUnavailableError`; none of the rows is written then.
        """
        self.refuse_write()
        there = {row.receipt_id for row in self.rows}
        new = []
        for result in results:
            for beginning, state in REFUSED_WITH.items():
                hidden = state == "23505" and self.ignores_all_conflicts
                if result.name.startswith(beginning) and not hidden:
                    if beginning == OBJECTED:
                        self.faults.note(Knob.ONE_ROW_REFUSED, "database write")
                    raise _error(state)
            if self.has_unique_key and result.receipt_id in there:
                continue
            if not result.name.startswith(OTHER_CONSTRAINT):
                there.add(result.receipt_id)
                new.append(result)
        self.rows += new
        session.committed = results
        self._commits.append((self.scheduler.now, session.is_durable, new))
        self.on_committed(len(results))
        return len(new)

    def end_silent_sessions(self) -> None:
        """End those that have asked nothing for longer than `idle_session_timeout`."""
        oldest = self.scheduler.now - self.idle_session_timeout_s
        for session in list(self.sessions):
            if not session.works and session.silent_since < oldest:
                self.end(session)

    def _recent(self) -> list[tuple[float, bool, list[ResultMessage]]]:
        since = self.scheduler.now - UNFLUSHED_S
        self._commits = [commit for commit in self._commits if commit[0] >= since]
        return self._commits

    def _lose(self, rows: Sequence[ResultMessage], *, crashed: bool) -> None:
        lost = {id(row) for row in rows}
        self.rows = [row for row in self.rows if id(row) not in lost]
        self._commits = []
        if rows:
            self.on_lost(rows, crashed=crashed)


class SimInbox:
    """Implements `ports.Inbox`: one agent's connection, as `PostgresInbox` treats it."""

    def __init__(self, database: SimDatabase) -> None:
        """Not connected."""
        self._database = database
        self._session: _Session | None = None
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

    def write(self, results: Sequence[ResultMessage]) -> int:
        """See `ports.Inbox`."""
        session, database = self._session, self._database
        if session is None:
            raise InboxUnavailableError("not connected")
        try:
            rows_as_json(results)
        except ROW_ERRORS as error:
            database.faults.note(Knob.NO_ROW_POSSIBLE, "database write")
            raise BadRowError(f"no row can be made of it: {type(error).__name__}") from error
        try:
            new = database.faults.call("database write", lambda: self._commit(session, results))
        except _StillConnectedError:
            raise
        except InboxUnavailableError:
            self.close()
            raise
        except Killed:
            if database.scheduler.random.random() < COMMIT_AFTER_KILL_CHANCE:
                database.scheduler.spawn(lambda: _finish(database, session, results), 1.0)
            raise
        self._took_any = True
        return new

    def check_control_row(self, suspect: ResultMessage | None = None) -> bool:
        """See `ports.Inbox`. It is refused when all rows are."""
        if not self._took_any and suspect is None:
            return False
        session = self._session
        if session is None:
            raise InboxUnavailableError("not connected")
        try:
            self._database.faults.call("database control row", lambda: self._try(session))
        except BadRowError as error:
            raise InboxMisconfiguredError(f"a row taken before is refused: {error}") from error
        except _StillConnectedError:
            raise
        except InboxUnavailableError:
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

    def _commit(self, session: _Session, results: Sequence[ResultMessage]) -> int:
        database = self._database
        with _Working(database, session):
            database.on_offered(len(results))
            if database.faults.active and database.scheduler.random.random() < STALL_CHANCE:
                stall = database.faults.seconds(STALL_S)
                database.scheduler.pause(min(stall, STATEMENT_TIMEOUT_S))
                if stall > STATEMENT_TIMEOUT_S:
                    raise _error("57014")
                if database.scheduler.random.random() < DEADLOCK_CHANCE:
                    raise _error("40P01")
            if not session.alive:
                raise InboxUnavailableError("the session was ended")
            return database.insert(session, results)

    def _try(self, session: _Session) -> None:
        with _Working(self._database, session):
            self._database.refuse_write()


class _Working:
    """While a statement runs its session is not silent. Raises where the session has ended."""

    def __init__(self, database: SimDatabase, session: _Session) -> None:
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


def _finish(database: SimDatabase, session: _Session, results: Sequence[ResultMessage]) -> None:
    if session.alive and session.committed is not results:
        database.on_offered(len(results))
        with suppress(BadRowError, InboxUnavailableError):
            database.insert(session, results)


def _error(state: str) -> Exception:
    """What `PostgresInbox` makes of an error with this SQLSTATE; the session is still there."""
    error = postgres._classified_error(psycopg.errors.lookup(state)(), BadRowError)  # noqa: SLF001
    return error if isinstance(error, BadRowError) else _StillConnectedError(str(error))
