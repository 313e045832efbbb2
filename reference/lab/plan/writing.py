"""From the write queue to the database: the recurrence over transactions.

A transaction begins when a receipt waits, the pacer is open, a connection is free, and windows,
outages and the database's headroom allow it. It takes what waits, up to its batch. The agent's
pacer opens when the last one was answered and its rows are paid for; what AWS does for it goes on
beside, in round trips. A scheduled writer runs once a minute, and writes a minute's rows.

Readers that write themselves need a connection while they run, or one of a pool's.
"""

import math
from heapq import heappop, heappush, heapreplace

from lab.plan import facts
from lab.plan.backlog import Backlog
from lab.plan.reading import Read
from lab.plan.receives import Receives
from lab.plan.settings import Settings, Writer
from lab.plan.timeline import Timeline
from lab.plan.write_windows import WriteWindows
from receipts.agent.writer import MAX_AHEAD, MAX_UNMARKED


def seconds_apart(settings: Settings, took: float, paid: float) -> float:
    """From the begin of a transaction to that of the next: it `took`, and its rows are `paid` for.

    The agent is charged at the answer. It receives `MAX_AHEAD` transactions in one round trip, at
    best while it waits for its pace, and marks and deletes `MAX_UNMARKED` at a time in two.
    """
    if settings.writer != "agent":
        return paid
    far = settings.aws_round_trip_ms / 1000
    return max(took + max(paid, far / MAX_AHEAD), 2 * far / MAX_UNMARKED)


class Writing:
    """The write stage; its counts are complete after `finish`."""

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        self._settings = settings
        self._timeline = timeline
        self._windows = WriteWindows(settings)
        self.waited = 0.0
        self.longest_wait = 0.0
        self.transactions = 0
        self.stored = 0
        self.refused = 0
        self.unreachable = 0
        self.expired = 0
        self.first_expiry: float | None = None
        self.dead = 0
        self.first_dead: float | None = None
        self.most_receives = 0.0
        self.in_vain = 0.0
        self.peak_connections = 0
        self.done = 0.0

    def put(self, read: Read) -> None:
        """Take results, in order of time."""
        raise NotImplementedError

    def finish(self) -> None:
        """Write what still waits; no more results will come."""

    def _store(self, start: float, commit: float, rows: int) -> None:
        self._timeline.offer(start, rows)
        self.transactions += 1
        self.stored += rows
        self.done = max(self.done, commit)

    def _give_up(self, seconds: float, receipts: int, *, down: bool) -> None:
        self._timeline.lose(seconds, receipts)
        if down:
            self.unreachable += receipts
        else:
            self.refused += receipts

    def _want(self, seconds: float, connections: int) -> None:
        self._timeline.want(seconds, connections)
        self.peak_connections = max(self.peak_connections, connections)

    def _took(self, rows: int) -> float:
        return (self._settings.round_trip_ms + rows * self._settings.row_ms) / 1000


class DirectWriting(Writing):
    """Readers write without a queue: each holds a connection while it runs, or is refused one.

    Who was refused tries again after 1 s, 2 s, 4 s …, if there are retries.
    """

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        super().__init__(settings, timeline)
        self._again: list[tuple[float, int, int]] = []
        self._running = 0

    def put(self, read: Read) -> None:
        """Store the results at once, or count them as refused."""
        seconds, receipts, running = read
        self._retry_until(seconds)
        self._running = running
        self._want(seconds, running)
        self._try(seconds, receipts, 0)

    def finish(self) -> None:
        """Retry to the end: no reader runs any more."""
        self._running = 0
        self._retry_until(math.inf)

    def _retry_until(self, seconds: float) -> None:
        while self._again and self._again[0][0] <= seconds:
            self._try(*heappop(self._again))

    def _try(self, seconds: float, receipts: int, tried: int) -> None:
        settings = self._settings
        up, _ = self._windows.next_opening(seconds)
        if up <= seconds and self._running <= settings.max_connections - settings.app_connections:
            self._store(seconds, seconds + self._took(receipts), receipts)
            return
        self.in_vain += 1
        self._timeline.refuse(seconds, seconds, 1)
        if tried < settings.retries:
            heappush(self._again, (seconds + 2.0**tried, receipts, tried + 1))
        else:
            self._give_up(seconds, receipts, down=up > seconds)


class PooledWriting(Writing):
    """Readers write through a pool: each waits for one of its connections, up to the pool's limit.

    The reader's own time while it waits isn't counted.
    """

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        super().__init__(settings, timeline)
        self._connections = [0.0] * settings.at_once

    def put(self, read: Read) -> None:
        """Store the results when a connection is free, or give up."""
        seconds, receipts, _ = read
        up, _ = self._windows.next_opening(seconds)
        start = max(seconds, self._connections[0])
        wait = start - seconds
        if up > seconds or wait > facts.POOL_WAIT.value:
            self.in_vain += 1
            self._timeline.refuse(seconds, seconds, 1)
            self._give_up(seconds, receipts, down=up > seconds)
            return
        self.waited += receipts * wait
        self.longest_wait = max(self.longest_wait, wait)
        self._want(seconds, self._settings.at_once)
        commit = start + self._took(receipts)
        heapreplace(self._connections, commit)
        self._store(start, commit, receipts)


