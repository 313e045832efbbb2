"""The client's database: sessions, the writer's lock, a unique key, commits, outages."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

import psycopg

from lab.prove.simulation.faults import Faults
from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.scheduler import Scheduler
from receipts.agent import postgres
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxUnavailableError,
)
from receipts.messages import ResultMessage


def role_seconds(setting: str) -> float:
    """What `inbox.sql` sets for the agent's role, in seconds."""
    found = re.search(rf"SET {setting} = '(\d+)s'", postgres.inbox_sql())
    assert found  # noqa: S101  the role's settings are in that file
    return float(found[1])


CONNECTION_LIMIT = 2
IDLE_SESSION_TIMEOUT_S = role_seconds("idle_session_timeout")
UNFLUSHED_S = 3.0
"""Commits younger than this are lost in a crash where they are not durable, and at a stand-by that
the database fails over to; PostgreSQL says up to three times `wal_writer_delay`, 0.6 s."""

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


class Session:
    """A session of the agent's; `committed` is what it wrote last."""

    def __init__(self, now: float, *, durable: bool, pooled: bool) -> None:
        """Just opened."""
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
        self.sessions: list[Session] = []
        self.lock: Session | None = None
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

    def connect(self) -> Session:
        """Open a session. Raises `InboxUnavailableError`."""
        self.end_silent_sessions()
        if self.outage in REFUSES_CONNECTIONS:
            raise refusal(REFUSES_CONNECTIONS[self.outage])
        if len(self.sessions) >= CONNECTION_LIMIT and not self.is_pooled:
            raise InboxUnavailableError("too many connections for role")
        durable, pooled = self.role_is_durable, self.is_pooled
        session = Session(self.scheduler.now, durable=durable, pooled=pooled)
        self.sessions.append(session)
        return session

    def check(self, session: Session) -> None:
        """As `server_audit.check`. Raises `InboxUnavailableError`."""
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

    def take_lock(self, session: Session) -> bool:
        """Whether the session has the writers' lock; sessions of a pooler share one."""
        if self.lock is None or (self.lock.is_pooled and session.is_pooled):
            self.lock = session
        return self.lock is session

    def end(self, session: Session) -> None:
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
            raise refusal(self.refused_with)
        if self.outage is Knob.READ_ONLY:
            raise refusal("25006")

    def insert(self, session: Session, results: Sequence[ResultMessage]) -> int:
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
                    raise refusal(state)
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


def refusal(state: str) -> Exception:
    """What `PostgresInbox` makes of an error with this SQLSTATE; the session is still there."""
    error = postgres._classified_error(psycopg.errors.lookup(state)(), BadRowError)  # noqa: SLF001
    return error if isinstance(error, BadRowError) else _StillConnectedError(str(error))


def keeps_session(error: InboxUnavailableError) -> bool:
    """Whether only the statement failed, and the session is still there."""
    return isinstance(error, _StillConnectedError)
