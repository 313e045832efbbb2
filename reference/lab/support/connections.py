"""How many connections a PostgreSQL server has, watched from the side."""

import threading
from typing import Self

import psycopg

QUERY = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


class ConnectionWatcher:
    """Counts connections again and again, on one that the server keeps for its superuser."""

    def __init__(self, conninfo: str, every_s: float = 0.1) -> None:
        """Counts from now on, until `stop`."""
        self.connection = psycopg.connect(conninfo, autocommit=True)
        self._every_s = every_s
        self._peak = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Nothing more: it counts already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def peak(self) -> int:
        """Most connections since the last call, without the watcher's own."""
        with self._lock:
            peak, self._peak = self._peak, 0
        return peak

    def count(self) -> None:
        """Count now, too."""
        (count,) = self.connection.execute(QUERY).fetchone() or (0,)
        with self._lock:
            self._peak = max(self._peak, count)

    def stop(self) -> None:
        """Count no more, and close the connection."""
        self._stopping.set()
        self._thread.join()
        self.connection.close()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            self.count()
