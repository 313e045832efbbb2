"""Direct writes, the design that most people begin with: every reader writes for itself.

Readers come and go as Lambda scales them. Each opens its connection when its environment starts
and keeps it, as AWS advises; a refused reader tries again with its next receipt.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import psycopg
from msgspec import Raw
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from lab.measure.peak.design import BACKOFF_S, POOLER, RETRIES, SETTLE_S, ArrivalCurve, Route
from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from receipts.agent.rows import row
from receipts.messages import ResultMessage

POOL_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 5


class Readers:
    """The readers that run at one point of the arrival curve, for one block."""

    def __init__(
        self,
        conninfo: str,
        bouncer: str,
        command: WriteCommand,
        curve: ArrivalCurve,
        results: Iterator[ResultMessage],
    ) -> None:
        """`results` are written in turn; `bouncer` is the conninfo of a PgBouncer, or empty."""
        self._through_pgbouncer = command.route is Route.POOLED and bool(bouncer)
        self._conninfo = bouncer if self._through_pgbouncer else conninfo
        self._command = command
        self._read_s = curve.read_s
        self._results = results
        self._count = curve.ramp.at(command.position)
        self._counts: Counter[str] = Counter()
        self._pool: AsyncConnectionPool | None = None
        self._chance = random.Random(command.position)  # noqa: S311  a load, not a secret

    async def run(self) -> WriteResult:
        """Write for one block; returns when the last row is written or given up."""
        async with self._pooled():
            await asyncio.gather(*(self._reader() for _ in range(self._count)))
        return WriteResult(
            committed=self._counts["committed"],
            attempts=self._counts["attempts"],
            refused=self._counts["refused"],
            lost=self._counts["lost"],
        )

    @asynccontextmanager
    async def _pooled(self) -> AsyncIterator[None]:
        if self._command.route is not Route.POOLED or self._through_pgbouncer:
            yield
            return
        pool = AsyncConnectionPool(
            self._conninfo,
            min_size=POOLER,
            max_size=POOLER,
            timeout=POOL_TIMEOUT_S,
            kwargs={"autocommit": True},
            open=False,
        )
        async with pool:
            await pool.wait()
            self._pool = pool
            yield

    async def _reader(self) -> None:
        """One environment: connects, then stores a receipt every `read_s`."""
        command = self._command
        connection: psycopg.AsyncConnection | None = None
        await _until(command.start - SETTLE_S + self._chance.uniform(0, SETTLE_S / 2))
        if self._pool is None:
            with suppress(psycopg.OperationalError):
                connection = await self._connect()
        due = command.start + self._chance.uniform(0, self._read_s)
        while due < command.start + command.seconds:
            await _until(due)
            connection = await self._store(next(self._results), connection)
            due += self._read_s
        if connection is not None:
            await connection.close()

    async def _store(
        self, result: ResultMessage, connection: psycopg.AsyncConnection | None
    ) -> psycopg.AsyncConnection | None:
        tries = 1 + (RETRIES if self._command.route is Route.RETRIES else 0)
        for number in range(tries):
            self._counts["attempts"] += 1
            try:
                if self._pool is not None:
                    async with self._pool.connection() as lent:
                        await _insert(lent, result)
                else:
                    connection = connection or await self._connect()
                    await _insert(connection, result)
            except (psycopg.OperationalError, PoolTimeout):
                self._counts["refused"] += 1
                pause = BACKOFF_S * 2**number * self._chance.uniform(0.5, 1.5)
                await asyncio.sleep(pause if number + 1 < tries else 0)
            else:
                self._counts["committed"] += 1
                return connection
        self._counts["lost"] += 1
        return connection

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            # A pooler in transaction mode gives each statement another session.
            prepare_threshold=None if self._through_pgbouncer else 5,
        )


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def _insert(connection: psycopg.AsyncConnection, result: ResultMessage) -> None:
    values = {
        name: bytes(value).decode() if isinstance(value, Raw) else value
        for name, value in row(result).items()
    }
    columns = ", ".join(f'"{name}"' for name in values)
    await connection.execute(
        f"INSERT INTO peak.receipt ({columns}) VALUES ({', '.join(['%s'] * len(values))})",  # noqa: S608  our own names
        list(values.values()),
    )
