"""Lambda's runtime API for one process of a function: it asks for events and answers them."""

import contextlib
import json
import queue
import socketserver
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from lab.support.errors import LabError

_PREFIX = "/2018-06-01/runtime/"
MAX_ANSWER_BYTES = 6_291_556
"""Lambda's limit of an answer: 6 MB and 100 bytes."""


class InvocationError(LabError):
    """A function failed where it shouldn't; the text has its name, and what it said."""


class Invocation(Struct, kw_only=True):
    """One event on its way through a function, and what came of it."""

    event: Any
    done: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: str = ""


class _ServerOfAFile(ThreadingHTTPServer):
    """Listens on a socket file."""

    address_family = 1  # AF_UNIX, which not every system's module names
    daemon_threads = True

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "sandbox", 0


class _ServerOfAPort(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler], at: Path | int) -> Iterator[ThreadingHTTPServer]:
    """Serve on a socket file, or on a port of 127.0.0.1 (0: a free one), until the way out."""
    server = (
        _ServerOfAPort(("127.0.0.1", at), handler)
        if isinstance(at, int)
        else _ServerOfAFile(str(at), handler)  # type: ignore[arg-type]  # a path is an address, too
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class RuntimeApi:
    """What one process is asked, and what it says. `first_asked_s` is when it was ready."""

    def __init__(self, events: "queue.Queue[Invocation]", timeout_s: float, arn: str) -> None:
        """Events come from `events`, which the processes of a function share."""
        self.events = events
        self.timeout_s = timeout_s
        self._arn = arn
        self._running: tuple[str, float, Invocation] | None = None
        self.first_asked_s: float | None = None
        self.ready = threading.Event()
        self.init_error = ""
        self.closed = False

    def close(self) -> None:
        """Give no more events out."""
        self.closed = True

    @property
    def overdue(self) -> bool:
        """Whether it has had longer than its timeout."""
        running = self._running
        return running is not None and time.monotonic() > running[1] + self.timeout_s

    def fail(self, why: str) -> None:
        """Give up what is running."""
        if running := self._running:
            self._finish(running[0], error=why)

    def next(self) -> tuple[Mapping[str, str], bytes] | None:
        """The next event, with its headers; None once it is closed."""
        if self.first_asked_s is None:
            self.first_asked_s = time.monotonic()
            self.ready.set()
        while not self.closed:
            with contextlib.suppress(queue.Empty):
                invocation = self.events.get(timeout=0.2)
                request_id = str(uuid.uuid4())
                self._running = request_id, time.monotonic(), invocation
                deadline_ms = int((time.time() + self.timeout_s) * 1000)
                return {
                    "Lambda-Runtime-Aws-Request-Id": request_id,
                    "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
                    "Lambda-Runtime-Invoked-Function-Arn": self._arn,
                    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                    "Content-Type": "application/json",
                }, json.dumps(invocation.event).encode()
        return None

    def said(self, what: list[str], body: bytes) -> bool:
        """An answer or an error; False for what Lambda's API doesn't know."""
        match what:
            case ["init", "error"]:
                self.init_error = body.decode(errors="replace")
            case ["invocation", request_id, "response"] if len(body) > MAX_ANSWER_BYTES:
                self._finish(request_id, error=f"an answer of {len(body)} bytes is too large")
            case ["invocation", request_id, "response"]:
                self._finish(request_id, answer=json.loads(body or b"null"))
            case ["invocation", request_id, "error"]:
                self._finish(request_id, error=body.decode(errors="replace"))
            case _:
                return False
        return True

    def _finish(self, request_id: str, *, answer: object = None, error: str = "") -> None:
        if self._running is None or self._running[0] != request_id:
            return
        _, _, invocation = self._running
        self._running = None
        invocation.answer, invocation.error = answer, error
        invocation.done.set()


def handler_of(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    """The API over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = api.next() if self.path == f"{_PREFIX}invocation/next" else None
            self._answer(200 if found else 404, *(found or ({}, b"")))

        def do_POST(self) -> None:
            body = read_body(self)
            known = self.path.startswith(_PREFIX)
            known = known and api.said(self.path.removeprefix(_PREFIX).split("/"), body)
            self._answer(202 if known else 404, {}, b"")

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            with contextlib.suppress(OSError):  # a sandbox that was stopped meanwhile
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def address_string(self) -> str:
            return "sandbox"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own
            """Log nothing: the terminal belongs to the report."""

    return Handler


def read_body(request: BaseHTTPRequestHandler) -> bytes:
    """The body, chunked or not."""
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))
    body = b""
    while size := int(request.rfile.readline().split(b";")[0], 16):
        body += request.rfile.read(size)
        request.rfile.readline()
    while request.rfile.readline().strip():  # trailers
        pass
    return body
