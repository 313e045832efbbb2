"""Looks at every part once a second: ledger, queues, PostgreSQL, agent, the expenses app."""

import contextlib
import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from lab.run.live.agent import SupervisedAgent
from lab.run.live.expenses import CallLog
from lab.run.live.frame import DEAD, READ, REJECTED, STORED, Change, Frame, Verdict
from lab.run.local.system import DLQS, QUEUES, LocalSystem
from receipts.aws.dynamodb import DynamoLedger
from receipts.ledger import Entry, State
from receipts.ports import BatchSnapshot

RATE_WINDOW_S = 15.0
"""Rates come from this last stretch of time."""

LETTERS = {
    State.READ: READ,
    State.STORED: STORED,
    State.REJECTED: REJECTED,
    State.DEAD_LETTERED: DEAD,
}
"""Each state of the ledger in the frame's one letter."""

_COUNT_SQL = """
SELECT (SELECT count(*) FROM receipts_inbox.receipt WHERE batch_id = ANY(%s)),
       (SELECT count(*) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
       current_setting('max_connections')::int
"""


class Rate:
    """How fast a count grows, over a sliding window."""

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, count: int) -> float:
        """Add a count; answers its growth a second."""
        self._samples.append((now, count))
        while now - self._samples[0][0] > RATE_WINDOW_S:
            self._samples.popleft()
        first, before = self._samples[0]
        return (count - before) / (now - first) if now > first else 0.0


class _Database(Struct, frozen=True, kw_only=True):
    rows: int | None = None
    connections: int | None = None
    limit: int | None = None


class Observer:
    """Makes frames. It isn't shared between threads; `batches` and `say` may be."""

    def __init__(
        self,
        system: LocalSystem,
        agent: SupervisedAgent,
        app: CallLog,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` is monotonic seconds."""
        self._system, self._agent, self._app, self._now = system, agent, app, now
        emulator = system.deployment.emulator
        self._sqs = emulator.client("sqs")
        outputs = system.deployment.outputs
        self.ledger = DynamoLedger(outputs["LedgerTable"], emulator.client("dynamodb"))
        self._connection: psycopg.Connection | None = None
        self._letters: dict[int, str] = {}
        self._rate = Rate()
        self._started = now()
        self._to_say: deque[str] = deque(maxlen=20)
        self.batches: list[str] = []
        self.faults: tuple[str, ...] = ()

    def say(self, line: str) -> None:
        """Have the next frame say it."""
        self._to_say.append(line)

    def close(self) -> None:
        """Close its connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def look(self) -> Frame:
        """One frame: what it is like now, and what has changed since the last one."""
        now = self._now()
        found = [self.ledger.snapshot(batch_id) for batch_id in tuple(self.batches)]
        snapshots = [one for one in found if one is not None]
        entries = [entry for one in snapshots for entry in one.entries]
        states = [entry.state for entry in entries]
        known = [one.batch.expected for one in snapshots if one.batch.expected is not None]
        expected = sum(known)
        waiting = max(0, expected - len(entries))
        queues = self._depths()
        reading = min(waiting, queues.pop("reading"))
        database, app = self._database(), self._app.now()
        frame = Frame(
            at=round(now - self._started, 1),
            expected=expected if known else None,
            batches=len(snapshots),
            unsplit=len(self.batches) - len(known),
            stored=states.count(State.STORED),
            read=states.count(State.READ),
            reading=reading,
            waiting=waiting - reading,
            rejected=states.count(State.REJECTED),
            dead=states.count(State.DEAD_LETTERED),
            queues=queues,
            unread_age=_age(snapshots) if waiting else None,
            unwritten_age=_oldest(entries),
            rate=round(self._rate.add(now, states.count(State.STORED)), 2),
            ceiling=self._agent.ceiling,
            rows=database.rows,
            connections=database.connections,
            limit=database.limit,
            app_p95_ms=None if app.p95_ms is None else round(app.p95_ms, 1),
            app_calls=app.calls,
            app_failed=app.failed,
            agent=self._agent.state(),
            faults=self.faults,
            changed=self._changes(snapshots),
            said=tuple(self._to_say.popleft() for _ in range(len(self._to_say))),
        )
        return judged(frame)

    def _changes(self, snapshots: Sequence[BatchSnapshot]) -> tuple[Change, ...]:
        changes, before = [], 0
        for one in snapshots:
            for entry in one.entries:
                number, letter = before + entry.index, LETTERS[entry.state]
                if self._letters.get(number) != letter:
                    self._letters[number] = letter
                    changes.append(Change(number, letter))
            before += one.batch.expected or 0
        return tuple(changes)

    def _depths(self) -> dict[str, int]:
        """Messages on each queue, those in flight included; `reading` are those with readers."""
        shown, hidden = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
        depths: dict[str, int] = {}
        for name, output in {**QUEUES, **DLQS}.items():
            answer: Any = self._sqs.get_queue_attributes(
                QueueUrl=self._system.deployment.outputs[output], AttributeNames=[shown, hidden]
            )["Attributes"]
            depths[name.replace(" ", "-").lower()] = int(answer[shown]) + int(answer[hidden])
            if name == "receipt queue":
                depths["reading"] = int(answer[hidden])
        return depths

    def _database(self) -> _Database:
        """What PostgreSQL says; nothing while it is away."""
        with contextlib.suppress(psycopg.Error):
            if self._connection is None or self._connection.closed:
                self._connection = self._system.connect()
            row = self._connection.execute(_COUNT_SQL, [list(self.batches)]).fetchone()
            rows, connections, limit = row or (None, None, None)
            return _Database(rows=rows, connections=connections, limit=limit)
        self.close()
        return _Database()


def _age(snapshots: Sequence[BatchSnapshot]) -> int:
    """Seconds that the oldest receipt without a reader waits: it came when its batch did."""
    unread = [
        one.batch.accepted_at for one in snapshots if len(one.entries) < (one.batch.expected or 0)
    ]
    return _seconds_since(min(unread)) if unread else 0


def _oldest(entries: Sequence[Entry]) -> int | None:
    unwritten = [entry.since for entry in entries if entry.state is State.READ]
    return _seconds_since(min(unwritten)) if unwritten else None


def _seconds_since(then: dt.datetime) -> int:
    return max(0, int((dt.datetime.now(dt.UTC) - then).total_seconds()))


def judged(frame: Frame) -> Frame:
    """With the verdict, once nothing is on its way: no receipt, no second copy of a result."""
    if not frame.settled or frame.queues["write-queue"] or frame.rows is None:
        return frame
    total = frame.stored + frame.rejected + frame.dead
    right = frame.expected == total and frame.stored == frame.rows
    text = (
        f"{frame.expected} = {frame.stored} stored + {frame.rejected} rejected"
        f" + {frame.dead} dead-lettered, and PostgreSQL holds {frame.rows} rows"
    )
    return replace(frame, verdict=Verdict(right=right, text=text))
