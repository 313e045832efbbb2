"""Runs the blocks: each round has every route once, in random order."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct, json
from msgspec.structs import replace

from lab.measure.peak.design import (
    APP_POOL,
    BLOCK_S,
    RATES,
    SETTLE_S,
    WARM_UP_ROUNDS,
    ArrivalCurve,
    BenchSize,
    Route,
    curve,
)
from lab.measure.peak.pgbouncer import installed, pooler
from lab.measure.peak.replay_corpus import batch_id_of
from lab.measure.peak.server import CpuPinning, DatabaseWatcher, client_server
from lab.measure.peak.worker_protocol import WorkerProcess, WriteCommand, WriteResult
from lab.run.expenses.app import Block, CallTiming
from receipts.agent.config import SHARE

START_DELAY_S = SETTLE_S + 0.1
"""From the command to the block: settling time for the readers, and a moment for the app."""


class Ceilings(Struct, frozen=True, kw_only=True):
    """Rows a second that the client allows, and the share of a transaction in flight.

    A client who measured sets both; one who guessed the ceiling keeps the default share.
    """

    well_set: float
    too_high: float
    share: float = SHARE

    def of(self, route: Route) -> float:
        """The ceiling of a route."""
        return self.too_high if route.too_high else self.well_set

    def share_of(self, route: Route) -> float:
        """The share of a route."""
        return SHARE if route.too_high else self.share


class BlockResult(Struct, frozen=True, kw_only=True):
    """The measurements of one block."""

    round: int
    route: Route
    calls: Sequence[CallTiming]
    written: WriteResult
    connections: int
    seconds: float = BLOCK_S


class RowCounts(Struct, frozen=True, kw_only=True):
    """Of one batch: results that the writer took for stored, rows, distinct receipts among them."""

    acknowledged: int = 0
    stored: int = 0
    distinct: int = 0


class Spectator(Protocol):
    """Is told of each block, before and after it, and takes no time in between."""

    def begins(self, write: WriteCommand, number: int) -> None:
        """A block of round `number` begins; before the first one they are negative."""
        ...

    def ended(self, block: BlockResult) -> None:
        """It has ended."""
        ...


class Bench:
    """The three machines of the experiment, ready, in one app mode."""

    def __init__(
        self,
        app: WorkerProcess,
        rate: float,
        routes: WorkerProcess,
        watcher: DatabaseWatcher,
        block_s: float,
        spectator: Spectator | None = None,
    ) -> None:
        """`rate` is the app's calls a second."""
        self._app = app
        self._rate = rate
        self._routes = routes
        self._watcher = watcher
        self._block_s = block_s
        self._spectator = spectator
        self._acknowledged: Counter[str] = Counter()

    def block(self, seed: int, write: WriteCommand, number: int = 0) -> BlockResult:
        """Run one block; sets `start` and `seconds` of `write`."""
        if self._spectator:
            self._spectator.begins(write, number)
        start = time.monotonic() + START_DELAY_S
        self._routes.send(replace(write, start=start, seconds=self._block_s))
        self._watcher.peak()
        self._app.send(Block(seed=seed, start=start, rate=self._rate, seconds=self._block_s))
        calls = self._app.receive(list[CallTiming])
        written = self._routes.receive(WriteResult)
        self._acknowledged[batch_id_of(write.route, write.ceiling)] += written.committed
        ended = BlockResult(
            round=number,
            route=write.route,
            calls=calls,
            written=written,
            connections=self._watcher.peak(),
            seconds=self._block_s,
        )
        if self._spectator:
            self._spectator.ended(ended)
        return ended

    def rounds(
        self, routes: Sequence[Route], positions: Sequence[float], ceilings: Ceilings, seed: int
    ) -> Iterator[BlockResult]:
        """Run every route once a round, in random order; the first rounds only warm up."""
        order = random.Random(seed)  # noqa: S311  reproducible, not secret
        for number, position in enumerate([positions[0]] * WARM_UP_ROUNDS + list(positions)):
            for route in order.sample(list(routes), len(routes)):
                write = WriteCommand(
                    route=route,
                    start=0,
                    seconds=0,
                    position=position,
                    ceiling=ceilings.of(route),
                    share=ceilings.share_of(route),
                )
                # All routes of a round meet the same calls of the app: only the writes differ.
                blocked = self.block(seed + number, write, number - WARM_UP_ROUNDS)
                if number >= WARM_UP_ROUNDS:
                    yield blocked

    def rows(self) -> dict[str, RowCounts]:
        """What the writers took for stored, and what the database has, by batch."""
        return {
            batch: RowCounts(
                acknowledged=self._acknowledged[batch], stored=stored, distinct=distinct
            )
            for batch, (stored, distinct) in self._watcher.rows().items()
        }


@contextlib.contextmanager
def bench(
    mode: str,
    cache: Path,
    scale: BenchSize = BenchSize(),  # noqa: B008  frozen
    arrivals: ArrivalCurve | None = None,
    spectator: Spectator | None = None,
) -> Iterator[Bench]:
    """A fresh server, the app in this mode ("pool" or "connect"), and our writers.

    `arrivals` is the curve of the direct routes' functions; by default the template's. A
    `spectator` is told of the blocks.
    """
    pinned = CpuPinning()
    with client_server(pinned, scale) as server, contextlib.ExitStack() as stack:
        pool = str(APP_POOL if mode == "pool" else 0)
        app = WorkerProcess("lab.run.expenses.app", server.conninfo("expenses_app"), pool)
        stack.callback(app.stop)
        bouncer, program = "", installed()
        if program:
            bouncer, pid = stack.enter_context(pooler(program, server, "readers"))
            pinned.client(pid)
        routes = WorkerProcess(
            "lab.measure.peak.routes",
            server.conninfo("readers"),
            bouncer,
            server.conninfo("receipts_agent"),
            str(cache),
            json.encode(arrivals or curve()).decode(),
        )
        stack.callback(routes.stop)
        for worker in (app, routes):
            pinned.client(worker.pid)
        watcher = DatabaseWatcher(server.conninfo())
        stack.callback(watcher.stop)
        yield Bench(app, RATES[mode], routes, watcher, scale.block_s, spectator)


def positions(curve: ArrivalCurve, rounds: int) -> list[float]:
    """Where on the curve each round's blocks begin: in equal steps over all of it."""
    return [curve.seconds * number / rounds for number in range(rounds)]
