"""The agent's page on 127.0.0.1: what it alone knows, for the client's people. It changes nothing.

A page that is open asks once a second, so no answer lasts and none delays a stop. What is kept is
bounded. Of receipts it tells ids and reasons, as the log does.
"""

import datetime as dt
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from msgspec import json

from receipts.agent.gate import Gate
from receipts.agent.log import added
from receipts.agent.metrics import Metrics
from receipts.agent.writer import Writer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

KEPT_SAMPLES, KEPT_LINES, MOST_CHARACTERS = 300, 40, 500
"""Samples are a second apart or more: the last five minutes at least."""

SAMPLED = (
    *("at", "rows_stored_total", "write_seconds_sum", "write_seconds_count"),
    *("in_hand", "unmarked", "ceiling", "share"),
)
KINDS = {"/": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", POLICY),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
]


class Page(logging.Handler):
    """Keeps the log's last lines and samples of the last minutes; answers the page."""

    def __init__(self, gate: Gate, writer: Writer, metrics: Metrics) -> None:
        """Only looks at them."""
        super().__init__()
        self._gate, self._writer, self._metrics = gate, writer, metrics
        self._lines: deque[dict[str, Any]] = deque(maxlen=KEPT_LINES)
        self._set_aside: deque[dict[str, Any]] = deque(maxlen=KEPT_LINES)
        self._samples: deque[dict[str, Any]] = deque(maxlen=KEPT_SAMPLES)
        self._state, self._since = metrics.state, dt.datetime.now(dt.UTC)
        assets = (files("receipts.agent") / "assets").iterdir()
        self._files = {f"/{it.name}".replace("index.html", ""): it.read_bytes() for it in assets}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of the log, but for transactions; one that says the same again is counted."""
        extra = {name: str(it)[:MOST_CHARACTERS] for name, it in added(record).items()}
        if "stored" in extra:
            return
        at, said = dt.datetime.fromtimestamp(record.created, dt.UTC), record.getMessage()
        kept, times = self._set_aside if "receipt_id" in extra else self._lines, 1
        if kept is self._lines and kept and kept[-1]["said"] == said:
            times += kept.pop()["times"]
        kept.append(
            {"at": at, "level": record.levelname, "said": said, "added": extra, "times": times}
        )

    def sample(self) -> None:
        """After each cycle: note the state, and once a second how far it is."""
        at = dt.datetime.now(dt.UTC)
        if self._state != self._metrics.state:
            self._state, self._since = self._metrics.state, at
        if not self._samples or at - self._samples[-1]["at"] >= dt.timedelta(seconds=1):
            now = self._now()
            self._samples.append({name: now[name] for name in SAMPLED})

    def _now(self) -> dict[str, Any]:
        """Counts as /metrics names them; what it holds, and what the operators allow."""
        settings, registry = self._gate.settings, self._metrics.registry
        found = [one for family in registry.collect() for one in family.samples if not one.labels]
        return {
            "at": dt.datetime.now(dt.UTC),
            **{one.name.removeprefix("receipts_agent_"): one.value for one in found},
            **self._writer.held(),
            "ceiling": settings.ceiling,
            "share": settings.share,
        }

    def status(self) -> dict[str, Any]:
        """All that the page shows; any thread may ask."""
        now = self._now()
        return {
            "now": now,
            "state": self._state,
            "since": self._since,
            "opens_s": self._gate.settings.schedule.delay(now["at"]),
            "probing": self._gate.probing,
            "healthy": self._metrics.healthy,
            "silent_s": self._metrics.silent_s(),
            "warnings": self._metrics.warnings,
            "lines": list(self._lines.copy()),
            "set_aside": list(self._set_aside.copy()),
        }

    def __call__(self, environ: dict[str, Any], start: "StartResponse") -> bytes | None:
        """Answer what is the page's own; None to all else.

        Only under a name of this host: under another one that leads here a stranger's page would
        read along (DNS rebinding). The port is free, for an SSH tunnel has its own.
        """
        path, kind, answer = environ["PATH_INFO"], "application/json", "200 OK"
        if path not in {"/status", "/samples", *self._files}:
            return None
        if environ.get("HTTP_HOST", "").split(":")[0] not in {"127.0.0.1", "localhost"}:
            answer, kind, body = "403 Forbidden", "text/plain", b"not from here\n"
        elif environ["REQUEST_METHOD"] != "GET":
            answer, kind, body = "405 Method Not Allowed", "text/plain", b"it is only to look at\n"
        elif path in self._files:
            kind, body = KINDS[path.rpartition(".")[2]], self._files[path]
        else:
            body = json.encode(self.status() if path == "/status" else list(self._samples.copy()))
        start(answer, [("Content-Type", kind), *HEADERS])
        return body


@contextmanager
def watching(gate: Gate, writer: Writer, metrics: Metrics) -> Iterator[Page]:
    """A page that listens to the agent's log and cycles."""
    page, logger = Page(gate, writer, metrics), logging.getLogger("receipts.agent")
    logger.addHandler(page)
    metrics.after_cycle = page.sample
    yield page
    logger.removeHandler(page)
