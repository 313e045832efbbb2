"""Runs the functions against a real PostgreSQL, one way and one number of them after another."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from statistics import quantiles
from typing import Literal, Self

import psycopg
from msgspec import Struct

from lab.peak import pgbouncer
from lab.peak.design import MAX_CONNECTIONS, POOLER
from lab.pooler.clients import Calls, Door, in_process_pool, run
from lab.pooler.design import CALL_EVERY_S, HELD_S, PATIENCE_S, Way
from lab.postgres import Postgres, running
from lab.support.provenance import DataFile, provenance

ROLE = "functions"
SAMPLE_S = 0.05
SCHEMA = f"""
CREATE ROLE {ROLE} LOGIN;
CREATE SCHEMA pooler AUTHORIZATION {ROLE};
CREATE TABLE pooler.stored (at timestamptz NOT NULL DEFAULT now());
GRANT INSERT ON pooler.stored TO {ROLE};
"""


class Point(Struct, frozen=True, kw_only=True):
    """So many functions, one way."""

    clients: int
    connections: int
    """The most that the database had of the functions' role at once."""
    served: int
    refused: int
    """Calls that got no connection: refused by the database, or given up waiting."""
    p50_ms: float | None
    p95_ms: float | None


class Figures(DataFile, frozen=True, kw_only=True):
    """What `docs/data/pooler.json` holds."""

    stands_in: str
    """What stood between, for RDS Proxy."""
    max_connections: int
    pool_size: int
    call_every_s: float
    held_s: float
    patience_s: float
    seconds: float
    ways: dict[Way, list[Point]]


def measure(
    clients: Sequence[int],
    seconds: float,
    progress: Callable[[Way, int], None],
    program: str | None = None,
    *,
    ways: Sequence[Way] = tuple(Way),
    patience_s: float = PATIENCE_S,
) -> Figures:
    """Measure each way with each number of functions, for `seconds` each.

    `program` is PgBouncer's path; without it psycopg's pool stands between, in our own process.
    A function waits `patience_s` for a connection of the pooler. Raises `PostgresError`.
    """
    found: dict[Way, list[Point]] = {}
    with running(max_connections=MAX_CONNECTIONS) as server:
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute(SCHEMA.encode())
        for way in ways:
            setting = _Setting(server, way, program, patience_s)
            with _between(setting) as conninfo:
                found[way] = []
                for count in clients:
                    progress(way, count)
                    found[way].append(_point(setting, conninfo, count, seconds))
    return Figures(
        provenance=provenance("lab.pooler", "lab.peak.pgbouncer"),
        stands_in=named(program),
        max_connections=MAX_CONNECTIONS,
        pool_size=POOLER,
        call_every_s=CALL_EVERY_S,
        held_s=HELD_S,
        patience_s=patience_s,
        seconds=seconds,
        ways=found,
    )


def named(program: str | None) -> str:
    """What stands between, in words."""
    if program:
        return pgbouncer.version(program)
    return "psycopg's pool, in the functions' own process"


class _Setting(Struct, frozen=True):
    """One way, with what stands between."""

    server: Postgres
    way: Way
    program: str | None
    patience_s: float

    @property
    def bounced(self) -> str | None:
        """PgBouncer's path where it stands between."""
        return None if self.way is Way.DIRECT else self.program


@contextlib.contextmanager
def _between(setting: _Setting) -> Iterator[str]:
    """Where the functions connect to. PgBouncer pins a session to its backend in session mode."""
    if setting.bounced is None:
        yield setting.server.conninfo(user=ROLE)
        return
    mode: Literal["transaction", "session"]
    mode = "session" if setting.way is Way.PINNED else "transaction"
    with pgbouncer.pooler(
        setting.bounced, setting.server, ROLE, mode=mode, wait_s=setting.patience_s
    ) as (conninfo, _):
        yield conninfo


def _point(setting: _Setting, conninfo: str, count: int, seconds: float) -> Point:
    with _Watch(setting.server) as watch:
        calls = asyncio.run(_run(setting, conninfo, count, seconds, watch))
    times = sorted(calls.latencies_s)
    cuts = quantiles(times, n=20) if len(times) > 1 else None
    return Point(
        clients=count,
        connections=watch.most,
        served=len(times),
        refused=calls.refused,
        p50_ms=round(cuts[9] * 1000, 2) if cuts else None,
        p95_ms=round(cuts[18] * 1000, 2) if cuts else None,
    )


async def _run(
    setting: _Setting, conninfo: str, count: int, seconds: float, watch: "_Watch"
) -> Calls:
    async with _door(setting, conninfo) as door:
        return await run(count, seconds, door, watch.count)


@contextlib.asynccontextmanager
async def _door(setting: _Setting, conninfo: str) -> AsyncIterator[Door]:
    if setting.way is Way.DIRECT or setting.bounced:
        yield Door(conninfo)
        return
    async with in_process_pool(conninfo, POOLER, setting.patience_s) as pool:
        yield Door(conninfo, pool=pool, pinned=setting.way is Way.PINNED)


class _Watch:
    """Counts the functions' connections at the database, on a connection kept for superusers."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch)
        self.most = 0

    def __enter__(self) -> Self:
        self._connection = psycopg.connect(self._server.conninfo(), autocommit=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self.count()

    def count(self) -> None:
        """Count now."""
        with self._lock:
            row = self._connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [ROLE]
            ).fetchone()
            self.most = max(self.most, row[0] if row else 0)
