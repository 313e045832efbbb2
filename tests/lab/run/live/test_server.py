"""Who may see the page and press its buttons; and what a receipt says is never HTML."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from msgspec import json

from lab.run.live.frame import Change, Frame
from lab.run.live.hub import Hub
from lab.run.live.levers import LeverError
from lab.run.live.receipts import Details
from lab.run.live.server import MAX_STREAMS, make_app, serving

TOKEN, PORT = "the-token", 4280
HERE = f"http://127.0.0.1:{PORT}"
SCRIPT = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


class Pressed:
    """Controls that only remember."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def press(self, name: str) -> str:
        if name != "kill":
            raise LeverError(f"no button is called {name!r}")
        self.done.append(name)
        return "killed"

    def allow(self, rows_per_s: float) -> str:
        self.done.append(rows_per_s)
        return "allowed"


def details(number: int) -> Details | None:
    row = {"merchant": SCRIPT, "confidence": {}}
    return Details(number=1, name=SCRIPT, row=row) if number == 1 else None


@pytest.fixture
def controls() -> Pressed:
    return Pressed()


def ask(controls: Pressed, method: str, path: str, **more: Any) -> httpx.Response:
    app = make_app(Hub(), controls, details, TOKEN, PORT)

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.request(method, path, **more)

    return asyncio.run(once())


def test_the_page_is_there_for_who_has_the_token_and_for_nobody_else(controls):
    assert ask(controls, "GET", f"/{TOKEN}/").status_code == 200
    for path in ("/", "/other/", "/events", "/act", "/receipt/1"):
        assert ask(controls, "GET", path).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example:4280", "origin": HERE},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {},
        {"host": "127.0.0.1:9999", "origin": HERE},
    ],
)
def test_another_site_s_page_presses_nothing(controls, headers):
    answer = ask(controls, "POST", f"/{TOKEN}/act", json={"press": "kill"}, headers=headers)
    assert answer.status_code == 403
    assert controls.done == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_its_own_page_presses_and_allows(controls, host):
    headers = {"host": f"{host}:{PORT}", "origin": f"http://{host}:{PORT}"}
    for body in ({"press": "kill"}, {"allow": 0.5}):
        answer = ask(controls, "POST", f"/{TOKEN}/act", json=body, headers=headers)
        assert answer.status_code == 200
    assert controls.done == ["kill", 0.5]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"press": 1}',
        b'{"press": "rm"}',
        b"{}",
        b'{"shout": 1}',
        b" " * 2000,
        b'{"press": "\xff"}',
    ],
)
def test_what_is_no_order_is_refused_in_words(controls, body):
    headers = {"origin": HERE}
    answer = ask(controls, "POST", f"/{TOKEN}/act", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.text
    assert controls.done == []


def test_a_receipt_comes_as_data_and_the_page_lets_no_script_run_but_its_own(controls):
    answer = ask(controls, "GET", f"/{TOKEN}/receipt/1")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["name"] == SCRIPT
    policy = ask(controls, "GET", f"/{TOKEN}/").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert ask(controls, "GET", f"/{TOKEN}/receipt/2").status_code == 404


@asynccontextmanager
async def stream(address: str) -> AsyncIterator[AsyncIterator[str]]:
    async with (
        httpx.AsyncClient(timeout=120) as client,
        client.stream("GET", f"{address}events") as answer,
    ):
        yield answer.aiter_lines()


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    hub.publish(Frame(at=1.0, expected=2, changed=(Change(2, "r"),)))
    yield hub
    hub.closed.set()


@pytest.mark.slow
def test_frames_come_as_they_are_published_and_the_end_is_said(hub, controls):
    async def watched(address: str) -> list[tuple[str, dict[str, Any]]]:
        found = []
        async with stream(address) as lines:
            async for line in lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    found.append((name, json.decode(line.removeprefix("data: "))))
                    if len(found) == 1:
                        hub.publish(Frame(at=2.0, expected=2, said=(SCRIPT,)))
                    elif len(found) == 2:
                        hub.closed.set()
        return found

    with serving(hub, controls, details) as address:
        hello, frame, closed = asyncio.run(watched(address))
    assert hello[0] == "hello"
    assert hello[1]["states"] == "wr"
    assert frame == ("frame", {"at": 2.0, "expected": 2, "said": [SCRIPT]})
    assert closed[0] == "closed"


@pytest.mark.slow
def test_a_page_too_many_is_refused_and_one_that_goes_makes_room(hub, controls):
    async def many(address: str) -> tuple[int, int]:
        async with httpx.AsyncClient(timeout=120) as client:
            open_ones = [client.stream("GET", f"{address}events") for _ in range(MAX_STREAMS)]
            for one in open_ones:
                await one.__aenter__()
            refused = await client.get(f"{address}events")
            for one in open_ones:
                await one.__aexit__(None, None, None)
            while True:  # the server notices within a poll
                async with client.stream("GET", f"{address}events") as again:
                    if again.status_code != refused.status_code:
                        return refused.status_code, again.status_code

    with serving(hub, controls, details) as address:
        assert asyncio.run(many(address)) == (503, 200)
