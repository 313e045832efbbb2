"""From the write queue to the database: the recurrence over transactions.

A transaction begins when a receipt waits, the pacer is open, a connection is free, and the rhythm
(windows, outages, the database's headroom) lets it. It takes what waits, up to its batch.
"""

from collections.abc import Iterator
from heapq import heapreplace

from lab.planning.reading import Read
from lab.planning.rhythm import Rhythm
from lab.planning.settings import Settings
from lab.planning.timeline import Timeline

NOTHING: Read = (0.0, 0, 0)


class Writing:
    """The stage; its counts are whole once `run` has returned."""

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        self._settings = settings
        self._timeline = timeline
        self._rhythm = Rhythm(settings)
        self.waited = 0.0
        self.longest_wait = 0.0
        self.transactions = 0
        self.stored = 0
        self.refused = 0
        self.expired = 0
        self.first_expiry: float | None = None
        self.done = 0.0

    def run(self, results: Iterator[Read]) -> None:
        """Write what was read, to the last receipt."""
        if self._settings.writer == "direct":
            self._write_at_once(results)
        else:
            self._write_from_the_queue(results)

    def _write_from_the_queue(self, results: Iterator[Read]) -> None:
        settings, timeline, rhythm = self._settings, self._timeline, self._rhythm
        round_trip, row = settings.round_trip_ms / 1000, settings.row_ms / 1000
        retention, most = settings.retention_seconds, settings.write_batch
        connections = [0.0] * settings.connections
        open_at = 0.0
        put_at, waiting, _ = next(results, NOTHING)
        while waiting:
            start, rate = rhythm.opens(max(put_at, open_at, connections[0]))
            if start - put_at > retention:
                self._expire(put_at + retention, waiting)
                put_at, waiting, _ = next(results, NOTHING)
                continue
            oldest, rows = put_at, 0
            self.longest_wait = max(self.longest_wait, start - oldest)
            while waiting and put_at <= start and rows < most:
                taken = min(waiting, most - rows)
                self.waited += (start - put_at) * taken
                rows += taken
                waiting -= taken
                if not waiting:
                    put_at, waiting, _ = next(results, NOTHING)
            open_at = start + rows / rate
            commit = start + round_trip + rows * row
            heapreplace(connections, commit)
            timeline.take("taken", start, rows, oldest)
            self._store(commit, rows)

    def _write_at_once(self, results: Iterator[Read]) -> None:
        """Without a queue: each invocation holds a connection while it runs, or is refused one."""
        settings = self._settings
        left = settings.max_connections - settings.app_connections
        took = (settings.round_trip_ms + settings.row_ms) / 1000
        for seconds, receipts, running in results:
            self._timeline.add("taken", seconds, receipts)
            up, rate = self._rhythm.opens(seconds)
            if running > left or up > seconds or rate <= 0:
                self.refused += receipts
                self._timeline.add("refused", seconds, receipts)
            else:
                self._store(seconds + took, receipts)

    def _store(self, commit: float, rows: int) -> None:
        self._timeline.add("stored", commit, rows)
        self.transactions += 1
        self.stored += rows
        self.done = max(self.done, commit)

    def _expire(self, seconds: float, receipts: int) -> None:
        self._timeline.add("unwritten", seconds, receipts)
        self.expired += receipts
        self.longest_wait = self._settings.retention_seconds
        if self.first_expiry is None:
            self.first_expiry = seconds
