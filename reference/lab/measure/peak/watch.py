"""The page of a peak that somebody watches: after each block, what was measured of it anyway.

It disturbs nothing that is measured: no sample is taken for it, and it counts between blocks, in
the half second in which the readers of the next one open their connections. An open page asks once
a second for what lies in memory. A browser on the same machine takes its time all the same, so the
figures of a watched run don't go to the pages.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from statistics import median

import numpy as np
from msgspec import Struct, json
from starlette import routing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from lab.measure.peak.design import ArrivalCurve, BenchSize, Route, curve
from lab.measure.peak.measure import BlockResult
from lab.measure.peak.report import TITLES
from lab.measure.peak.worker_protocol import WriteCommand
from lab.run.live.server import HEADERS, OnlyFromHere, assets, served
from lab.support.paths import DOCS, LAB

RESERVED = 3
"""Connections that PostgreSQL keeps for its superuser; the watcher of connections has one."""

KEPT_BLOCKS = 300
PAGE = LAB / "measure" / "peak" / "watch.html"
SHEETS = ("naive-direct-writes", "on-premises-buffer")


class Running(Struct, frozen=True, kw_only=True):
    """The block that runs: its way to write, its round, where on the arrival curve it is.

    Of the buffered ways `ceiling` is what the client allows, in rows a second.
    """

    way: Route
    title: str
    round: int
    position_s: float
    readers: int
    ceiling: float | None


class Seen(Struct, frozen=True, kw_only=True):
    """One block's figures; `app_p95_ms` is of the app's answered calls, if there are any."""

    way: Route
    app_p95_ms: float | None
    app_calls: int
    app_failed: int
    connections: int
    rows_per_s: float
    ceiling: float | None
    refused: int
    lost: int


class Sum(Struct, frozen=True, kw_only=True):
    """A way to write, its blocks so far together: medians of p95 and rate, the most connections."""

    way: Route
    title: str
    blocks: int
    app_p95_ms: float | None
    app_calls: int
    app_failed: int
    rows_per_s: float
    refused: int
    lost: int
    connections: int


class Shown(Struct, frozen=True, kw_only=True):
    """All that the page shows of this part of the run, which has gone on for `since_s`."""

    part: str
    rounds: int
    since_s: float
    limit: int
    running: Running | None
    sums: Sequence[Sum]
    blocks: Sequence[Seen]


class Watch:
    """A `measure.Spectator`. The measuring thread adds blocks, the page's thread asks."""

    def __init__(
        self,
        scale: BenchSize = BenchSize(),  # noqa: B008  frozen
        arrivals: ArrivalCurve | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Of a peak of this size; `now` is monotonic seconds."""
        self._limit = scale.max_connections - RESERVED
        self._ramp = (arrivals or curve()).ramp
        self._now = now
        self.begin("Servers start", 0)

    def begin(self, part: str, rounds: int) -> None:
        """A part of the run begins: sums begin anew. Without `rounds` there are none."""
        self._part, self._rounds, self._since = part, rounds, self._now()
        self._running: Running | None = None
        self._blocks: deque[Seen] = deque(maxlen=KEPT_BLOCKS)
        self._of: dict[Route, list[Seen]] = {}

    def begins(self, write: WriteCommand, number: int) -> None:
        """Note the block that begins now."""
        self._running = Running(
            way=write.route,
            title=TITLES[write.route],
            round=number,
            position_s=write.position,
            readers=self._ramp.at(write.position) if write.route.direct else 0,
            ceiling=write.ceiling if write.route.buffered else None,
        )

    def ended(self, block: BlockResult) -> None:
        """Add a block's figures; its samples are not kept. One that warms up counts for nothing."""
        running, self._running = self._running, None
        if block.round < 0:
            return
        answered = [call.latency_s for call in block.calls if call.failed is None]
        seen = Seen(
            way=block.route,
            app_p95_ms=1e3 * float(np.percentile(answered, 95)) if answered else None,
            app_calls=len(block.calls),
            app_failed=len(block.calls) - len(answered),
            connections=block.connections,
            rows_per_s=block.written.committed / block.seconds,
            ceiling=running.ceiling if running else None,
            refused=block.written.refused,
            lost=block.written.lost,
        )
        self._blocks.append(seen)
        if self._rounds:
            self._of.setdefault(seen.way, []).append(seen)

    def shown(self) -> Shown:
        """What the page shows now."""
        return Shown(
            part=self._part,
            rounds=self._rounds,
            since_s=self._now() - self._since,
            limit=self._limit,
            running=self._running,
            sums=[_sum(self._of[way]) for way in Route if way in self._of],
            blocks=list(self._blocks.copy()),
        )


def _sum(blocks: Sequence[Seen]) -> Sum:
    blocks = tuple(blocks)  # one more may be added meanwhile
    p95 = [one.app_p95_ms for one in blocks if one.app_p95_ms is not None]
    return Sum(
        way=blocks[0].way,
        title=TITLES[blocks[0].way],
        blocks=len(blocks),
        app_p95_ms=median(p95) if p95 else None,
        app_calls=sum(one.app_calls for one in blocks),
        app_failed=sum(one.app_failed for one in blocks),
        rows_per_s=median(one.rows_per_s for one in blocks),
        refused=sum(one.refused for one in blocks),
        lost=sum(one.lost for one in blocks),
        connections=max(one.connections for one in blocks),
    )


def page() -> str:
    """The page: the two sheets, and places for what is measured."""
    text = PAGE.read_text(encoding="utf-8")
    for name in SHEETS:
        figure = (DOCS / "diagrams" / f"{name}.figure.html").read_text(encoding="utf-8")
        text = text.replace(f"<!-- {name} -->", figure)
    return text


@contextlib.contextmanager
def watched(watch: Watch) -> Iterator[str]:
    """Serve the page on 127.0.0.1 until the context ends; gives its address."""

    async def show(_: Request) -> Response:
        return Response(page(), media_type="text/html", headers=HEADERS)

    async def status(_: Request) -> Response:
        body = json.encode(watch.shown())
        return Response(body, media_type="application/json", headers=HEADERS)

    def make(token: str, port: int) -> ASGIApp:
        own = [routing.Route("/", show), routing.Route("/status", status), *assets()]
        return OnlyFromHere(Starlette(routes=[routing.Mount(f"/{token}", routes=own)]), port)

    with served(make) as address:
        yield address
