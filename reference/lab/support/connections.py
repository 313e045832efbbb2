"""Counts the connections of a PostgreSQL server while something else uses it."""

import threading
from typing import Self

import psycopg

QUERY = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


class ConnectionWatcher:
    """Counts connections periodically, over one that the server reserves for its superuser."""

    def __init__(self, conninfo: str, every_s: float = 0.1) -> None:
        """Starts to count; `stop` ends it."""
        self.connection = psycopg.connect(conninfo, autocommit=True)
        self._every_s = every_s
        self._peak = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Do nothing: counting has started already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop counting."""
        self.stop()

    def peak(self) -> int:
        """The most connections since the last call, without the watcher's own."""
        with self._lock:
            peak, self._peak = self._peak, 0
        return peak

    def count(self) -> None:
        """Count at once, besides the periodic counts."""
        (count,) = self.connection.execute(QUERY).fetchone() or (0,)
        with self._lock:
            self._peak = max(self._peak, count)

    def stop(self) -> None:
        """Stop counting, and close the connection."""
        self._stopping.set()
        self._thread.join()
        self.connection.close()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            self.count()
