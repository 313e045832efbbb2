"""The way to AWS through a proxy that looks into it, as many a client has; by one of ours."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.fakes_agent import FakeInbox
from helpers.tls_front import certificate
from lab.support.free_port import free_port
from receipts.agent import run as agent
from receipts.agent import start as agent_start
from receipts.agent.config import AgentConfig
from receipts.agent.gate import Gate
from receipts.agent.metrics import Metrics
from receipts.agent.pacing import Breaker

SKEWED = "Signature expired: 20270131T120000Z is now earlier than 20270131T123000Z"
"""As AWS answers a host whose clock is half an hour late."""


class Proxy:
    """Takes CONNECT, shows a certificate of the client's own authority, and answers for AWS."""

    def __init__(self, folder: Path) -> None:
        self.authority, key = certificate(folder, "proxy")
        self.asked: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.authority, key)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), client:
                self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        client.settimeout(120)
        asked = client.recv(4096).decode()
        if not asked:  # somebody looked whether the port is free
            return
        self.asked.append(asked.splitlines()[0])
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        kind = "com.amazon.coral.service#InvalidSignatureException"
        body = json.dumps({"__type": kind, "message": SKEWED}).encode()
        head = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/x-amz-json-1.0\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        with self._context.wrap_socket(client, server_side=True) as inside:
            read_request(inside)
            inside.sendall(head.encode() + body)


def read_request(connection: socket.socket) -> None:
    """Read a request to its end: closing before that resets the connection under the answer."""
    with connection.makefile("rb") as request:
        lines = iter(request.readline, b"\r\n")
        headers = dict(line.decode().lower().split(":", 1) for line in lines if b":" in line)
        request.read(int(headers.get("content-length", 0)))


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr("botocore.endpoint.time", FakeSleep())
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    proxy = Proxy(tmp_path)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    yield proxy
    proxy.close()


class FakeSleep:
    """Between the SDK's tries nobody waits."""

    sleep = staticmethod(lambda _: None)


def told(caplog: pytest.LogCaptureFixture) -> str:
    """The reason that the agent's log gives for a cycle with AWS behind that proxy."""
    aws = f"https://127.0.0.1:{free_port()}"  # nobody listens there: only the proxy answers
    config = AgentConfig(
        queue_url=f"{aws}/1/write",
        dead_letter_url=f"{aws}/1/dead",
        ledger_table="ledger",
        database="host=db",
        rows_per_second=100,
        region="eu-central-1",
        endpoint_url=aws,
    )
    settings, breaker = config.operator_settings(), Breaker(3, 1, 60)
    gate = Gate(settings, burst=50, breaker=breaker, now=time.monotonic() - 60)
    inbox = FakeInbox()
    inbox.ensure_writer()
    writer = agent_start.wire(config, inbox, gate)
    assert agent._cycle(writer, gate, Metrics()) == agent.AWS_PAUSE_S  # noqa: SLF001
    [line] = caplog.records
    assert line.message == "AWS is out of reach"
    return str(line.reason)  # type: ignore[attr-defined]


def test_a_proxy_whose_authority_is_unknown_is_said(
    proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    assert "certificate verify failed" in told(caplog)
    assert proxy.asked[0].startswith("CONNECT 127.0.0.1:")


def test_with_its_authority_aws_is_reached_and_a_clock_that_is_wrong_is_said(
    proxy: Proxy, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(proxy.authority))
    assert SKEWED in told(caplog)
    assert proxy.asked
