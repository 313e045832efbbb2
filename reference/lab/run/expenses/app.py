"""The client's expenses app under load, in a process of its own.

Open loop: each call starts at its due time, however slow the database is, and its latency counts
from there. So a stalled database can't hide the calls that it delays (coordinated omission).
It reads commands from standard input, a JSON line for each block of calls, and answers each with
the timings of the calls.
"""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
from msgspec import Struct, json
from psycopg_pool import AsyncConnectionPool

from lab.run.expenses.calls import Call, draw_call

TIMEOUT_S = 5.0
"""After this time the app shows its user an error."""


class Block(Struct, frozen=True, kw_only=True):
    """A command: `rate` calls a second for `seconds`, from `start` (monotonic) on."""

    seed: int
    start: float
    rate: float
    seconds: float


class CallTiming(Struct, frozen=True, kw_only=True, array_like=True):
    """One call. `due_s` counts from the start of its block; `lag_s` is how late it was started."""

    kind: str
    due_s: float
    lag_s: float
    latency_s: float
    failed: str | None


class App:
    """Makes calls over a pool, or each over a connection of its own."""

    def __init__(
        self,
        conninfo: str,
        pool: AsyncConnectionPool | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without `pool` it connects for each call; `now` is monotonic seconds."""
        self._conninfo = conninfo
        self._pool = pool
        self._now = now

    async def run(self, block: Block) -> list[CallTiming]:
        """Make the calls of a block; returns when the last is answered or timed out."""
        rng = random.Random(block.seed)  # noqa: S311  a load, not a secret
        started = block.start
        tasks: list[asyncio.Task[CallTiming]] = []
        due_s = rng.expovariate(block.rate)
        while due_s < block.seconds:
            await asyncio.sleep(max(0.0, started + due_s - self._now()))
            tasks.append(asyncio.create_task(self._measure(draw_call(rng), started, due_s)))
            due_s += rng.expovariate(block.rate)
        return list(await asyncio.gather(*tasks))

    async def _measure(self, call: Call, started: float, due_s: float) -> CallTiming:
        lag_s = self._now() - started - due_s
        failed = None
        try:
            async with asyncio.timeout(TIMEOUT_S), self._connection() as connection:
                cursor = await connection.execute(call.statement, call.parameters)
                if cursor.description:
                    await cursor.fetchall()
        except (psycopg.Error, OSError, TimeoutError) as error:
            failed = f"{type(error).__name__}: {error}".splitlines()[0]
        latency_s = self._now() - started - due_s
        return CallTiming(
            kind=call.kind, due_s=due_s, lag_s=lag_s, latency_s=latency_s, failed=failed
        )

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        if self._pool:
            async with self._pool.connection() as connection:
                yield connection
        else:
            connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            async with connection:
                yield connection


async def serve(conninfo: str, pool_size: int) -> None:
    """Answer commands until standard input ends."""
    pool = None
    if pool_size:
        pool = AsyncConnectionPool(
            conninfo,
            min_size=pool_size,
            max_size=pool_size,
            open=False,
            kwargs={"autocommit": True},
            timeout=TIMEOUT_S,
        )
        await pool.open(wait=True)
    app = App(conninfo, pool)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        timings = await app.run(json.decode(line, type=Block))
        sys.stdout.buffer.write(json.encode(timings) + b"\n")
        sys.stdout.buffer.flush()
    if pool:
        await pool.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
