"""Runs the functions against a real PostgreSQL, mode by mode, with more and more of them."""

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
from lab.measure.pooler.design import CALL_EVERY_S, POOL_TIMEOUT_S, TRANSACTION_S, ConnectionMode
from lab.measure.pooler.functions import (
    CallCounts,
    ConnectionSource,
    own_connections,
    pooled_connections,
    run,
)
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


class PoolerPoint(Struct, frozen=True, kw_only=True):
    """The figures of one mode with `clients` functions."""

    clients: int
    connections: int
    """The most connections that the database had at once."""
    served: int
    refused: int
    """Calls that got no connection: the database refused it, or the wait timed out."""
    p50_ms: float | None
    p95_ms: float | None


class PoolerFigures(DataFile, frozen=True, kw_only=True):
    """The content of `docs/data/pooler.json`."""

    stands_in: str
    """The pooler that ran in place of RDS Proxy."""
    max_connections: int
    pool_size: int
    call_every_s: float
    held_s: float
    patience_s: float
    seconds: float
    ways: dict[ConnectionMode, list[PoolerPoint]]


def measure(
    clients: Sequence[int],
    seconds: float,
    progress: Callable[[ConnectionMode, int], None],
    program: str | None = None,
    *,
    modes: Sequence[ConnectionMode] = tuple(ConnectionMode),
    timeout_s: float = POOL_TIMEOUT_S,
) -> PoolerFigures:
    """Measure each mode with each number of functions, for `seconds` each.

    `program` is PgBouncer's path; without it psycopg's pool is used, in our own process. A function
    waits `timeout_s` for a connection of the pooler. Raises `PostgresError`.
    """
    found: dict[ConnectionMode, list[PoolerPoint]] = {}
    with running_postgres(max_connections=MAX_CONNECTIONS) as server:
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute(SCHEMA.encode())
        for mode in modes:
            with _connection_sources(server, mode, program, timeout_s) as make_source:
                found[mode] = []
                for count in clients:
                    progress(mode, count)
                    found[mode].append(_point(server, make_source, count, seconds))
    return PoolerFigures(
        provenance=provenance("lab.measure.pooler", "lab.measure.peak.pgbouncer"),
        stands_in=pooler_name(program),
        max_connections=MAX_CONNECTIONS,
        pool_size=POOLER,
        call_every_s=CALL_EVERY_S,
        held_s=TRANSACTION_S,
        patience_s=timeout_s,
        seconds=seconds,
        ways=found,
    )


def pooler_name(program: str | None) -> str:
    """The pooler's name and version."""
    if program:
        return pgbouncer.version(program)
    return "psycopg's pool, in the functions' own process"


OpenConnectionSource = Callable[[], AbstractAsyncContextManager[ConnectionSource]]


@contextlib.contextmanager
def _connection_sources(
    server: Postgres, mode: ConnectionMode, program: str | None, timeout_s: float
) -> Iterator[OpenConnectionSource]:
    """Connection sources of a mode. PgBouncer's session mode pins a client to a connection."""
    direct, pinned = server.conninfo(user=ROLE), mode is ConnectionMode.PINNED
    if mode is ConnectionMode.DIRECT:
        yield partial(own_connections, direct)
    elif program is None:
        yield partial(pooled_connections, direct, POOLER, timeout_s, pinned=pinned)
    else:
        with pgbouncer.pooler(
            program,
            server,
            ROLE,
            mode="session" if pinned else "transaction",
            wait_s=timeout_s,
        ) as (conninfo, _):
            yield partial(own_connections, conninfo)


def _point(
    server: Postgres, make_source: OpenConnectionSource, count: int, seconds: float
) -> PoolerPoint:
    with ConnectionWatcher(server.conninfo(), SAMPLE_S) as watcher:
        calls = asyncio.run(_run(make_source, count, seconds, watcher))
        connections = watcher.peak()
    times = sorted(calls.latencies_s)
    cuts = quantiles(times, n=20) if len(times) > 1 else None
    return PoolerPoint(
        clients=count,
        connections=connections,
        served=len(times),
        refused=calls.refused,
        p50_ms=round(cuts[9] * 1000, 2) if cuts else None,
        p95_ms=round(cuts[18] * 1000, 2) if cuts else None,
    )


async def _run(
    make_source: OpenConnectionSource, count: int, seconds: float, watcher: ConnectionWatcher
) -> CallCounts:
    async with make_source() as source:
        return await run(count, seconds, source, watcher.count)
