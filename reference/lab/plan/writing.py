"""From the write queue to the database: the recurrence over transactions.

A transaction begins when a receipt waits, the pacer is open, a connection is free, and windows,
outages and the database's headroom allow it. It takes what waits, up to its batch. The agent's
pacer opens when the last one was answered and its rows are paid for; what AWS does for it goes on
beside, in round trips.
"""

import math
from heapq import heapreplace

from lab.plan.backlog import Backlog
from lab.plan.reading import Read
from lab.plan.settings import Settings
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


class DirectWriting(Writing):
    """Readers write without a queue: each holds a connection while it runs, or is refused one."""

    def put(self, read: Read) -> None:
        """Store the results at once, or count them as refused."""
        seconds, receipts, running = read
        settings = self._settings
        left = settings.max_connections - settings.app_connections
        up, _ = self._windows.next_opening(seconds)
        if up > seconds:
            self.unreachable += receipts
        elif running > left:
            self.refused += receipts
        else:
            took = (settings.round_trip_ms + receipts * settings.row_ms) / 1000
            self._store(seconds, seconds + took, receipts)


class QueuedWriting(Writing):
    """A writer behind the write queue: the pull agent, or Lambda without a pacer."""

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        super().__init__(settings, timeline)
        self._backlog = Backlog()
        self._connections = [0.0] * settings.connections
        self._open_at = 0.0
        self._next: tuple[float, float] | None = None

    def put(self, read: Read) -> None:
        """Write until these results come, then queue them."""
        seconds, receipts, _ = read
        self._write_until(seconds)
        self._backlog.put(seconds, receipts)
        self._timeline.results.put(seconds, receipts)

    def finish(self) -> None:
        """Write everything that is queued."""
        self._write_until(math.inf)

    def _write_until(self, seconds: float) -> None:
        backlog = self._backlog
        while backlog.count:
            if self._next is None:
                ready = max(backlog.oldest, self._open_at, self._connections[0])
                self._next = self._windows.next_opening(ready)
            start, rate = self._next
            if start >= seconds:
                return
            self._next = None
            if start - backlog.oldest > self._settings.retention_seconds:
                self._expire()
            else:
                self._transaction(start, rate)

    def _transaction(self, start: float, rate: float) -> None:
        settings, backlog = self._settings, self._backlog
        oldest = backlog.oldest
        rows, put_sum = backlog.take(settings.write_batch)
        self._timeline.results.take(start, rows, oldest)
        self.waited += rows * start - put_sum
        self.longest_wait = max(self.longest_wait, start - oldest)
        took = (settings.round_trip_ms + rows * settings.row_ms) / 1000
        commit = start + took
        self._open_at = start + seconds_apart(settings, took, rows / rate)
        heapreplace(self._connections, commit)
        self._store(start, commit, rows)

    def _expire(self) -> None:
        self.longest_wait = self._settings.retention_seconds
        gone = self._backlog.oldest + self.longest_wait
        if self.first_expiry is None:
            self.first_expiry = gone
        receipts = self._backlog.drop()
        self.expired += receipts
        self._timeline.results.take(gone, receipts, gone - self.longest_wait)


def writing(settings: Settings, timeline: Timeline) -> Writing:
    """The write stage for the settings."""
    kind = DirectWriting if settings.writer == "direct" else QueuedWriting
    return kind(settings, timeline)