class QueuedWriting(Writing):
    """A writer behind the write queue: the pull agent, a mapping, a pipe, a nightly file."""

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        super().__init__(settings, timeline)
        self._backlog = Backlog()
        self._connections = [0.0] * settings.at_once
        self._ends: list[float] = []
        self._open_at = 0.0
        self._next: tuple[float, float] | None = None
        self._receives = None
        if settings.writer in {"lambda", "reserved"}:
            self._receives = Receives(settings, timeline, self._backlog)

    def put(self, read: Read) -> None:
        """Write until these results come, then queue them."""
        seconds, receipts, _ = read
        self._write_until(seconds)
        due = 0.0
        if self._receives:
            self._receives.go_on(seconds, self._windows.outages)
            due = self._receives.due(receipts)
        self._backlog.put(seconds, receipts, due)
        self._timeline.results.put(seconds, receipts)

    def finish(self) -> None:
        """Write everything that is queued."""
        self._write_until(math.inf)
        if self._receives:
            self.dead, self.first_dead = self._receives.dead, self._receives.first_dead
            self.in_vain, self.most_receives = self._receives.in_vain, self._receives.most
            if self.in_vain:
                self.peak_connections = max(self.peak_connections, self._settings.trying)

    def _write_until(self, seconds: float) -> None:
        backlog = self._backlog
        while backlog.count:
            if self._next is None:
                self._next = self._opening()
            start, rate = self._next
            if self._receives:
                self._receives.go_on(min(start, seconds), self._windows.outages)
                if not backlog.count:
                    self._next = None
                    return
            if start >= seconds:
                return
            self._next = None
            if start - backlog.oldest > self._settings.retention_seconds:
                self._expire()
            else:
                self._transaction(start, rate)

    def _opening(self) -> tuple[float, float]:
        """When the next transaction may begin, and at what rate."""
        ready = max(self._backlog.oldest, self._open_at, self._connections[0])
        return self._windows.next_opening(ready)

    def _transaction(self, start: float, rate: float) -> None:
        settings, backlog = self._settings, self._backlog
        oldest = backlog.oldest
        rows, put_sum = backlog.take(self._most_rows(rate))
        self._timeline.results.take(start, rows, oldest)
        self.waited += rows * start - put_sum
        self.longest_wait = max(self.longest_wait, start - oldest)
        took = self._took(rows)
        commit = start + took
        self._open_at = start + seconds_apart(settings, took, rows / rate)
        heapreplace(self._connections, commit)
        while self._ends and self._ends[0] <= start:
            heappop(self._ends)
        heappush(self._ends, commit)
        self._want(start, len(self._ends))
        self._store(start, commit, rows)

    def _most_rows(self, rate: float) -> int:  # noqa: ARG002 - the schedule's run has its rate
        return self._settings.rows_at_once

    def _expire(self) -> None:
        self.longest_wait = self._settings.retention_seconds
        gone = self._backlog.oldest + self.longest_wait
        if self.first_expiry is None:
            self.first_expiry = gone
        receipts = self._backlog.drop()
        self.expired += receipts
        self._timeline.results.take(gone, receipts, gone - self.longest_wait)
        self._timeline.lose(gone, receipts)


class ScheduledWriting(QueuedWriting):
    """A function that runs once a minute and itself receives a minute's rows, no more.

    It connects first: while the link is down it ends without receiving, and uses up no receive.
    """

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        super().__init__(settings, timeline)
        self._left = 0

    def _opening(self) -> tuple[float, float]:
        ready = super()._opening()
        if self._left > 0 and ready[0] == self._connections[0]:
            return ready  # the run goes on
        every = facts.POLL_EVERY.value
        start = ready[0]
        while True:
            run = float(math.ceil(start / every) * every)
            start, rate = self._windows.next_opening(run)
            if start == run:
                self._left = max(1, math.floor(rate * every))
                return start, rate

    def _transaction(self, start: float, rate: float) -> None:
        before = self.stored
        super()._transaction(start, rate)
        self._left -= self.stored - before
        self._open_at = start

    def _most_rows(self, rate: float) -> int:  # noqa: ARG002
        return min(self._settings.rows_at_once, self._left)


def writing(settings: Settings, timeline: Timeline) -> Writing:
    """The write stage for the settings."""
    kinds: dict[Writer, type[Writing]] = {
        "direct": DirectWriting,
        "pooled": PooledWriting,
        "poller": ScheduledWriting,
    }
    return kinds.get(settings.writer, QueuedWriting)(settings, timeline)
