"""Serves on 127.0.0.1: `/metrics` for Prometheus, `/health` for a supervisor."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from receipts.agent.gate import ClosedReason
from receipts.agent.writer import Cycle

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

    Answers = Callable[[dict[str, Any], StartResponse], bytes | None]

MAX_SILENCE_S = 120.0
"""A healthy agent finishes a cycle more often than this, however slow AWS and the database are."""

logger = logging.getLogger(__name__)

_WRITING = "writing"
_OUT_OF_REACH = "AWS out of reach"


class Metrics:
    """Counts, never contents."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """A registry of its own, so that two agents in one process don't meet."""
        self.registry = CollectorRegistry()
        self._now = now
        self._cycled_at = now()
        kw: dict[str, Any] = {"namespace": "receipts_agent", "registry": self.registry}
        self._received = Counter("received", "Messages received", **kw)
        self._stored = Counter("rows_stored", "Rows committed, repeated deliveries included", **kw)
        self._new = Counter("rows_new", "Rows that were not there before", **kw)
        self._set_aside = Counter("set_aside", "Messages set aside on the dead-letter queue", **kw)
        self._failures = Counter("failures", "Transactions that the database did not take", **kw)
        self._away = Counter("aws_failures", "Cycles in which AWS was out of reach", **kw)
        self._seconds = Histogram("write_seconds", "From offering the rows to the answer", **kw)
        self._rate = Gauge("rate_rows_per_second", "The pace now: the ceiling, or less", **kw)
        states = [why.value for why in ClosedReason if why is not ClosedReason.PACE]
        states += [_WRITING, _OUT_OF_REACH]
        self._warnings = Gauge("server_warnings", "What `receipts agent --check` would name", **kw)
        self._state = Enum("state", "What the agent is doing", states=states, **kw)
        self.healthy = True
        self.warnings: Sequence[str] = ()
        self.state = "starting"
        self.after_cycle: Callable[[], None] = lambda: None

    def cycled(self, cycle: Cycle, rate: float) -> None:
        """Note one cycle."""
        self._cycled_at = self._now()
        self._received.inc(cycle.received)
        self._stored.inc(cycle.stored)
        self._new.inc(cycle.new)
        self._set_aside.inc(len(cycle.set_aside))
        self._rate.set(rate)
        if cycle.stored:
            self._seconds.observe(cycle.write_s)
        if cycle.failure:
            self._failures.inc()
        why = cycle.closed.reason if cycle.closed else None
        ill = (ClosedReason.AWAY, ClosedReason.OUTDATED)
        self.healthy = cycle.failure is None and why not in ill
        if why is not ClosedReason.PACE and not cycle.failure:  # it stays away while it probes
            self._state.state(state := why.value if why else _WRITING)
            self.state = state
        self.after_cycle()

    def out_of_reach(self) -> None:
        """Note that AWS could not be reached."""
        self._away.inc()
        self._state.state(_OUT_OF_REACH)
        self.state = _OUT_OF_REACH
        self.healthy = False
        self.after_cycle()

    def audited(self, warnings: Sequence[str]) -> None:
        """Note what the agent wasn't made for in its database; what is new is logged."""
        for warning in warnings:
            if warning not in self.warnings:
                logger.warning("the database is not as inbox.sql made it", extra={"found": warning})
        self.warnings = warnings
        self._warnings.set(len(warnings))

    def silent_s(self) -> float:
        """Seconds since the last cycle ended."""
        return self._now() - self._cycled_at


@contextmanager
def serving(metrics: Metrics, port: int, page: "Answers | None" = None) -> Iterator[int]:
    """Answer on 127.0.0.1 while the agent runs; gives the port. Raises OSError if it is taken.

    A `page` is asked first, and answers None to what isn't its own.
    """
    prometheus = make_wsgi_app(metrics.registry)

    def app(environ: dict[str, Any], start: "StartResponse") -> Iterable[bytes]:
        if page and (shown := page(environ, start)) is not None:
            return [shown]
        if environ["PATH_INFO"] != "/health":
            answer: Iterable[bytes] = prometheus(environ, start)
            return answer
        well = metrics.healthy and metrics.silent_s() < MAX_SILENCE_S
        start("200 OK" if well else "503 Service Unavailable", [("Content-Type", "text/plain")])
        said = ["ok" if well else "not well: see /metrics and the log", *metrics.warnings]
        return ["".join(f"{line}\n" for line in said).encode()]

    # A thread a connection: one that says nothing delays neither an answer nor a stop.
    with make_server(
        "127.0.0.1", port, app, server_class=ThreadingWSGIServer, handler_class=_Quiet
    ) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class _Quiet(WSGIRequestHandler):
    timeout = 10  # seconds; a connection that sends no request is closed

    def log_message(self, *_: object) -> None:  # a scrape every 15 s is no news
        pass
