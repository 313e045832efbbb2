"""Serves the demo's page on 127.0.0.1: frames as they come, receipts when asked, buttons.

Its address holds a token, so that no other user of the machine and no other page presses a button.
"""

import asyncio
import contextlib
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Protocol

import uvicorn
from msgspec import Struct, json
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from lab.run.live.asked import AskedError, asked
from lab.run.live.desk import Desk, desk_routes
from lab.run.live.hub import Hub
from lab.run.live.levers import LeverError
from lab.run.live.page import page
from lab.run.live.receipts import Details
from lab.support.paths import AGENT_ASSETS, ASSETS

HOST = "127.0.0.1"
POLL_S = 0.2
KEEP_ALIVE_S = 15.0
MAX_STREAMS = 8
"""Pages at once: a stream costs little, and a page that opens thousands gets none."""

MAX_BODY_BYTES = 1000

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Controls(Protocol):
    """What the buttons do: `lab.run.live.levers.Levers`."""

    def press(self, name: str) -> str:
        """Press a button; answers what was done."""
        ...

    def allow(self, rows_per_s: float) -> str:
        """Set the client's ceiling."""
        ...


class _Ask(Struct, forbid_unknown_fields=True):
    press: str | None = None
    allow: float | None = None


class OnlyFromHere:
    """Refuses whom a name of another site led here, and pages of other sites: Host and Origin."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        """`port` is where `app` is served."""
        self._app = app
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse it, or hand it on."""
        if scope["type"] == "http":
            request = Request(scope)
            host, origin = request.headers.get("host"), request.headers.get("origin")
            own = host in self._hosts and origin in {None, f"http://{host}"}
            if not own or (request.method == "POST" and origin is None):
                refused = PlainTextResponse("not from here", HTTPStatus.FORBIDDEN)
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def make_app(
    hub: Hub,
    controls: Controls,
    details: Callable[[int], Details | None],
    token: str,
    port: int,
    desk: Desk | None = None,
) -> ASGIApp:
    """The page's application; every address begins with the token. `desk` takes corrections."""
    streams = threading.BoundedSemaphore(MAX_STREAMS)

    async def show(_: Request) -> Response:
        return Response(page(corrects=desk is not None), media_type="text/html", headers=HEADERS)

    async def events(_: Request) -> Response:
        if not streams.acquire(blocking=False):
            return PlainTextResponse("too many pages are open", HTTPStatus.SERVICE_UNAVAILABLE)
        return StreamingResponse(
            _releasing(streams, _stream(hub)), media_type="text/event-stream", headers=HEADERS
        )

    async def receipt(request: Request) -> Response:
        found = await run_in_threadpool(details, request.path_params["number"])
        if found is None:
            return PlainTextResponse("no such receipt", HTTPStatus.NOT_FOUND)
        return Response(json.encode(found), media_type="application/json", headers=HEADERS)

    async def act(request: Request) -> Response:
        try:
            ask = await asked(request, _Ask, MAX_BODY_BYTES)
            said = await run_in_threadpool(_done, controls, ask)
        except (AskedError, LeverError) as error:
            return PlainTextResponse(str(error), HTTPStatus.BAD_REQUEST)
        return PlainTextResponse(said, headers=HEADERS)

    routes = [
        Route("/", show),
        Route("/events", events),
        Route("/receipt/{number:int}", receipt),
        Route("/act", act, methods=["POST"]),
        *assets(),
        *(desk_routes(desk, HEADERS) if desk else ()),
    ]
    return OnlyFromHere(Starlette(routes=[Mount(f"/{token}", routes=routes)]), port)


def assets() -> Sequence[Mount]:
    """The site's styles and scripts, and those of the agent's own page."""
    folders = {"/assets/agent": AGENT_ASSETS, "/assets": ASSETS}
    return [Mount(path, StaticFiles(directory=folder)) for path, folder in folders.items()]


def _done(controls: Controls, ask: _Ask) -> str:
    if ask.press is not None:
        return controls.press(ask.press)
    if ask.allow is not None:
        return controls.allow(ask.allow)
    raise LeverError("press a button, or allow a rate")


async def _stream(hub: Hub) -> AsyncIterator[bytes]:
    """All there is, and then each frame; from the start again for one that can't keep up."""
    number, hello = hub.hello()
    yield _event("hello", json.encode(hello))
    silent_s = 0.0
    while not hub.closed.is_set():
        found = hub.since(number)
        if found is None:
            number, hello = hub.hello()
            yield _event("hello", json.encode(hello))
            continue
        number, frames = found
        for frame in frames:
            yield _event("frame", json.encode(frame))
        silent_s = 0.0 if frames else silent_s + POLL_S
        if silent_s > KEEP_ALIVE_S:  # a page that is gone is noticed by this
            silent_s = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(POLL_S)
    yield _event("closed", b"{}")


async def _releasing(
    streams: threading.BoundedSemaphore, events: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    try:
        async for event in events:
            yield event
    finally:
        streams.release()


def _event(name: str, data: bytes) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)


@contextlib.contextmanager
def serving(
    hub: Hub,
    controls: Controls,
    details: Callable[[int], Details | None],
    desk: Desk | None = None,
) -> Iterator[str]:
    """Serve the demo's page until the context ends; gives its address."""
    with served(lambda token, port: make_app(hub, controls, details, token, port, desk)) as address:
        try:
            yield address
        finally:
            hub.closed.set()


@contextlib.contextmanager
def served(make: Callable[[str, int], ASGIApp]) -> Iterator[str]:
    """Serve the application that `make` makes of a new token and a free port; gives its address."""
    token = secrets.token_urlsafe(16)
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                make(token, port), log_level="critical", lifespan="off", timeout_graceful_shutdown=2
            )
        )
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{port}/{token}/"
        finally:
            server.should_exit = True
            thread.join()
