"""Functions as Lambda runs them: each connects when its environment starts and keeps that."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import psycopg
from msgspec import Struct
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from lab.pooler.design import CALL_EVERY_S, CONNECT_TIMEOUT_S, HELD_S

CALL = f"INSERT INTO pooler.stored DEFAULT VALUES; SELECT pg_sleep({HELD_S})"
"""One transaction: a simple query of two statements."""


class Calls(Struct):
    """What became of the calls."""

    latencies_s: list[float]
    """Of those that were served, from the moment they were due."""
    refused: int = 0


class Door:
    """How a function gets a connection, and whether it keeps it between its calls."""

    def __init__(
        self, conninfo: str, *, pool: AsyncConnectionPool | None = None, pinned: bool = False
    ) -> None:
        """`pool` stands between where no PgBouncer does; `pinned`: a connection of it is kept."""
        self._conninfo = conninfo
        self._pool = pool
        self.kept = pool is None or pinned

    def connection(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection]:
        """One; given back, or closed, on the way out."""
        if self._pool is not None:
            return self._pool.connection()
        return _Opened(self._conninfo)


class _Opened(AbstractAsyncContextManager[psycopg.AsyncConnection]):
    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo

    async def __aenter__(self) -> psycopg.AsyncConnection:
        self._connection = await psycopg.AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            prepare_threshold=None,  # a pooler gives each transaction another session
        )
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


async def run(
    clients: int, seconds: float, door: Door, while_all_are_there: Callable[[], None]
) -> Calls:
    """So many functions for so long; returns when the last call has ended.

    An environment outlives its calls: none leaves before the last call of all has ended, and
    `while_all_are_there` was called.
    """
    seen = Calls(latencies_s=[])
    start = time.monotonic()
    chance = random.Random(clients)  # noqa: S311  a load, not a secret
    ended, leave = asyncio.Barrier(clients + 1), asyncio.Event()

    async def function(phase: float) -> None:
        async with AsyncExitStack() as kept:
            await _calls(door, kept, start + phase * CALL_EVERY_S, start + seconds, seen)
            await ended.wait()
            await leave.wait()

    async with asyncio.TaskGroup() as functions:
        for _ in range(clients):
            functions.create_task(function(chance.random()))
        await ended.wait()
        await asyncio.to_thread(while_all_are_there)
        leave.set()
    return seen


async def _calls(door: Door, kept: AsyncExitStack, due: float, until: float, seen: Calls) -> None:
    """A function's calls, one every `CALL_EVERY_S`; refused, it connects anew with the next."""
    connection: psycopg.AsyncConnection | None = None
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        try:
            if door.kept:
                if connection is None:
                    connection = await kept.enter_async_context(door.connection())
                await _call(connection)
            else:
                async with door.connection() as lent:
                    await _call(lent)
        except (psycopg.OperationalError, PoolTimeout):
            seen.refused += 1
            connection = None
        else:
            seen.latencies_s.append(time.monotonic() - due)
        # Late is late: a function has no second call while the first one waits.
        due = max(due + CALL_EVERY_S, time.monotonic())


async def _call(connection: psycopg.AsyncConnection) -> None:
    await connection.execute(CALL)


def in_process_pool(conninfo: str, size: int, patience_s: float) -> AsyncConnectionPool:
    """What stands between where PgBouncer isn't installed; open it with `async with`."""
    return AsyncConnectionPool(
        conninfo,
        min_size=0,
        max_size=size,
        timeout=patience_s,
        kwargs={"autocommit": True, "prepare_threshold": None},
        open=False,
    )
