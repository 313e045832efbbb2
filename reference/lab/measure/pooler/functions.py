"""Functions as Lambda runs them: each connects when its environment starts and keeps that."""

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
    """What became of the calls."""

    latencies_s: list[float]
    """Of those that were served, from the moment they were due."""
    refused: int = 0


class ConnectionSource(Struct, frozen=True):
    """Where functions get their connections, and whether one is kept between the calls."""

    connection: Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection]]
    kept: bool


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

    yield ConnectionSource(connection, kept=True)


@asynccontextmanager
async def pooled_connections(
    conninfo: str, size: int, patience_s: float, *, pinned: bool
) -> AsyncIterator[ConnectionSource]:
    """Psycopg's pool, where PgBouncer isn't installed; `pinned` functions give nothing back."""
    async with AsyncConnectionPool(
        conninfo,
        min_size=0,
        max_size=size,
        timeout=patience_s,
        kwargs={"autocommit": True, "prepare_threshold": None},
        open=False,
    ) as pool:
        yield ConnectionSource(pool.connection, kept=pinned)


async def run(
    clients: int, seconds: float, source: ConnectionSource, on_all_connected: Callable[[], None]
) -> CallCounts:
    """So many functions for so long; returns when the last call has ended.

    An environment outlives its calls: none leaves before the last call of all has ended, and
    `on_all_connected` was called.
    """
    seen = CallCounts(latencies_s=[])
    start = time.monotonic()
    chance = random.Random(clients)  # noqa: S311  a load, not a secret
    ended, leave = asyncio.Barrier(clients + 1), asyncio.Event()

    async def function(phase: float) -> None:
        async with AsyncExitStack() as kept:
            await _calls(source, kept, start + phase * CALL_EVERY_S, start + seconds, seen)
            await ended.wait()
            await leave.wait()

    async with asyncio.TaskGroup() as functions:
        for _ in range(clients):
            functions.create_task(function(chance.random()))
        await ended.wait()
        await asyncio.to_thread(on_all_connected)
        leave.set()
    return seen


async def _calls(
    source: ConnectionSource, kept: AsyncExitStack, due: float, until: float, seen: CallCounts
) -> None:
    """A function's calls, one every `CALL_EVERY_S`; refused, it connects anew with the next."""
    connection: psycopg.AsyncConnection | None = None
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        try:
            if source.kept:
                if connection is None:
                    connection = await kept.enter_async_context(source.connection())
                await connection.execute(CALL)
            else:
                async with source.connection() as lent:
                    await lent.execute(CALL)
        except (psycopg.OperationalError, PoolTimeout):
            seen.refused += 1
            connection = None
        else:
            seen.latencies_s.append(time.monotonic() - due)
        # Late is late: a function has no second call while the first one waits.
        due = max(due + CALL_EVERY_S, time.monotonic())
