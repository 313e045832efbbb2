"""Runs the functions against a real PostgreSQL, one way and one number of them after another."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from statistics import quantiles

import psycopg
from msgspec import Struct

from lab.measure.peak import pgbouncer
from lab.measure.peak.design import MAX_CONNECTIONS, POOLER
from lab.measure.pooler.clients import Calls, Source, connecting, pooled, run
from lab.measure.pooler.design import CALL_EVERY_S, HELD_S, PATIENCE_S, Way
from lab.run.postgres import Postgres, running_postgres
from lab.support.connections import ConnectionWatcher
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
    with running_postgres(max_connections=MAX_CONNECTIONS) as server:
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute(SCHEMA.encode())
        for way in ways:
            with _between(server, way, program, patience_s) as make_source:
                found[way] = []
                for count in clients:
                    progress(way, count)
                    found[way].append(_point(server, make_source, count, seconds))
    return Figures(
        provenance=provenance("lab.measure.pooler", "lab.measure.peak.pgbouncer"),
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


MakeSource = Callable[[], AbstractAsyncContextManager[Source]]


@contextlib.contextmanager
def _between(
    server: Postgres, way: Way, program: str | None, patience_s: float
) -> Iterator[MakeSource]:
    """What stands between. In session mode PgBouncer pins a session to its backend."""
    direct, pinned = server.conninfo(user=ROLE), way is Way.PINNED
    if way is Way.DIRECT:
        yield partial(connecting, direct)
    elif program is None:
        yield partial(pooled, direct, POOLER, patience_s, pinned=pinned)
    else:
        with pgbouncer.pooler(
            program,
            server,
            ROLE,
            mode="session" if pinned else "transaction",
            wait_s=patience_s,
        ) as (conninfo, _):
            yield partial(connecting, conninfo)


def _point(server: Postgres, make_source: MakeSource, count: int, seconds: float) -> Point:
    with ConnectionWatcher(server.conninfo(), SAMPLE_S) as watcher:
        calls = asyncio.run(_run(make_source, count, seconds, watcher))
        connections = watcher.peak()
    times = sorted(calls.latencies_s)
    cuts = quantiles(times, n=20) if len(times) > 1 else None
    return Point(
        clients=count,
        connections=connections,
        served=len(times),
        refused=calls.refused,
        p50_ms=round(cuts[9] * 1000, 2) if cuts else None,
        p95_ms=round(cuts[18] * 1000, 2) if cuts else None,
    )


async def _run(
    make_source: MakeSource, count: int, seconds: float, watcher: ConnectionWatcher
) -> Calls:
    async with make_source() as source:
        return await run(count, seconds, source, watcher.count)
