"""Functions as Lambda runs them: each connects when its environment starts, and stays connected."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import psycopg
from msgspec import Struct
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from lab.measure.pooler.design import CALL_EVERY_S, CONNECT_TIMEOUT_S, TRANSACTION_S

CALL = f"INSERT INTO pooler.stored DEFAULT VALUES; SELECT pg_sleep({TRANSACTION_S})"
"""One transaction: a simple query of two statements."""


class CallCounts(Struct):
    """The latencies of served calls, and the number of refused ones."""

    latencies_s: list[float]
    """Of the served calls, from the moment when each was due."""
    refused: int = 0


class ConnectionSource(Struct, frozen=True):
    """Where functions get connections; `keeps` says whether one stays theirs between calls."""

    connection: Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection]]
    keeps: bool


@asynccontextmanager
async def own_connections(conninfo: str) -> AsyncIterator[ConnectionSource]:
    """A connection of its own for each function, to the database or to a PgBouncer."""

    @asynccontextmanager
    async def connection() -> AsyncIterator[psycopg.AsyncConnection]:
        opened = await psycopg.AsyncConnection.connect(
            conninfo,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            prepare_threshold=None,  # a pooler gives each transaction another session
        )
        async with opened:
            yield opened

    yield ConnectionSource(connection, keeps=True)


@asynccontextmanager
async def pooled_connections(
    conninfo: str, size: int, timeout_s: float, *, pinned: bool
) -> AsyncIterator[ConnectionSource]:
    """Psycopg's pool, for where PgBouncer isn't installed; `pinned` functions keep a connection."""
    async with AsyncConnectionPool(
        conninfo,
        min_size=0,
        max_size=size,
        timeout=timeout_s,
        kwargs={"autocommit": True, "prepare_threshold": None},
        open=False,
    ) as pool:
        yield ConnectionSource(pool.connection, keeps=pinned)


async def run(
    clients: int, seconds: float, source: ConnectionSource, on_all_connected: Callable[[], None]
) -> CallCounts:
    """Run `clients` functions for `seconds`; returns when the last call has ended.

    An environment outlives its calls: each stays connected until the last call of all has ended and
    `on_all_connected` has returned.
    """
    counts = CallCounts(latencies_s=[])
    start = time.monotonic()
    chance = random.Random(clients)  # noqa: S311  a load, not a secret
    ended, leave = asyncio.Barrier(clients + 1), asyncio.Event()

    async def function(phase: float) -> None:
        async with AsyncExitStack() as connections:
            await _calls(source, connections, start + phase * CALL_EVERY_S, start + seconds, counts)
            await ended.wait()
            await leave.wait()

    async with asyncio.TaskGroup() as functions:
        for _ in range(clients):
            functions.create_task(function(chance.random()))
        await ended.wait()
        await asyncio.to_thread(on_all_connected)
        leave.set()
    return counts


async def _calls(
    source: ConnectionSource,
    connections: AsyncExitStack,
    due: float,
    until: float,
    counts: CallCounts,
) -> None:
    """A function's calls, one every `CALL_EVERY_S`; after a refusal the next one connects."""
    connection: psycopg.AsyncConnection | None = None
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        try:
            if source.keeps:
                if connection is None:
                    connection = await connections.enter_async_context(source.connection())
                await connection.execute(CALL)
            else:
                async with source.connection() as lent:
                    await lent.execute(CALL)
        except (psycopg.OperationalError, PoolTimeout):
            counts.refused += 1
            connection = None
        else:
            counts.latencies_s.append(time.monotonic() - due)
        # A late call delays the next one: a function has one call at a time.
        due = max(due + CALL_EVERY_S, time.monotonic())
